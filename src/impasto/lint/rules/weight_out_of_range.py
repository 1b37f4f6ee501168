"""A weight so strong or so weak that pictures break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import LEAST, MOST, is_accident, is_bounded
from impasto.lint.settings import CANONICAL

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group


class WeightOutOfRange(Rule):
    """A weight so strong or so weak that pictures break.

    ## What it does

    Reports a group whose effective weight, its own times those around it, is outside of 0.3 to
    1.6. Negative weights have a rule of their own.

    ## Why is this bad?

    A weight moves the text's embedding away from what the model was trained on. Far outside of
    1 the picture burns, or the rest of the prompt is no longer heard. No host but compel (0 to 2)
    documents bounds; these are the ones that guides and shared prompts stay within.

    ## Example

    ```
    a knight, (rain:2.5)
    ```

    ## Use instead

    ```
    a knight, heavy rain, (rain:1.4)
    ```
    """

    code = "IMP105"
    name = "weight-out-of-range"
    in_dialects = True
    VALID = (
        "(rain:1.6)",
        "(rain:0.3)",
        "[rain]",
        "((rain))",
        "(at 5:30)",
        "(rain:-1)",
        Case("rain::3 fox::1", dialect="midjourney-6"),
    )
    INVALID = (
        Case("a knight, (rain:2.5)", "(rain:2.5)"),
        Case("(rain:0.1)", "(rain:0.1)"),
        Case("(a (b:1.5):1.4)", "(b:1.5)"),
        Case("a clock (at 5:30)", "(at 5:30)", dialect="a1111"),
        Case(
            "---\nvariables:\n  w: {type: number, default: 3}\n---\n(rain:{{ w }})",
            "(rain:{{ w }})",
            suffix=".prompt",
        ),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at the effective weight of a group."""
        if not node.mark or not is_bounded(check):
            return
        if check.dialect == CANONICAL and is_accident(node):
            return
        effective = node.weight * check.weight
        if node.weight < 0 or check.weight < 0 or LEAST <= round(effective, 6) <= MOST:
            return
        if not LEAST <= round(check.weight, 6) <= MOST:
            return  # the group around it is reported
        nested = "" if effective == node.weight else f" ({node.weight:g} inside {check.weight:g})"
        check.report(
            self,
            node,
            f"the weight {effective:.4g}{nested} is outside of {LEAST:g} to {MOST:g}",
            hint="say it in words, or first, and keep the weight moderate",
        )
