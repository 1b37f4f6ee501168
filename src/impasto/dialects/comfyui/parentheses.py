r"""ComfyUI's parentheses: a text as runs, without recursion and in linear time.

Only round brackets weigh. `(x:w)` sets the weight of x to w, whatever stands around it; `(x)`
multiplies the weight around it by 1.1; the number is anything that Python's `float` accepts,
behind the last colon. Escapes are `\(` and `\)`. Facts: `parse_parentheses`, `token_weights` and
`escape_important` in comfy/sd1_clip.py of Comfy-Org/ComfyUI at 443393b48e19.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Final, NamedTuple

UP: Final = 1.1
"""What a pair of parentheses without a number multiplies by."""

_BRACKETS = re.compile(r"[()]")
_PARENTHESES = re.compile(r"\\[()]|[()]")
_SIGNS = re.compile(r"\\[()]|[():]")
_HIDDEN = re.compile(r"\\([()])|\0([\1\2])")


class Segment(NamedTuple):
    """The range [start, end) of a text, not empty, and its weight; escapes are still in it."""

    start: int
    end: int
    weight: float


class _Job(NamedTuple):
    """Text to emit, or the inside of a pair: the signs [first, last) lie in the range."""

    start: int
    end: int
    weight: float
    first: int = -1
    last: int = -1


def unescaped(text: str) -> str:
    """Return `text` as the tokenizer gets it."""
    if "\0" in text:  # ComfyUI hides escapes behind this character, and brings back all of them
        return _HIDDEN.sub(lambda m: m[1] or ")("[ord(m[2]) - 1], text)
    return text.replace("\\)", ")").replace("\\(", "(") if "\\" in text else text


class Scan(NamedTuple):
    """The runs of a text in order, and where its first parenthesis without a partner stands, or -1."""

    segments: tuple[Segment, ...]
    alone: int = -1


@lru_cache(maxsize=4)
def scan(text: str, weight: float = 1.0) -> Scan:
    """Return the runs of `text`; neighbours of equal weight are not joined.

    The last few are remembered, for a text that was read is mostly asked for its weights next.
    """
    if "(" not in text and ")" not in text:
        return Scan((Segment(0, len(text), weight),) if text else ())
    found = _balanced(text, weight)
    if found is not None:
        return Scan(found)
    scanner = _Scanner(text)
    return Scan(tuple(scanner.run(weight)), scanner.alone)


def segments(text: str, weight: float = 1.0) -> tuple[Segment, ...]:
    """Return the runs of `text` in order; neighbours of equal weight are not joined."""
    return scan(text, weight).segments


def _balanced(text: str, weight: float) -> tuple[Segment, ...] | None:
    """Return the runs of a text in which every parenthesis has a partner; None for others.

    Groups are numbered in the order in which they open, so the one around is always known first.
    """
    pieces: list[tuple[int, int, int]] = []
    weights: list[float | None] = [weight]
    around = [0]
    begins = [0]
    group = at = 0
    for sign in (_PARENTHESES if "\\" in text else _BRACKETS).finditer(text):
        place = sign.start()
        bracket = text[place]
        if bracket == "\\":
            continue
        end = place
        if bracket == ")":
            if not group:
                return None
            colon = text.rfind(":", at, place)
            number = _number(text, colon, place) if colon > begins[group] else None
            if number is not None:
                weights[group] = number
                end = colon
        if at < end:
            pieces.append((at, end, group))
        at = place + 1
        if bracket == ")":
            group = around[group]
        else:
            around.append(group)
            begins.append(at)
            weights.append(None)
            group = len(around) - 1
    if group:
        return None
    if at < len(text):
        pieces.append((at, len(text), 0))
    return _resolved(pieces, weights, around)


def _resolved(
    pieces: list[tuple[int, int, int]], weights: list[float | None], around: list[int]
) -> tuple[Segment, ...]:
    """Return the pieces (start, end, group) with the weight of their group."""
    final: list[float] = []
    for own, outer in zip(weights, around, strict=True):
        final.append(final[outer] * UP if own is None else own)
    return tuple([Segment(start, end, final[group]) for start, end, group in pieces])


def _number(text: str, colon: int, end: int) -> float | None:
    """Return the number between a colon and the end of a group, if there is one."""
    try:
        return float(text[colon + 1 : end])
    except ValueError:
        return None


def runs(text: str) -> list[tuple[str, float]]:
    """Return (text without escapes, weight) of every run."""
    found = segments(text)
    if "\\" not in text and "\0" not in text:
        return [(text[start:end], weight) for start, end, weight in found]
    return [(unescaped(text[start:end]), weight) for start, end, weight in found]


def unbalanced(text: str) -> int:
    """Return where the first parenthesis without a partner stands; -1 where all have one."""
    return scan(text).alone


class _Scanner:
    """One text: where its signs stand and which parenthesis closes which."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at: list[int] = []
        self.colons: list[int] = []
        for sign in _SIGNS.finditer(text):
            if sign[0] == ":":
                self.colons.append(sign.start())
            elif len(sign[0]) == 1:
                self.at.append(sign.start())
        self.alone = -1
        self.closing = self._pairs()

    def _pairs(self) -> list[int]:
        """Return for every opening sign the number of its closing one, -1 for all others."""
        found = [-1] * len(self.at)
        opened: list[int] = []
        for number, at in enumerate(self.at):
            if self.text[at] == "(":
                opened.append(number)
            elif opened:
                found[opened.pop()] = number
            elif self.alone < 0:
                self.alone = at
        if self.alone < 0 and opened:
            self.alone = self.at[opened[0]]
        return found

    def run(self, weight: float) -> list[Segment]:
        found: list[Segment] = []
        work = self._outermost(weight)
        work.reverse()
        while work:
            job = work.pop()
            if job.first < 0:
                found.append(Segment(job.start, job.end, job.weight))
            else:
                inside = self._inside(job)
                inside.reverse()
                work += inside
        return found

    def _outermost(self, weight: float) -> list[_Job]:
        """Cut the whole text.

        A closing sign without a partner sinks the level below zero, where an opening sign only
        climbs back and opens nothing.
        """
        found: list[_Job] = []
        level = start = opening = 0
        for number, at in enumerate(self.at):
            if self.text[at] == "(":
                if level == 0:
                    found += _text(start, at, weight)
                    start, opening = at, number
                level += 1
            else:
                level -= 1
                if level == 0 and self.text[start] == "(":
                    found.append(self._group(start, at, weight, opening, number))
                    start = at + 1
        if level > 0:
            found.append(self._open_end(opening, len(self.text), weight, len(self.at)))
        else:
            found += _text(start, len(self.text), weight)
        return found

    def _inside(self, job: _Job) -> list[_Job]:
        """Cut the inside of a pair, where no closing sign is without a partner."""
        found: list[_Job] = []
        start, number = job.start, job.first
        while number < job.last:
            at, closing = self.at[number], self.closing[number]
            found += _text(start, at, job.weight)
            if not 0 <= closing < job.last:
                found.append(self._open_end(number, job.end, job.weight, job.last))
                return found
            found.append(self._group(at, self.at[closing], job.weight, number, closing))
            start, number = self.at[closing] + 1, closing + 1
        found += _text(start, job.end, job.weight)
        return found

    def _open_end(self, opening: int, end: int, weight: float, last: int) -> _Job:
        """Return what an unclosed sign makes of the rest.

        It is a group if the rest ends in a closing sign, whichever that one belongs to; else text.
        """
        start = self.at[opening]
        if last - 1 > opening and self.at[last - 1] == end - 1 and self.text[end - 1] == ")":
            return self._group(start, end - 1, weight, opening, last - 1)
        return _Job(start, end, weight)

    def _group(self, start: int, end: int, weight: float, opening: int, closing: int) -> _Job:
        """Return the inside of the pair at `start` and `end`, with its own weight."""
        colon = self._last_colon(start + 1, end, closing)
        own = _number(self.text, colon, end) if colon >= 0 else None
        if own is not None:
            return _Job(start + 1, colon, own, opening + 1, closing)
        return _Job(start + 1, end, weight * UP, opening + 1, closing)

    def _last_colon(self, start: int, end: int, closing: int) -> int:
        """Return the colon before what may be a number; -1 where there is none.

        It is the last one, with text before it and no parenthesis behind it.
        """
        place = bisect_left(self.colons, end) - 1
        colon = self.colons[place] if place >= 0 else -1
        return colon if colon > start and self.at[closing - 1] < colon else -1


def _text(start: int, end: int, weight: float) -> list[_Job]:
    return [_Job(start, end, weight)] if start < end else []
