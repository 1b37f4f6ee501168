"""Open documents: their lines, changes to them, and positions in every encoding of the protocol.

Lines end in LF, CRLF or CR, as the protocol says; inside they are kept without their ends and the
text is joined with LF, so places are pairs of line and column, both counted from 0, in characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_LINE_END = re.compile("\r\n|\r|\n")
_DRIVE = re.compile(r"/[A-Za-z]:")
_SUFFIXES = (".txt", ".prompt", ".j2", ".jinja")
_LANGUAGES = {"impasto": ".prompt", "impasto-prompt": ".prompt", "impasto-pack": ".yaml"}
_PACK = re.compile(r"(?:styles|format)[ \t]*:")


class Place(NamedTuple):
    """A place between two characters: line and column, both from 0."""

    line: int
    column: int


class Range(NamedTuple):
    """What lies between two places."""

    start: Place
    end: Place


def to_units(line: str, column: int, encoding: str) -> int:
    """Return how many code units of `encoding` the first `column` characters of a line take."""
    if encoding == "utf-32" or line.isascii():
        return min(column, len(line))
    return sum(_units(char, encoding) for char in line[:column])


def to_column(line: str, units: int, encoding: str) -> int:
    """Return the column that lies `units` code units into a line.

    A place inside of a character is moved before it, one behind the line to its end.
    """
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    for column, char in enumerate(line):
        units -= _units(char, encoding)
        if units < 0:
            return column
    return len(line)


def _units(char: str, encoding: str) -> int:
    """Return how many code units a character takes, half of a pair of surrogates as any other."""
    number = ord(char)
    if encoding == "utf-8":
        return 1 + (number > 0x7F) + (number > 0x7FF) + (number > 0xFFFF)
    return 1 + (number > 0xFFFF)


class Document:
    """A text that an editor holds; `suffix` says what it is, None where it is nothing of ours."""

    def __init__(self, uri: str, text: str, version: int = 0, language: str = "") -> None:
        self.uri = uri
        self.version = version
        self.path = path_of(uri)
        self.name = str(self.path) if self.path else uri
        self.language = language
        self.lines = _LINE_END.split(text)
        self._text: str | None = None
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Document({self.name!r}, {len(self.lines)} lines)"

    def snapshot(self) -> Document:
        """Return the document as it is now, for work that runs while it changes."""
        copy = Document(self.uri, "", self.version, self.language)
        copy.lines = self.lines.copy()
        return copy

    @property
    def text(self) -> str:
        """The text with LF between lines."""
        if self._text is None:
            self._text = "\n".join(self.lines)
        return self._text

    @property
    def folder(self) -> Path | None:
        """The folder that the file lies in."""
        return self.path.parent if self.path else None

    @property
    def suffix(self) -> str | None:
        """What the document is by its name or language; None for no file of ours."""
        suffix = self.path.suffix.lower() if self.path else ""
        if suffix in (".yaml", ".yml"):
            is_pack = self.language == "impasto-pack" or any(map(_PACK.match, self.lines))
            return suffix if is_pack else None
        if suffix in _SUFFIXES:
            return suffix
        return _LANGUAGES.get(self.language)

    def change(self, text: str, where: Range | None = None) -> None:
        """Put `text` where `where` is, or in the place of everything."""
        self._text = self._starts = None
        if where is None:
            self.lines = _LINE_END.split(text)
            return
        (first, start), (last, end) = self._inside(where.start), self._inside(where.end)
        head, tail = self.lines[first][:start], self.lines[last][end:]
        self.lines[first : last + 1] = _LINE_END.split(head + text + tail)

    def _inside(self, place: Place) -> Place:
        """Return the nearest place that the document has."""
        if place.line >= len(self.lines):
            return Place(len(self.lines) - 1, len(self.lines[-1]))
        return Place(place.line, min(place.column, len(self.lines[place.line])))

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        return self._starts

    def offset(self, place: Place) -> int:
        """Return the offset of a place in `text`."""
        line, column = self._inside(place)
        return self._line_starts()[line] + column

    def place(self, offset: int) -> Place:
        """Return the place of an offset in `text`."""
        starts = self._line_starts()
        line = min(bisect_right(starts, offset) - 1, len(self.lines) - 1)
        return Place(line, offset - starts[line])

    def whole(self) -> Range:
        """Return the range of everything."""
        return Range(Place(0, 0), Place(len(self.lines) - 1, len(self.lines[-1])))


def path_of(uri: str) -> Path | None:
    """Return the file that a URI names, or None for one that is no file."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    path = unquote(parts.path)
    return Path(path[1:] if _DRIVE.match(path) else path)
