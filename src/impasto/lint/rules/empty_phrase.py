"""Commas with nothing between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, whole_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Part

_COMMAS: Final = ",，、"
_ALL: Final = f"{_COMMAS} \t\n"
_PAIR: Final = f"[{_COMMAS}][{_COMMAS}]"
_DOUBLE: Final = rf"(?<!\\)([{_COMMAS}])(?:\s*[{_COMMAS}])+"


class EmptyPhrase(Rule):
    """Commas with nothing between them.

    ## What it does

    Notes two separators in a row, and one at the beginning or the end of a prompt.

    ## Why is this bad?

    It does little harm, and is a note. The encoder reads every comma as a token of its own;
    composing drops empty phrases anyway.

    ## Example

    ```
    a fox,, snow,
    ```

    ## Use instead

    ```
    a fox, snow
    ```

    ## Fix safety

    The fix takes out commas that separate nothing. No word and no weight changes.
    """

    code = "IMP307"
    name = "empty-phrase"
    severity = "info"
    changes_weights = True
    in_samples = False
    VALID = ("a fox, snow", "a fox, BREAK snow", "(a, b), c", "a fox ,snow")
    INVALID = (
        Case("a fox,, snow", ",,", fix="a fox, snow"),
        Case("a fox, , , snow", ", , ,", fix="a fox, snow"),
        Case(", a fox", ", ", fix="a fox"),
        Case("a fox, ", ", ", fix="a fox"),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the commas of a prompt."""
        text = whole_text(part, check)
        start, end = len(text) - len(text.lstrip(_ALL)), len(text.rstrip(_ALL))
        if not start < end:
            return
        if text[:start].strip():
            self._report(0, start, "", check)
        dense = "".join(text.split())
        doubles = re.finditer(_DOUBLE, text) if re.search(_PAIR, dense) else ()
        for found in doubles:
            if start < found.start() < end:
                self._report(found.start(), found.end(), found[1], check)
        if text[end:].strip() and text[end - 1] != "\\":
            self._report(end, len(text), "", check)

    def _report(self, start: int, end: int, new: str, check: Check) -> None:
        check.report(
            self,
            place(check, start, end),
            "this separates nothing",
            title="take the comma out",
            edits=[check.edit(start, end, new)],
        )
