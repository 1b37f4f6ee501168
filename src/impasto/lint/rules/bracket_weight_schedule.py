"""A weight in square brackets, which A1111 reads as a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import is_accident, is_empty

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group


class BracketWeightSchedule(Rule):
    """A weight in square brackets, which A1111 reads as a schedule.

    ## What it does

    Notes `[text:weight]` with a weight of at most 1.

    ## Why is this bad?

    It is a note: `[fog:0.8]` is a weight here, as many guides have it, and translation writes it
    so that it is one everywhere. But A1111, SD.Next, prompt-control and SwarmUI read the very same
    text as "bring the fog in after 80% of the steps", and others paint the number
    ([A1111#13791](https://github.com/AUTOMATIC1111/stable-diffusion-webui/issues/13791)).
    `(fog:0.8)` means the same wherever there are weights.

    ## Example

    ```
    a harbour, [fog:0.8]
    ```

    ## Use instead

    ```
    a harbour, (fog:0.8)
    ```

    ## Fix safety

    The fix changes the brackets; the weight stays.
    """

    code = "IMP115"
    name = "bracket-weight-schedule"
    severity = "info"
    opt_in = True
    VALID = ("(fog:0.8)", "[fog]", "[fog:1.3]", "[day:night:0.5]", "[fog:-1]", "[16:9]")
    INVALID = (
        Case("a harbour, [fog:0.8]", "[fog:0.8]", fix="a harbour, (fog:0.8)"),
        Case("[a (b:1.2): .9 ]", "[a (b:1.2): .9 ]", fix="(a (b:1.2): .9 )"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at square groups with a number."""
        if node.kind != "square" or not node.mark or is_empty(node):
            return
        if not 0 <= node.weight <= 1 or is_accident(node):
            return
        when = "in the last step" if node.weight == 1 else f"after {node.weight:.0%} of the steps"
        check.report(
            self,
            node,
            f"a weight here; A1111 reads it as a schedule that brings the text in {when}",
            hint=f"write (…{node.mark})",
            title="use round brackets",
            edits=[
                check.edit(node.start, node.start + 1, "("),
                check.edit(node.end - 1, node.end, ")"),
            ],
        )
