"""A negative prompt for a model that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView


class NegativeUnsupported(Rule):
    """A negative prompt for a model that has none.

    ## What it does

    Reports a negative prompt, of the file or of a style, for a model that has no place for it.

    ## Why is this bad?

    It is left out, and what it should keep out may be in the picture. Such models are better told
    what should be there instead.

    ## Example

    ```
    model: flux-dev
    negative: people
    ```

    ## Use instead

    ```
    model: stable-diffusion-xl
    negative: people
    ```
    """

    code = "IMP407"
    name = "negative-unsupported"
    severity = "warning"
    VALID = (
        Case("---\nmodel: stable-diffusion-xl\nnegative: people\n---\na street", suffix=".prompt"),
    )
    INVALID = (
        Case("---\nmodel: flux-dev\nnegative: people\n---\na street", "people", suffix=".prompt"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the losses of a translation."""
        for loss in view.translation.losses:
            if loss.kind == "negative" and loss.span is not None:
                message = f"{view.card.id} has no negative prompt; {loss.instead}"
                check.report(self, loss.span, message, hint=loss.hint)
