"""Weighted runs split into words: what may stand together on a line, and what may not part."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Literal, NamedTuple

from impasto.images import glyphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Run = tuple[str, float]
Kind = Literal["word", "line", "rule"]

BREAK: Run = ("BREAK", -1.0)
NOT_CUT = sys.maxsize
_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_PARTS = re.compile(rf"\r\n|[{_LINE_ENDS}]|[^\S{_LINE_ENDS}\u00a0]+|[\S\u00a0]+")


class Piece(NamedTuple):
    """Text of one weight inside a word; a `mark` is the weight itself, set small and raised."""

    text: str
    weight: float
    mark: bool = False


class Word(NamedTuple):
    """Pieces that stay together, or a line end, or a rule.

    `space` says whether a space precedes it; `at` counts the characters of the text before it.
    """

    kind: Kind
    pieces: tuple[Piece, ...]
    space: bool
    at: int


def number(weight: float) -> str:
    """Return a weight as people write it, with at most two decimals."""
    return f"{weight:.2f}".rstrip("0").rstrip(".") if abs(weight) < 1e6 else f"{weight:.0e}"


def length(runs: Iterable[Run]) -> int:
    """Return how many characters the text of `runs` has, chunk breaks not counted."""
    return sum(len(text) for text, weight in runs if (text, weight) != BREAK)


def _solid(text: str) -> list[str]:
    """Split text without spaces where a line may end: around every boxed character."""
    parts: list[str] = []
    glued, at = False, 0
    for cell in glyphs.cells(text):
        piece = text[at : at + cell.length]
        at += cell.length
        if glued and not cell.boxed:
            parts[-1] += piece
        else:
            parts.append(piece)
        glued = not cell.boxed
    return parts


class _Splitter:
    """Gathers words; `cut` is where the text went past the limit."""

    def __init__(self, limit: int) -> None:
        self.words: list[Word] = []
        self.at = 0
        self.cut = NOT_CUT
        self._limit = limit
        self._used = 0
        self._space = False
        self._glue = False

    def _special(self, kind: Kind) -> None:
        self.words.append(Word(kind, (), False, self.at))
        self._used += 1
        self._space = self._glue = False

    def _word(self, text: str, weight: float) -> None:
        at = self.at
        kept = text[: self._limit - self._used + 1]
        if len(kept) < len(text):
            self.cut = min(self.cut, at + len(kept))
        self._used += len(kept)
        for part in _solid(kept):
            boxed = glyphs.cells(part)[0].boxed
            if self._glue and not boxed:
                last = self.words[-1]
                self.words[-1] = last._replace(pieces=(*last.pieces, Piece(part, weight)))
            else:
                self.words.append(Word("word", (Piece(part, weight),), self._space, at))
            self._space, self._glue = False, not boxed
            at += len(part)

    def run(self, text: str, weight: float) -> None:
        """Add one run, up to the limit."""
        before = len(self.words)
        marked = len(self.words[-1].pieces) if self.words else 0
        for found in _PARTS.finditer(text):
            part = found[0]
            if self._used > self._limit:
                self.cut = min(self.cut, self.at)
                return
            if part[0] in _LINE_ENDS:
                self._special("line")
            elif part[0].isspace() and part[0] != "\u00a0":
                self._space, self._glue = True, False
            else:
                self._word(part, weight)
            self.at += len(part)
        self._mark(before, marked, weight)

    def _mark(self, before: int, pieces: int, weight: float) -> None:
        """Put the weight behind the last word that the run added to."""
        last = max(
            (at for at in range(max(before - 1, 0), len(self.words)) if self.words[at].pieces),
            default=-1,
        )
        grew = last >= before or (last >= 0 and len(self.words[last].pieces) > pieces)
        if grew and number(weight) != "1":
            word = self.words[last]
            mark = Piece(number(weight), weight, mark=True)
            self.words[last] = word._replace(pieces=(*word.pieces, mark))

    def rule(self) -> None:
        """Add a chunk break."""
        self._special("rule")


def split(runs: Sequence[Run], limit: int) -> tuple[list[Word], int]:
    """Split `runs` into words, and stop after about `limit` characters that can be seen.

    Return the words and the offset of the first character that was not looked at, or NOT_CUT.
    """
    splitter = _Splitter(limit)
    for text, weight in runs:
        if (text, weight) == BREAK:
            splitter.rule()
        else:
            splitter.run(text, weight)
    return splitter.words, splitter.cut
