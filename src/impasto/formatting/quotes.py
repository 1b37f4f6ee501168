"""What stands in quotes in a prompt: words that the picture shows, letter by letter."""

from __future__ import annotations

import re

# A straight quote opens where a word could begin and closes where one could end, so the inches
# of 14" and the apostrophe of don't open nothing.
_QUOTED = re.compile(
    r'(?<![0-9A-Za-z_\\])"[^"\n]*"(?![0-9A-Za-z_])'
    r"|(?<![0-9A-Za-z_\\])'[^'\n]*'(?![0-9A-Za-z_])"
    r"|“[^“”\n]*”|‘[^‘’\n]*’|«[^«»\n]*»|「[^「」\n]*」|『[^『』\n]*』|„[^„“”\n]*[“”]"
    r"|https?://[^\s()\[\]{}|\"]+"
)
_MAY_QUOTE = re.compile("[\"'“‘«「『„]|://")


def quoted(text: str) -> list[tuple[int, int]]:
    """Return the ranges of `text` between quotes, the quotes among them, and of addresses."""
    if _MAY_QUOTE.search(text) is None:
        return []
    return [found.span() for found in _QUOTED.finditer(text)]


class Quotes:
    """What stands in quotes in a text, asked about places in the order of the text."""

    def __init__(self, text: str) -> None:
        self._ranges = quoted(text)
        self._at = 0

    def hold(self, start: int, end: int) -> bool:
        """Whether [start, end) lies between quotes."""
        ranges = self._ranges
        while self._at < len(ranges) and ranges[self._at][1] <= start:
            self._at += 1
        return self._at < len(ranges) and ranges[self._at][0] < start and end < ranges[self._at][1]
