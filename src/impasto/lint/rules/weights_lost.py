"""Weights that the target does not hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView


class WeightsLost(Rule):
    """Weights that the target does not hear.

    ## What it does

    For targets that take plain words (FLUX, DALL·E): reports each weight, and what translation
    makes of it.

    ## Why is this bad?

    It is not bad, and therefore a note. These models read `(x:1.2)` as the characters it is made
    of, so translation says the weight in words or by order, which is weaker.

    ## Example

    ```
    a street, (neon:1.4)            for flux-dev
    ```

    ## Use instead

    ```
    a street lit by bright neon signs
    ```
    """

    code = "IMP110"
    name = "weights-lost"
    severity = "info"
    VALID = (
        Case("a street, neon", target="flux-dev"),
        Case("a street, (neon:1.4)", target="stable-diffusion-xl"),
    )
    INVALID = (Case("a street, (neon:1.4)", "neon", target="flux-dev"),)

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the losses of a translation."""
        for loss in view.translation.losses:
            if loss.kind == "weight" and loss.span is not None:
                hint = "; ".join(filter(None, (loss.instead, loss.hint)))
                check.report(self, loss.span, f"{view.card.id}: {loss.message}", hint=hint)
