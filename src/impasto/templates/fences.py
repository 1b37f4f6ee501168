"""The front matter of a `.prompt` file is what stands between its first two lines of dashes."""

from __future__ import annotations

import re

from impasto.errors import FileError
from impasto.source import Source

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


def divide(source: Source) -> tuple[Source, Source]:
    """Return the front matter and the template, both with positions in the file.

    Raises:
        FileError: the front matter is never closed.
    """
    text = source.text
    opening = _FENCE.match(text)
    if opening is None:
        return Source("", parent=source), source
    closing = _FENCE.search(text, opening.end())
    if closing is None:
        raise FileError(
            "the front matter is never closed", source.span(0, 3), expected=("a second line ---",)
        )
    head = min(opening.end() + 1, closing.start())
    start = min(closing.end() + 1, len(text))
    return _part(source, head, closing.start()), _part(source, start, len(text))


def body(source: Source) -> Source:
    """Return the template of a file, without its front matter.

    Raises:
        FileError: the front matter is never closed.
    """
    return divide(source)[1]


def _part(source: Source, start: int, end: int) -> Source:
    return Source(source.text[start:end], parent=source, anchors=((0, start),))
