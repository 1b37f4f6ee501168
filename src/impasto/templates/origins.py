"""Where each piece of a rendered text was written."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from impasto.source import Source, Span
from impasto.templates.marks import PIECE, PIECE_BASE, clean
from impasto.templates.run import concat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.templates.lexed import Piece

_LINE_ENDS = re.compile("\r\n?")


class Origin(Struct, frozen=True, gc=False):
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
        at = bisect_right(self._starts, offset)
        return self._origins[at - 1 if at else 0]


def spelled(pieces: Sequence[Piece]) -> dict[str, str]:
    """Return the text that marks of `pieces` stand for where code is shared."""
    return {
        chr(PIECE_BASE + number): piece.source.text[piece.start : piece.end]
        for number, piece in enumerate(pieces)
        if piece.is_text
    }


def strip(
    raw: str, pieces: Sequence[Piece], texts: Mapping[str, str], source: Source
) -> tuple[str, list[Origin]]:
    """Take the piece marks out of `raw`, put in what stands in `texts` for them.

    Return the text and where each piece was written.

    Raises:
        LimitExceeded: the text is too long.
    """
    head, *pairs = PIECE.split(raw)
    found = [head]
    origins = [Origin(0, source, 0, 0)]
    at = len(head)
    for mark, behind in zip(pairs[::2], pairs[1::2], strict=True):
        text = texts[mark] + behind if mark in texts else behind
        if text:
            piece = pieces[ord(mark) - PIECE_BASE]
            origins.append(Origin(at, piece.source, piece.start, piece.end, piece.is_text))
            found.append(text)
            at += len(text)
    return concat(found), origins


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
