"""What NovelAI makes of a text: texts with running weights.

Nothing is scoped. `{` and `]` make all that follows 1.05 times as strong, `}` and `[` 1/1.05
times. Since V4, `1.2::` sets the weight and `::` sets it back to 1, which closes all brackets.
Facts: docs.novelai.net (strengthening and weakening); where it is silent, the reader of
Metachs/sdwebui-nai-api at 2bda04f4 (nai_api/nai_api.py), a third party.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

STEP: Final = 1.05

_BRACKETS = re.compile(r"[{}\[\]]")
_SIGNS = re.compile(r"::|[{}\[\]]")
_UP: Final = "{]"
_DIGITS: Final = "0123456789"


class Stretch(NamedTuple):
    """The text from `start` to `end`, and its weight; `gap` is a space that must go before it."""

    text: str
    weight: float
    start: int
    end: int
    gap: str = ""


class Number(NamedTuple):
    """A weight as written, from `start` to behind its colons; `glued`: a word touches it."""

    weight: float
    start: int
    end: int
    glued: bool


class Scan(NamedTuple):
    """All that stands in a text; `level` says how many brackets are open at the end."""

    stretches: list[Stretch]
    numbers: list[Number]
    level: int


def scan(text: str, *, colons: bool) -> Scan:
    """Return the stretches of `text`; `colons`: `1.2::` is a weight, as since V4."""
    stretches: list[Stretch] = []
    numbers: list[Number] = []
    weight = 1.0
    at = level = 0
    for sign in (_SIGNS if colons else _BRACKETS).finditer(text):
        start, end = sign.span()
        number = _number(text, at, start) if end - start == 2 else None
        _add(stretches, text, at, number.start if number else start, weight * STEP**level)
        at = end
        if end - start == 1:
            level = _bounded(level + (1 if sign[0] in _UP else -1))
            continue
        level = 0
        weight = number.weight if number else 1.0
        if number:
            numbers.append(number)
    _add(stretches, text, at, len(text), weight * STEP**level)
    return Scan(stretches, numbers, level)


def _bounded(level: int) -> int:
    """Return a number of brackets whose power can be computed."""
    return min(max(level, -10_000), 10_000)


def _number(text: str, at: int, colons: int) -> Number | None:
    """Return the weight that stands directly before the colons, in the text from `at` on."""
    chunk = text[at:colons]
    head = chunk.rstrip(_DIGITS)
    if head.endswith("."):
        head = head[:-1].rstrip(_DIGITS)
    written = chunk[len(head) :]
    if written in ("", "."):
        return None
    head = head.removesuffix("-")
    start = at + len(head)
    glued = bool(head) and not (head[-1].isspace() or head[-1] in ",|")
    return Number(float(text[start:colons]), start, colons + 2, glued)


def _add(found: list[Stretch], text: str, start: int, end: int, weight: float) -> None:
    """Add a text; equal neighbours keep their words apart."""
    if start == end:
        return
    gap = ""
    if found and found[-1].weight == weight:
        last = found[-1].text[-1]
        gap = "" if last.isspace() or last == "," or text[start].isspace() else " "
    found.append(Stretch(text[start:end], weight, start, end, gap))
