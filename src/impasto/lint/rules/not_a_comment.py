"""A comment in the way of other languages, which is text here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, text_of

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

_SIGN: Final = r"(?m)^[ \t]*(//(?=[ \t])|/\*|<!--)"


class NotAComment(Rule):
    """A comment in the way of other languages, which is text here.

    ## What it does

    Reports lines that begin with `// `, `/*` or `<!--`.

    ## Why is this bad?

    A comment is a line that starts with a hash and a space. Anything else is read by the encoder,
    and painted. ComfyUI's editor takes out `//` and `/* */`, which is where the habit comes from;
    its server does not.

    ## Example

    ```
    a fox in the snow
    // try a wolf
    ```

    ## Use instead

    ```
    a fox in the snow
    # try a wolf
    ```
    """

    code = "IMP118"
    name = "not-a-comment"
    VALID = ("a fox\n# a comment", "https://example.com", "24/7 // open", "//no space", "<3")
    INVALID = (
        Case("a fox\n// a wolf", "//"),
        Case("/* a wolf */ a fox", "/*"),
        Case("<!-- a wolf -->\na fox", "<!--"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look at the beginnings of lines."""
        text = node.value
        if "//" not in text and "/*" not in text and "<!--" not in text:
            return
        for found in re.finditer(_SIGN, text):
            start = node.start + found.start(1)
            whole = text_of(check)
            if whole[whole.rfind("\n", 0, start) + 1 : start].strip():
                continue  # the line began before this text
            check.report(
                self,
                place(check, start, node.start + found.end(1)),
                f'"{found[1]}" starts no comment here; the line is text',
                hint="a comment is a line that starts with # and a space",
            )
