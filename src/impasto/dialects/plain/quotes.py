"""Whether a quotation is open at the end of a text that grows: its words are painted as they are."""

from __future__ import annotations

import re

_SIGNS = re.compile(
    r"(?P<opens>(?<!\w)['‘“](?=\w))|(?P<closes>(?<=[\w.,!?])['’”](?!\w))|(?P<straight>\")"
)


class Quotes:
    """The quotation marks of a text that is given bit by bit; each is looked at once."""

    def __init__(self) -> None:
        self._open = 0
        self._straight = 0
        self._end = ""

    def add(self, text: str) -> None:
        """Take what comes next; the last character waits for what follows it."""
        known = self._end[:-1]
        whole = self._end + text
        opened, straight = _count(whole, len(known), max(len(whole) - 1, 0))
        self._open += opened
        self._straight += straight
        self._end = whole[-2:]

    @property
    def is_open(self) -> bool:
        """Whether a quotation is open here."""
        opened, straight = _count(self._end, max(len(self._end) - 1, 0), len(self._end))
        return self._open + opened > 0 or (self._straight + straight) % 2 == 1


def _count(text: str, start: int, end: int) -> tuple[int, int]:
    """Return how many quotations open between two offsets, less those that close; and the `"`."""
    opened = straight = 0
    for sign in _SIGNS.finditer(text, start):
        if sign.start() >= end:
            break
        kind = sign.lastgroup
        opened += (kind == "opens") - (kind == "closes")
        straight += kind == "straight"
    return opened, straight
