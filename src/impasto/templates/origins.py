"""Where each piece of a rendered text was written."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from impasto.source import Source, Span
from impasto.templates.marks import PIECE, PIECE_BASE, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.templates.lexed import Piece

_LINE_ENDS = re.compile("\r\n?")


class Origin(NamedTuple):
    """From `at` on, the rendered text was written at [start, end) of `source`.

    Text is there character for character; what an expression gave begins at its start.
    """

    at: int
    source: Source
    start: int
    end: int
    is_text: bool = True


class RenderedSource(Source):
    """Text that a template wrote: offsets lead back to the pieces it was made of."""

    def __init__(self, text: str, name: str, origins: list[Origin]) -> None:
        super().__init__(text, name)
        self._starts = [origin.at for origin in origins]
        self._origins = origins

    def locate(self, offset: int) -> tuple[Source, int]:
        """Return the file and the offset there."""
        origin = self._origin(offset)
        inside = offset - origin.at if origin.is_text else 0
        return origin.source.locate(min(origin.start + inside, origin.end))

    def written(self, offset: int) -> Span:
        """Return the whole piece or expression that wrote the character at `offset`."""
        origin = self._origin(offset)
        return Span(origin.source, origin.start, origin.end)

    def is_one_piece(self, first: int, second: int) -> bool:
        """Whether the characters at two offsets were written in one piece."""
        return self._origin(first) is self._origin(second)

    def _origin(self, offset: int) -> Origin:
        return self._origins[max(bisect_right(self._starts, offset) - 1, 0)]


def spelled(pieces: Sequence[Piece]) -> dict[str, str]:
    """Return what the marks of `pieces` stand for where code is shared: the mark and the text."""
    marks = map(chr, range(PIECE_BASE, PIECE_BASE + len(pieces)))
    return {
        mark: mark + source.text[start:end]
        for mark, (source, start, end, is_text) in zip(marks, pieces, strict=True)
        if is_text
    }


def strip(raw: str, pieces: Sequence[Piece], source: Source) -> tuple[str, list[Origin]]:
    """Take the piece marks out of `raw`; return the text and where each piece was written."""
    head, *pairs = PIECE.split(raw)
    texts = [head]
    origins = [Origin(0, source, 0, 0)]
    at = len(head)
    for mark, text in zip(pairs[::2], pairs[1::2], strict=True):
        if text:
            origins.append(Origin(at, *pieces[ord(mark) - PIECE_BASE]))
            texts.append(text)
            at += len(text)
    return "".join(texts), origins


def readable(source: Source) -> Source:
    r"""Return `source` as Jinja reads it: lines end with "\n", no private characters."""
    text = clean(source.text)
    if "\r" not in text:
        return source if text is source.text else Source(text, parent=source)
    pieces: list[str] = []
    anchors = [(0, 0)]
    at = length = 0
    for end in _LINE_ENDS.finditer(text):
        pieces += [text[at : end.start()], "\n"]
        length += end.start() - at + 1
        at = end.end()
        anchors.append((length, at))
    return Source("".join([*pieces, text[at:]]), parent=source, anchors=tuple(anchors))
