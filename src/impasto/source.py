"""Texts that positions point into: offset to line and column, excerpts, spans."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cached_property

from msgspec import Struct


class Source:
    """A text with a name, such as a file's path.

    A text that stands inside a file (the body of a `.prompt` file, a scalar in a style pack) has
    that file's source as `parent` and `anchors`, pairs (offset here, offset in the parent) sorted
    by the first; positions are then those of the file.
    """

    def __init__(
        self,
        text: str,
        name: str = "prompt",
        *,
        parent: Source | None = None,
        anchors: tuple[tuple[int, int], ...] = ((0, 0),),
    ) -> None:
        self.text = text
        self.name: str = parent.name if parent else name
        self.parent = parent
        self.anchors = anchors

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    @cached_property
    def line_starts(self) -> list[int]:
        """Where every line begins."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def locate(self, offset: int) -> tuple[Source, int]:
        """Return the outermost source and the offset there."""
        if self.parent is None:
            return self, offset
        here, there = self.anchors[0]
        if len(self.anchors) > 1:
            at = bisect_right(self.anchors, (offset, len(self.parent.text) + 1)) - 1
            here, there = self.anchors[max(at, 0)]
        return self.parent.locate(max(there + offset - here, 0))

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of `offset` in the outermost source, both counted from 1."""
        file, at = self.locate(offset)
        line = bisect_right(file.line_starts, at)
        return line, at - file.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return line `number`, counted from 1, without its line end."""
        start, end = self.line_bounds(number)
        return self.text[start:end]

    def line_bounds(self, number: int) -> tuple[int, int]:
        """Return where line `number`, counted from 1, begins and ends, without its line end."""
        starts = self.line_starts
        start = starts[number - 1]
        if number == len(starts):
            return start, len(self.text)
        end = starts[number] - 1
        return start, end - (end > start and self.text[end - 1] == "\r")

    def span(self, start: int, end: int) -> Span:
        """Return the span [start, end) of this source."""
        return Span(self, start, end)


class Span(Struct, frozen=True):
    """A half-open range [start, end) of a source: where something was written."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The text of the span."""
        return self.source.text[self.start : self.end]

    @property
    def file(self) -> str:
        """The name of the file or text the span lies in."""
        return self.source.locate(self.start)[0].name

    @property
    def line(self) -> int:
        """The line of the first character, counted from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, counted from 1 in characters."""
        return self.source.position(self.start)[1]

    def __str__(self) -> str:
        file, at = self.source.locate(self.start)
        line, column = file.position(at)
        return f"{file.name}:{line}:{column}"

    def in_file(self) -> tuple[Source, int, int]:
        """Return the outermost source and the range there."""
        file, start = self.source.locate(self.start)
        last = self.source.locate(max(self.end - 1, self.start))[1]
        return file, start, max(last + (self.end > self.start), start)

    def to_json(self) -> dict[str, object]:
        """Return the span as the object that every machine format of impasto uses."""
        file, start, end = self.in_file()
        line, column = file.position(start)
        end_line, end_column = file.position(end)
        return {
            "file": file.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "offset": start,
            "length": end - start,
        }


def _width(text: str) -> int:
    """Return how many terminal cells `text` takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    narrow = sum(unicodedata.combining(c) > 0 for c in text)
    return len(text) + wide - narrow


MAX_EXCERPT = 100


def excerpt(span: Span, label: str = "") -> str:
    """Return the line of the span with the span underlined and `label` behind the underline."""
    file, start, end = span.in_file()
    number, column = file.position(start)
    begin, stop = file.line_bounds(number)
    length = stop - begin
    first = column - 1
    last = min(first + max(end - start, 1), max(length, first + 1))
    cut = max(0, first - MAX_EXCERPT // 2) if length > MAX_EXCERPT else 0
    part = file.text[begin + cut : min(begin + cut + MAX_EXCERPT, stop)]
    shown = part.replace("\t", " ")
    head = "…" if cut else ""
    tail = "…" if cut + MAX_EXCERPT < length else ""
    last = min(last, cut + MAX_EXCERPT)
    pad = " " * (_width(part[: first - cut]) + len(head))
    marks = "^" * max(_width(part[first - cut : last - cut]), 1)
    gutter = f"{number:>4} | "
    blank = " " * 4 + " | "
    return f"{gutter}{head}{shown}{tail}\n{blank}{pad}{marks} {label}".rstrip()
