"""Stars around a word, which only the dialect of this package reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

STARRED = re.compile(r"(?<![\w*])\*([^\s*][^*\n]{0,59})\*(?![\w*])")


class StarsAreText(Rule):
    """Stars around a word make nothing stronger.

    ## What it does

    Finds words between stars, as in `*red* fox`.

    ## Why is this bad?

    Chat programs show such a word in bold, and the dialect `stars` gives it the weight 1.2. In a
    prompt the stars are two more signs that the text encoder reads.

    ## Example

    ```
    a *red* fox
    ```

    ## Use instead

    ```
    a (red:1.2) fox
    ```

    ## Fix safety

    The fix gives the word the weight that the stars stood for, so effective weights change.
    """

    code = "STAR001"
    name = "stars-are-text"
    changes_weights = True
    VALID = ("a red fox", "5 * 3", "a (red:1.2) fox", "**", "2*3*4")
    INVALID = (
        Case("a *red* fox", "*red*", fix="a (red:1.2) fox"),
        Case("[a *soft glow*:0.5]", "*soft glow*", fix="[a (soft glow:1.2):0.5]"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look between the stars of a text; spans are those of the whole prompt."""
        for found in STARRED.finditer(node.value):
            start, end = (node.start + at for at in found.span())
            edit = check.edit(start, end, f"({found[1]}:1.2)")
            message = f'the stars around "{found[1]}" are text'
            check.report(self, edit.span, message, title="write the weight", edits=[edit])
