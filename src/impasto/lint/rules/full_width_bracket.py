"""A weight in full-width brackets, which is text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

_WEIGHT = r"[（(]([^（）()\[\]{}<>|:：\\\n]*+)[:：][ \t]*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t]*[）)]"


class FullWidthBracket(Rule):
    """A weight in full-width brackets, which is text.

    ## What it does

    Reports `（x：1.2）` and its mixtures, where brackets and colon look like those of a weight and
    are the full-width characters of Chinese and Japanese keyboards.

    ## Why is this bad?

    No host reads them as syntax: the encoder gets the brackets, the colon and the number.

    ## Example

    ```
    一只猫，（夕阳：1.2）
    ```

    ## Use instead

    ```
    一只猫，(夕阳:1.2)
    ```

    ## Fix safety

    The fix writes the ASCII characters, so **the weight takes effect**, which it did not before.
    """

    code = "IMP109"
    name = "full-width-bracket"
    changes_weights = True
    VALID = ("(夕阳:1.2)", "一只猫（夕阳）", "（16：9 的海报）", "（见：注）")
    INVALID = (
        Case("一只猫，（夕阳：1.2）", "（夕阳：1.2）", fix="一只猫，(夕阳:1.2)"),
        Case("（sunset:1.2）", "（sunset:1.2）", fix="(sunset:1.2)"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look at a text."""
        if "）" not in node.value and "（" not in node.value:
            return
        for found in re.finditer(_WEIGHT, node.value):
            start, end = node.start + found.start(), node.start + found.end()
            assert check.prompt is not None
            check.report(
                self,
                check.prompt.source.span(start, end),
                f"full-width brackets give no weight; {found[0]} is text",
                title="use ASCII brackets",
                edits=[check.edit(start, end, f"({found[1]}:{found[2]})")],
            )
