r"""What a bracket of prompt-control means: one of three rules, tried one after the other.

`[SEQ:a:0.2:b:0.7]`, then `[before:after:0.5]` with up to three fields, then `[a|b:0.1]`.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

from impasto.dialects.comfyui.switches import Item, Piece
from impasto.dialects.prompt_control.items import (
    FOREVER,
    PACE,
    Change,
    Sequence_,
    Timed,
    Turns,
)
from impasto.dialects.prompt_control.numbers import Numbers

_TAG = re.compile(r"[A-Z_]++")
MOST_COLONS: Final = 3

Nested: TypeAlias = "Item | list[Nested]"
"""Items, with lists in them that stand for what is in them."""


class Open:
    """An open bracket, or the prompt itself: its fields up to now and what separates them."""

    __slots__ = ("fields", "items", "round", "signs", "start")

    def __init__(self, start: int, items: list[Nested], *, is_round: bool = False) -> None:
        self.start = start
        self.items = items
        self.fields: list[list[Nested]] = []
        self.signs: list[int] = []
        self.round = is_round


class _When(NamedTuple):
    """The numbers at the end of a schedule, where they end, and its tag."""

    opens: float
    closes: float | None
    tag: str
    end: int


class Brackets(Numbers):
    """Reads what an open bracket means, once it is known where it ends."""

    def resolved(self, opened: Open, end: int) -> Nested | None:
        """Return what a bracket that closes at `end` means; None where no rule fits.

        The rules read numbers where they expect some, whether or not they fit in the end, and
        prompt-control fails on what looks like a number and is none.
        """
        if not opened.signs and end >= 0:
            left = Piece("[", opened.start, opened.start + 1)
            return [left, opened.items, Piece("]", end, end + 1)]
        return self._sequence(opened, end) or self._timed(opened, end) or self._turns(opened, end)

    def _sequence(self, opened: Open, end: int) -> Change | None:
        signs, text = opened.signs, self.text
        first = opened.start + 1
        if not text.startswith("SEQ:", first) or not signs or signs[0] != first + 3:
            return None
        fields: list[list[Nested]] = []
        ends: list[float] = []
        fields_of = [*opened.fields, opened.items]
        for at in range(0, len(signs) - 1, 2):
            if text[signs[at]] != ":" or text[signs[at + 1]] != ":":
                return None
            value, stop = self.number(signs[at + 1] + 1)
            if stop < 0:
                return None
            fields.append(fields_of[at + 1])
            ends.append(value)
            if stop == end and at + 2 == len(signs):
                return Sequence_(fields, ends, (opened.start, end + 1))  # type: ignore[arg-type]
            if at + 2 >= len(signs) or stop != signs[at + 2]:
                return None
        return None

    def _timed(self, opened: Open, end: int) -> Change | None:
        colons = 0
        for sign in opened.signs[:MOST_COLONS]:
            if self.text[sign] != ":":
                break
            colons += 1
        when = self._when(opened.signs[colons - 1] + 1 if colons else opened.start + 1)
        if when is None or when.end != end or colons != len(opened.signs):
            return None
        given = opened.fields[:colons]
        fields = _shown(given, when)
        closes = FOREVER if when.closes is None else when.closes
        return Timed(fields, when.opens, closes, when.tag, (opened.start, end + 1))  # type: ignore[arg-type]

    def _when(self, at: int) -> _When | None:
        """Return the numbers of a schedule that stand at `at`."""
        opens, stop = self.number(at)
        tag = ""
        if stop < 0:
            word = _TAG.match(self.text, at)
            if word is None:
                return None
            opens, tag, stop = 0.0, word[0], word.end()
        if self.text.startswith(",", stop):
            closes, later = self.number(stop + 1)
            if later >= 0:
                return _When(opens, closes, tag, later)
        return _When(opens, None, tag, stop)

    def _turns(self, opened: Open, end: int) -> Change | None:
        fields = [*opened.fields, opened.items]
        count = 0
        while count < len(fields) and fields[count]:
            count += 1
            if count > len(opened.signs) or self.text[opened.signs[count - 1]] != "|":
                break
        last = count - 1 == len(opened.signs)
        pace = PACE
        if count and not last and self.text[opened.signs[count - 1]] == ":":
            pace, stop = self.number(opened.signs[count - 1] + 1)
            if stop != end or count != len(opened.signs):
                return None
        elif not last or not count:
            return None
        if end < 0:
            return None
        if int(pace * 100) == 0:
            self.problem("prompt-control fails on alternations faster than 0.01", opened.start, end)
            pace = PACE
        return Turns(fields[:count], pace, (opened.start, end + 1))  # type: ignore[arg-type]


def _shown(given: list[list[Nested]], when: _When) -> list[list[Nested]]:
    """Return the fields of a schedule in the order of its numbers."""
    first, second = given[0], given[1] if len(given) > 1 else None
    if when.tag or when.closes is None:
        return [[], first] if second is None else [first, second]
    if second is None:
        return [[], first, []]
    return [*given] if len(given) == MOST_COLONS else [[], first, second]
