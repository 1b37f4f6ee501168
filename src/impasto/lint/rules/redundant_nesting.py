"""Brackets directly inside brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import is_accident
from impasto.syntax.nodes import Group

if TYPE_CHECKING:
    from impasto.lint.check import Check


class RedundantNesting(Rule):
    """Brackets directly inside brackets.

    ## What it does

    Reports a group that holds nothing but another group.

    ## Why is this bad?

    Nobody sees at a glance that `((((a))))` is 1.46. Where a number is inside, `((a:1.2))`, hosts
    disagree: it is 1.32 for A1111 and 1.2 for ComfyUI.

    ## Example

    ```
    ((masterpiece)), [[blurry]]
    ```

    ## Use instead

    ```
    (masterpiece:1.21), (blurry:0.826446)
    ```

    ## Fix safety

    The fix writes the product of the weights, so they stay.
    """

    code = "IMP107"
    name = "redundant-nesting"
    severity = "info"
    VALID = ("(a)", "(a (b))", "((a), b)", "(a:1.2)", "((at 5:30))")
    INVALID = (
        Case("((a))", "((a))", fix="(a:1.21)"),
        Case("x, (((a b)))", "(((a b)))", fix="x, (a b:1.331)"),
        Case("[[a]]", "[[a]]", fix="(a:0.826446)"),
        Case("((a:1.2):1.5)", "((a:1.2):1.5)", fix="(a:1.8)"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at the outermost of nested groups."""
        parent = check.parent
        if _only_group(node) is None or (isinstance(parent, Group) and _only_group(parent)):
            return
        inner, product, accident = node, node.weight, is_accident(node)
        while (deeper := _only_group(inner)) is not None:
            inner, product = deeper, product * deeper.weight
            accident = accident or is_accident(inner)
        if accident:
            return  # the number is text, and no factor
        from impasto.syntax.runs import number  # noqa: PLC0415 - only findings need it

        check.report(
            self,
            node,
            f"nested brackets make a weight of {number(product)}",
            hint=f"write (…:{number(product)})",
            title="write the weight",
            edits=[
                check.edit(node.start, inner.start + 1, "("),
                check.edit(inner.end - 1 - len(inner.mark), node.end, f":{number(product)})"),
            ],
        )


def _only_group(node: Group) -> Group | None:
    """Return the group that is all that `node` holds."""
    if len(node.children) == 1 and isinstance(node.children[0], Group):
        return node.children[0]
    return None
