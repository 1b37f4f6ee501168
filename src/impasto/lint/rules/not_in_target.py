"""Syntax that the target does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.diagnostics import Severity
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

_ELSEWHERE = frozenset(("weight", "negative"))
"""Losses that other rules report."""


class NotInTarget(Rule):
    """Syntax that the target does not have.

    ## What it does

    Reports what translation to a target has to give up, weights and the negative prompt aside:
    schedules, alternations, `BREAK`, `AND`, `<lora:…>`, characters that cannot be escaped.

    ## Why is this bad?

    The picture lacks what the syntax asked for, and no host says so.

    ## Example

    ```
    a [fox:wolf:0.5] <lora:ink:0.8>         for flux-dev
    ```

    ## Use instead

    ```
    a wolf drawn in ink
    ```
    """

    code = "IMP112"
    name = "not-in-target"
    VALID = (
        Case("a [fox:wolf:0.5]", target="stable-diffusion-xl"),
        Case("a wolf", target="flux-dev"),
    )
    INVALID = (
        Case("a fox in C# major", "a fox in C# major", target="stable-diffusion-xl"),
        Case("a fox, <lora:ink:0.8>", "<lora:ink:0.8>", target="flux-dev"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the losses of a translation."""
        for loss in view.translation.losses:
            if loss.kind in _ELSEWHERE or loss.span is None:
                continue
            severity: Severity = "info" if loss.severity == "info" else "warning"
            hint = "; ".join(filter(None, (loss.instead, loss.hint)))
            message = f"{view.card.id}: {loss.message}"
            check.report(self, loss.span, message, hint=hint, severity=severity)
