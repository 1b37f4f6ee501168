"""A tag whose brackets are part of its name, and are read as a weight."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import text_of
from impasto.syntax.nodes import Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group

_DATA: Final = Path(__file__).parents[1] / "data" / "tag_qualifiers.txt"
_NAME: Final = r"(?:\A|[,，、\n(]|BREAK )[ ]*[^,，、\n(){}\[\]<>:|]*[\w!'.?][ _]?\Z"
_END: Final = r"[ ]*(?:[,，、\n):|\]}]|BREAK|\Z)"
_REACH: Final = 60


@cache
def _qualifiers() -> frozenset[str]:
    """Return the qualifiers of tags, with spaces for underscores."""
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


class UnescapedTag(Rule):
    r"""A tag whose brackets are part of its name, and are read as a weight.

    ## What it does

    Reports phrases that end in a qualifier in brackets as image boards write them, such as
    `fate (series)` and `ganyu (genshin impact)`. It knows some hundred qualifiers, taken from
    [the tag lists that people complete from](https://github.com/DominikDoom/a1111-sd-webui-tagcomplete).

    ## Why is this bad?

    Of 140,782 tags 39,048 hold characters that are syntax. Pasted as they are, the brackets go,
    the qualifier gets a weight of 1.1, and the model never reads the tag it has learnt.

    ## Example

    ```
    1girl, ganyu (genshin impact), smile
    ```

    ## Use instead

    ```
    1girl, ganyu \(genshin impact\), smile
    ```

    ## Fix safety

    The fix makes the brackets text, so **the weight of 1.1 goes**. Values that a template inserts
    need no backslash.
    """

    code = "IMP123"
    name = "unescaped-tag"
    changes_weights = True
    VALID = (
        r"ganyu \(genshin impact\)",
        "a board (MDF)",
        "(genshin impact)",
        "ganyu (genshin impact:1.2)",
        "a game (genshin impact) on a screen",
        "a poster of ganyu, (fate)",
        Case("{{ hero }}, smile", suffix=".j2"),
    )
    INVALID = (
        Case("fate (series)", "(series)", fix=r"fate \(series\)"),
        Case(
            "1girl, ganyu (genshin impact), smile",
            "(genshin impact)",
            fix=r"1girl, ganyu \(genshin impact\), smile",
        ),
        Case("saber_(fate)", "(fate)", fix=r"saber_\(fate\)"),
        Case("(saber (fate):1.2)", "(fate)", fix=r"(saber \(fate\):1.2)"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at brackets at the end of a phrase."""
        child = node.children[0] if len(node.children) == 1 and not node.mark else None
        if node.kind != "round" or not isinstance(child, Text):
            return
        text = text_of(check)
        before = text[max(0, node.start - _REACH) : node.start]
        if before[-1:] not in (" ", "_"):
            return
        if child.value.replace("_", " ").casefold() not in _qualifiers():
            return
        if not re.search(_NAME, before) or not re.compile(_END).match(text, node.end):
            return
        check.report(
            self,
            node,
            f'the brackets of this tag are read as a weight of 1.1 on "{child.value}"',
            hint=r"write \( and \)",
            title="escape the brackets",
            edits=[
                check.edit(node.start, node.start, "\\"),
                check.edit(node.end - 1, node.end - 1, "\\"),
            ],
        )
