"""A weight inside a weight, which hosts compute in different ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import is_accident
from impasto.syntax.nodes import Group

if TYPE_CHECKING:
    from impasto.lint.check import Check


class NestedWeights(Rule):
    """A weight inside a weight, which hosts compute in different ways.

    ## What it does

    Notes a group with a number inside another group: `(a (b:1.2):1.3)`. Where the outer brackets
    hold nothing else, it is [redundant-nesting](IMP107.md).

    ## Why is this bad?

    It is a note, for translation gets it right; it is for texts that people paste elsewhere. Here and in A1111 the weights multiply, and b is
    at 1.56. In ComfyUI and Fooocus the inner number replaces the outer one, and b is at 1.2: the
    same text, pasted, gives another picture.

    ## Example

    ```
    (a knight in (steel armor:1.2):1.3)
    ```

    ## Use instead

    ```
    (a knight in:1.3) (steel armor:1.56)
    ```
    """

    code = "IMP114"
    name = "nested-weights"
    severity = "info"
    opt_in = True
    VALID = ("(a (b):1.3)", "(a:1.2), (b:1.3)", "((a:1.2))", "a (b:1.2)", "(x (at 5:30))")
    INVALID = (
        Case("(a (b:1.2):1.3)", "(b:1.2)"),
        Case("((a:1.2), b)", "(a:1.2)"),
        Case("[a (b (c:1.1):1.2), d]", "(b (c:1.1):1.2)"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at a group with a number that stands in another one, the outermost such."""
        if not node.mark or check.weight == 1 or is_accident(node):
            return
        around = check.parent
        if not isinstance(around, Group) or len(around.children) == 1:
            return
        if around.mark and check.weight != around.weight:
            return  # the group around it is reported
        effective = node.weight * check.weight
        check.report(
            self,
            node,
            f"this is {effective:.4g} here and in A1111, and {node.weight:g} in ComfyUI",
            hint="close the outer brackets first, and give both texts their weight",
        )
