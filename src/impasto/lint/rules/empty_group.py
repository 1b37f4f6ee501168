"""Brackets with nothing in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import is_empty
from impasto.syntax.nodes import Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Choice, Group


class EmptyGroup(Rule):
    r"""Brackets with nothing in them.

    ## What it does

    Reports `()`, `[]` and `{}`, also with a weight or only spaces inside.

    ## Why is this bad?

    They do nothing, and are mostly left over from editing; some hosts send the brackets to the
    encoder as text.

    ## Example

    ```
    a fox, (), [ :0.8]
    ```

    ## Use instead

    ```
    a fox
    an empty list: \[\]          for the characters themselves
    ```

    ## Fix safety

    The fix removes the brackets and keeps the spaces in them; the weights stay.
    """

    code = "IMP108"
    name = "empty-group"
    in_samples = False
    VALID = (
        "(a)",
        "{a}",
        r"\(\)",
        "{a|}",
        Case("---\n---\na fox ({{ x }}){% if x %} (b){% endif %}", suffix=".prompt"),
    )
    INVALID = (
        Case("a fox, ()", "()", fix="a fox, "),
        Case("a [ :0.8] b", "[ :0.8]", fix="a   b"),
        Case("a {}", "{}", fix="a "),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at a group."""
        if is_empty(node):
            inside = "".join(child.value for child in node.children if isinstance(child, Text))
            self._report(node, inside, check)

    def visit_choice(self, node: Choice, check: Check) -> None:
        """Look at a choice."""
        if len(node.options) == 1 and not node.options[0].children and not node.mark:
            self._report(node, "", check)

    def _report(self, node: Group | Choice, inside: str, check: Check) -> None:
        check.report(
            self,
            node,
            "the brackets are empty, and vanish",
            hint=r"write \( \[ \{ for the characters themselves",
            title="remove the brackets",
            edits=[check.edit(node.start, node.end, inside)],
        )
