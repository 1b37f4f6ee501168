"""Writing for people: colour by hand, lines that fit, nothing that a terminal would obey."""

from __future__ import annotations

import os
import sys
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.errors import ImpastoError

Colour = Literal["bold", "dim", "red", "green", "yellow", "cyan"]
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_LEAST, _MOST = 40, 120
SEVERITY: dict[str, Colour] = {"error": "red", "warning": "yellow", "info": "dim"}


class Terminal:
    """A stream for people: `paint` colours where it may."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.colours = has_colour(self.stream)

    @cached_property
    def width(self) -> int:
        """How many cells a line has, within reason."""
        import shutil

        return min(max(shutil.get_terminal_size().columns, _LEAST), _MOST)

    def paint(self, text: str, *colours: Colour) -> str:
        """Return `text` in colours, where the stream shows them."""
        if not self.colours or not colours or not text:
            return text
        return f"\x1b[{';'.join(_CODES[c] for c in colours)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write a line, our own signs in ASCII where the stream has no others."""
        if not _has_signs(self.stream):
            text = text.translate(_IN_ASCII)
        click.echo(text, file=self.stream, color=self.colours)

    def wrapped(self, text: str, *colours: Colour, indent: int = 0, first: str = "") -> None:
        """Write `text` in lines of `width`; `first`, at most `indent` cells, heads the first."""
        for number, line in enumerate(wrap(clean(text), self.width - indent)):
            head = first if number == 0 else ""
            pad = " " * max(indent - width(head), 0)
            self.line(head + pad + self.paint(line, *colours))

    def error(self, error: ImpastoError) -> None:
        """Write the message of an error."""
        from impasto.errors import SourceError

        text = str(error)
        self.finding(text if isinstance(error, SourceError) else f"error: {text}")

    def finding(self, text: str) -> None:
        """Write a finding as `render` gives it, its first line in colour."""
        head, _, rest = clean(text).partition("\n")
        for severity, colour in SEVERITY.items():
            before, word, after = head.partition(f"{severity}:")
            if word:
                head = f"{self.paint(before, 'bold')}{self.paint(word, colour, 'bold')}{after}"
                break
        self.line(head)
        if rest:
            self.line(rest)

    def table(self, rows: Sequence[Sequence[str]], *, head: Sequence[str]) -> None:
        """Write rows of cells; the last column takes the width that is left and is wrapped."""
        wide = [max(width(row[i]) for row in (head, *rows)) for i in range(len(head) - 1)]
        self.line(self.paint("  ".join(_padded(head, wide)).rstrip(), "dim"))
        indent = sum(wide) + 2 * len(wide)
        room = self.width - indent
        for row in rows:
            start = "".join(f"{cell}  " for cell in _padded(row[:-1], wide))
            if room < 16:  # the last cell stands under the others
                self.line(start.rstrip())
                self.wrapped(row[-1], indent=4)
                continue
            for number, line in enumerate(wrap(row[-1], room)):
                self.line(f"{start if number == 0 else ' ' * indent}{line}".rstrip())


def _padded(cells: Sequence[str], wide: Sequence[int]) -> list[str]:
    sizes = [*wide, *(0 for _ in cells[len(wide) :])]
    return [cell + " " * (size - width(cell)) for cell, size in zip(cells, sizes, strict=False)]


_IN_ASCII = str.maketrans({"▲": "+", "▼": "-", "≠": "*", "─": "-", "→": ">", "…": "..."})


def _has_signs(stream: TextIO) -> bool:
    """Whether the encoding of `stream` has more than letters."""
    encoding = (getattr(stream, "encoding", "") or "utf-8").lower().replace("-", "")
    return encoding.startswith("utf")


def has_colour(stream: TextIO) -> bool:
    """Whether `stream` shows colours: NO_COLOR and FORCE_COLOR decide, else a terminal does."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def clean(text: str) -> str:
    """Return `text` with control characters shown, so that no prompt can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _shown(c) for c in text)


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    kind = unicodedata.category(character)
    if kind in ("Zs", "Cs"):  # a wide space; what no encoding can say is replaced on output
        return " " if kind == "Zs" else "\N{REPLACEMENT CHARACTER}"
    # A joiner inside an emoji is harmless; what turns the direction of text is not.
    return character if character == "\u200d" else character.encode("unicode_escape").decode()


def strip(text: str) -> str:
    """Return `text` without our colours."""
    return click.unstyle(text)


def width(text: str) -> int:
    """Return how many cells `text` takes, our colours left out."""
    if "\x1b" in text:
        text = strip(text)
    if text.isascii():
        return len(text)
    return sum(_cells(c) for c in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, room: int) -> list[str]:
    """Return the lines of `text`, each at most `room` cells; only words longer than that break."""
    return [line for given in text.split("\n") for line in _wrapped(given, room)] or [""]


def _wrapped(text: str, room: int) -> Iterable[str]:
    line, used = "", 0
    for word in text.split(" "):
        for piece in _pieces(word, room):
            size = width(piece)
            if line and used + 1 + size > room:
                yield line
                line, used = piece, size
            else:
                line, used = (f"{line} {piece}", used + 1 + size) if line else (piece, size)
    yield line


def _pieces(word: str, room: int) -> list[str]:
    """Cut a word that is longer than a line."""
    if width(word) <= room:
        return [word]
    found, piece, used = [], "", 0
    for character in word:
        size = _cells(character)
        if used + size > room:
            found.append(piece)
            piece, used = "", 0
        piece += character
        used += size
    return [*found, piece]


def write_json(data: object, *, indent: int | None = 2) -> None:
    """Write `data` as JSON; in ASCII where the output cannot say more."""
    import json

    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    plain = encoding not in ("utf8", "utf16")
    text = json.dumps(data, ensure_ascii=plain, indent=indent, allow_nan=False, default=str)
    click.echo(text.encode("utf-8", "backslashreplace").decode())
