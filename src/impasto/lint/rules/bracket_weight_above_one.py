"""Square brackets with a weight above 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import is_accident

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group


class BracketWeightAboveOne(Rule):
    """Square brackets with a weight above 1.

    ## What it does

    Reports `[text:weight]` with a weight above 1.

    ## Why is this bad?

    Square brackets are how people write "less", and the number says "more". A1111 reads the same
    text as a schedule: `[fog:1.3]` adds the fog after step 1.

    ## Example

    ```
    a harbour, [fog:1.3]
    ```

    ## Use instead

    ```
    a harbour, (fog:1.3)
    ```

    ## Fix safety

    The fix changes the brackets; the weight stays.
    """

    code = "IMP102"
    name = "bracket-weight-above-one"
    VALID = ("[fog:0.8]", "(fog:1.3)", "[fog]", "[fog:1]", "[day:night:12]")
    INVALID = (
        Case("a harbour, [fog:1.3]", "[fog:1.3]", fix="a harbour, (fog:1.3)"),
        Case("[a (b:1.2): 1.5 ]", "[a (b:1.2): 1.5 ]", fix="(a (b:1.2): 1.5 )"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at square groups with a number."""
        if node.kind != "square" or not node.mark or node.weight <= 1 or is_accident(node):
            return
        check.report(
            self,
            node,
            f"square brackets mean less, and {node.weight:g} is more",
            hint=f"write (…{node.mark}); for a schedule give both texts, [from:to:when]",
            title="use round brackets",
            edits=[
                check.edit(node.start, node.start + 1, "("),
                check.edit(node.end - 1, node.end, ")"),
            ],
        )
