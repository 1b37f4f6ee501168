"""Brackets that were escaped twice, and so are not escaped at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import text_of
from impasto.syntax.nodes import Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group


class DoubleEscape(Rule):
    r"""Brackets that were escaped twice, and so are not escaped at all.

    ## What it does

    Reports `\\(…\\)`, brackets with two backslashes before each.

    ## Why is this bad?

    Two backslashes are one backslash as text, and the bracket behind them is syntax again. It
    happens where a text was escaped by two programs, or copied out of JSON or source code
    ([SwarmUI#857](https://github.com/mcmonkeyprojects/SwarmUI/issues/857)).

    ## Example

    ```
    ganyu \\(genshin impact\\)
    ```

    ## Use instead

    ```
    ganyu \(genshin impact\)
    ```

    ## Fix safety

    The fix takes out one backslash of each pair. The brackets become text, so **the weight that
    they give goes**.
    """

    code = "IMP121"
    name = "double-escape"
    changes_weights = True
    VALID = (r"ganyu \(genshin impact\)", r"\\ (a)", r"(a\\)", r"\\(a)")
    INVALID = (
        Case(r"ganyu \\(genshin impact\\)", r"(genshin impact\\)", fix=r"ganyu \(genshin impact\)"),
        Case(r"a \\[b\\], c", r"[b\\]", fix=r"a \[b\], c"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at the backslashes before both brackets."""
        last = node.children[-1] if node.children and not node.mark else None
        if not isinstance(last, Text) or not last.value.endswith("\\\\"):
            return
        if text_of(check)[max(0, node.start - 2) : node.start] != "\\\\":
            return
        check.report(
            self,
            node,
            "two backslashes are a backslash, so these brackets are syntax",
            hint="one backslash makes a bracket text",
            title="escape once",
            edits=[
                check.edit(node.start - 1, node.start, ""),
                check.edit(node.end - 2, node.end - 1, ""),
            ],
        )
