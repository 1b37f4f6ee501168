"""CSV files read with positions, as Python's own module reads them for A1111."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source, Span

_SPACES = re.compile(r" *+")
_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)(")?')
_BARE = re.compile(r"[^,\r\n]*+")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Cell(NamedTuple):
    """A cell: its text and where it stands."""

    text: str
    span: Span


def rows(source: Source) -> Iterator[list[Cell]]:
    """Yield the rows of a CSV file; lines without anything are none.

    Spaces before a cell are skipped, as A1111 asks for; what follows a closing quote belongs to
    the cell.

    Raises:
        FileError: a quoted cell never ends.
    """
    text, at = source.text, 0
    row: list[Cell] = []
    while at < len(text):
        cell, at = _cell(source, at)
        row.append(cell)
        if text[at : at + 1] == ",":
            at += 1
            if at == len(text):
                row.append(Cell("", source.span(at, at)))
            continue
        end = _LINE_END.match(text, at)
        at = end.end() if end else len(text)
        if len(row) > 1 or row[0].text:
            yield row
        row = []
    if row:
        yield row


def _cell(source: Source, at: int) -> tuple[Cell, int]:
    """Return the cell at `at`, and where it ends."""
    text = source.text
    spaces = _SPACES.match(text, at)
    begin = spaces.end() if spaces else at
    quoted = _QUOTED.match(text, begin)
    if quoted and quoted[2] is None:
        hint = "close it; a quote inside a cell is written twice"
        raise FileError(
            "the quote opened here is never closed", source.span(begin, begin + 1), hint=hint
        )
    start = quoted.end() if quoted else begin
    rest = _BARE.match(text, start)
    end = rest.end() if rest else start
    inner = quoted[1].replace('""', '"') if quoted else ""
    return Cell(inner + text[start:end], source.span(begin, end)), end
