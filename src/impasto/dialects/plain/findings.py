"""What a reader may misread in a text that its target takes as plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source

_WEIGHT = re.compile(r":[ \t]{0,8}[-+]?(?:[0-9]{1,4}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})[ \t]{0,8}[)\]]")
_BRACKETS: Final = {")": "(", "]": "["}


def bracket_weight(source: Source, end: int) -> Iterator[Diagnostic]:
    """Yield a note on the first `(text:1.2)` or `[text:0.8]` before `end`, which is text here."""
    text = source.text
    found = _WEIGHT.search(text, 0, end)
    if found is None:
        return
    start = text.rfind(_BRACKETS[found[0][-1]], 0, found.start())
    if start < 0:
        return
    yield Diagnostic(
        "IMP509",
        "weight-not-read",
        "info",
        "brackets and the number in them are text here; the model may even paint them",
        source.span(start, found.end()),
        hint="read it in the dialect that it was written for, such as a1111, and translate it",
    )
