"""A number that is meant as a weight and is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place
from impasto.syntax.nodes import Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group

_NUMBER: Final = (
    r"(?<![0-9]):([+-]?(?:nan|inf(?:inity)?|[0-9.]+[eE][+-]?[0-9]+|[0-9]+(?:_[0-9]+)+"
    r"|[0-9]*\.[0-9]*\.[0-9.]*|[0-9],[0-9]{1,2}|\.+))[ \t]*\Z"
)
_COMMA: Final = r"[0-9],[0-9]+\Z"


class UnreadableWeight(Rule):
    """A number that is meant as a weight and is none.

    ## What it does

    Reports brackets that end in `:1e2`, `:nan`, `:inf`, `:1_000`, `:1,2` or `:1.2.3`.

    ## Why is this bad?

    A weight is digits with at most one dot. Here the number is text, and the brackets count as if
    there were none. Pasted elsewhere it is worse: ComfyUI takes whatever Python's `float` takes,
    so `1e2` is 100 and `nan` ruins the picture; A1111 fails on `1.2.3`.

    ## Example

    ```
    a street, (neon:1,2)
    ```

    ## Use instead

    ```
    a street, (neon:1.2)
    ```

    ## Fix safety

    A decimal comma becomes a dot, so **the weight takes effect**, which it did not before. The
    others are left to the author.
    """

    code = "IMP113"
    name = "unreadable-weight"
    changes_weights = True
    VALID = (
        "(neon:1.2)",
        "(neon: .5 )",
        "(psalm 5:1,2)",
        "(grandma: nan)",
        r"(neon\:1e2)",
        "neon:1e2",
        "(wait...)",
    )
    INVALID = (
        Case("(neon:1,2)", ":1,2", fix="(neon:1.2)"),
        Case("a (neon:1e2) sign", ":1e2"),
        Case("(neon:nan)", ":nan"),
        Case("[neon:-inf]", ":-inf"),
        Case("(neon:1.2.3 )", ":1.2.3"),
        Case("(neon:1_000)", ":1_000"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at the end of a group without a weight."""
        last = node.children[-1] if node.children and not node.mark else None
        if not isinstance(last, Text) or ":" not in last.value:
            return
        found = re.search(_NUMBER, last.value)
        if not found or last.value[found.start() - 1 : found.start()] == "\\":
            return
        start, end = last.start + found.start(), last.start + found.end(1)
        comma = re.match(_COMMA, found[1])
        at = start + found[0].find(",")
        check.report(
            self,
            place(check, start, end),
            f'"{found[1]}" is no weight here but text, at {node.weight:.4g}',
            hint="a weight is digits with at most one dot, such as 1.2",
            title="write a dot" if comma else "",
            edits=[check.edit(at, at + 1, ".")],
        )
