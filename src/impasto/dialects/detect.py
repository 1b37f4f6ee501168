"""Which dialect a text was probably written for, and why.

Every dialect has signs (`marks`); the ones that are found are weighed against each other. For the
ranks nothing is read, for the comparison the text is read in the dialects that come into question.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from impasto.dialects import DIALECTS, names
from impasto.dialects import dialect as load_dialect
from impasto.dialects.api import CANONICAL, read
from impasto.dialects.base import Dialect
from impasto.dialects.marks import marks_of
from impasto.errors import ImpastoError
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.syntax.weights import Schedules

PLAIN: Final = "plain"
MOST_LOOKED_AT: Final = 10_000
"""Signs are looked for in so many characters from the beginning."""
MOST_COMPARED: Final = 4_000
"""Longer texts are not read in every dialect to be compared."""

_NO_SIGN = 0.9
_SIGNS = 0.65
_LEAST = 0.05
_REPEATS = 3
_QUOTED = 40
_MOST_NAMED = 5


class Guess(Struct, frozen=True):
    """A dialect that a text may be written for.

    `score` is from 0 to 1 and compares dialects, it is no probability; `reasons` are sentences,
    the strongest first. `alike` are the other dialects that read exactly the same from this text.
    """

    dialect: str
    score: float
    reasons: tuple[str, ...]
    alike: tuple[str, ...] = ()


def detect(text: str) -> list[Guess]:
    """Return the dialects that `text` was probably written for, the likeliest first.

    A text without any sign is "plain". Where the text is not too long, it is also read in the
    dialects in question, and the reasons say which of them read it alike.
    """
    found = rank(text)
    if len(text) > MOST_COMPARED:
        return found
    readings = {name: reading(text, name) for name in readable()}
    return [_compared(guess, readings) for guess in found]


def rank(text: str) -> list[Guess]:
    """Return the same dialects in the same order, without reading the text in any."""
    source = Source(text[:MOST_LOOKED_AT])
    seen: _Seen = {}
    guesses = [_guess(name, source, seen) for name in _known(tuple(sys.path)) if name != PLAIN]
    found = [guess for guess in guesses if guess.score >= _LEAST]
    best = max((guess.score for guess in found), default=0.0)
    plain = round((_SIGNS if found else _NO_SIGN) * (1 - best), 3)
    found.append(Guess(PLAIN, plain, (_why_plain(best),)))
    return sorted(found, key=lambda guess: -guess.score)


def readable() -> tuple[str, ...]:
    """Return the names of the dialects that can be read, the canonical syntax last."""
    return _able("read", tuple(sys.path))


def writable() -> tuple[str, ...]:
    """Return the names of the dialects that can be written."""
    return _able("write", tuple(sys.path))


def likeliest(text: str) -> str:
    """Return the dialect to read `text` in when nobody says which."""
    names_of = (guess.dialect for guess in rank(text))
    return next((name for name in names_of if is_able(name, "read")), CANONICAL)


Reading = tuple[tuple[float, int, tuple[tuple[str, str], ...]], ...]
"""(weight of the part, last step, ((text, weight), …)), ready to be compared."""


def reading(text: str, name: str) -> Reading | None:
    """Return what a dialect hears, without the spaces; None where choices are still open.

    Spaces between words are no difference in meaning: some parsers change them on their own.
    """
    try:
        found = read(text, name).schedule()
    except ImpastoError:
        return None
    return comparable(found)


def comparable(schedule: Schedules) -> Reading:
    """Return a schedule so that equal ones mean the same."""
    return tuple((round(weight, 4), until, _bare(runs)) for weight, until, runs in schedule)


def _bare(runs: Iterable[tuple[str, float]]) -> tuple[tuple[str, str], ...]:
    """Return the runs without spaces, equal neighbours joined; weights as text, nan included."""
    found: list[tuple[str, str]] = []
    for text, weight in runs:
        letters, said = "".join(text.split()), f"{weight:.4f}"
        if found and letters and found[-1][1] == said and (text, weight) != ("BREAK", -1.0):
            found[-1] = (found[-1][0] + letters, said)
        elif letters:
            found.append((letters, said))
    return tuple(found)


@lru_cache(maxsize=4)
def _known(_path: tuple[str, ...]) -> tuple[str, ...]:
    """Return all names; looking for installed ones takes milliseconds, so once for each path."""
    return tuple(dict.fromkeys((*names(), CANONICAL)))


@lru_cache(maxsize=8)
def _able(method: Literal["read", "write"], path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in _known(path) if is_able(name, method))


def is_able(name: str, method: Literal["read", "write"]) -> bool:
    """Whether `name` is a dialect with its own `read` or `write`.

    One that is installed but cannot be loaded has neither.
    """
    if name == CANONICAL:
        return method == "read"
    if name not in DIALECTS and name not in _known(tuple(sys.path)):
        return False
    try:
        found = type(load_dialect(name))
    except (ImportError, AttributeError):
        return False
    return getattr(found, method) is not getattr(Dialect, method)


_Seen = dict[re.Pattern[str], tuple[re.Match[str], ...]]
"""What the patterns found: many dialects share some."""


def _guess(name: str, source: Source, seen: _Seen) -> Guess:
    """Weigh the signs for and against a dialect."""
    doubt, against = 1.0, 1.0
    reasons: list[tuple[float, str]] = []
    for mark in marks_of(name):
        places = seen.get(mark.find)
        if places is None:
            places = seen[mark.find] = tuple(islice(mark.find.finditer(source.text), _REPEATS))
        if not places:
            continue
        if mark.strength < 0:
            against *= 1 + mark.strength
        else:
            doubt *= (1 - mark.strength) ** len(places)
        sign = _quoted(places[0][0])
        place = _place(source, places[0].start())
        reasons.append((-abs(mark.strength), f"{sign}{place} is {mark.what}"))
    score = round((1 - doubt) * against, 3)
    return Guess(name, score, tuple(dict.fromkeys(reason for _, reason in sorted(reasons))))


def _quoted(sign: str) -> str:
    line = " ".join(sign.split())
    return f"`{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}`"


def _place(source: Source, at: int) -> str:
    line, column = source.position(at)
    return f" (line {line}, column {column})" if "\n" in source.text else f" (column {column})"


def _why_plain(best: float) -> str:
    if not best:
        return "no bracket, sign or parameter in it is the syntax of a dialect"
    return "all of it can also be read as plain words"


def _compared(guess: Guess, readings: dict[str, Reading | None]) -> Guess:
    """Return the guess with what other dialects make of the same text."""
    own = readings.get(guess.dialect)
    if own is None:
        return guess
    alike = tuple(n for n, other in readings.items() if other == own and n != guess.dialect)
    others = tuple(n for n, other in readings.items() if other != own)
    if not alike:
        said = ["no other dialect reads it alike"]
    elif others:
        said = [f"{_who_reads(alike)} it alike", f"{_who_reads(others)} it differently"]
    else:
        said = ["all dialects read it alike"]
    return Guess(guess.dialect, guess.score, (*guess.reasons, *said), alike)


def _who_reads(found: tuple[str, ...]) -> str:
    """Return "a reads", "a and b read", "a, b, c and 7 more read"."""
    if len(found) == 1:
        return f"{found[0]} reads"
    named = found if len(found) <= _MOST_NAMED else found[: _MOST_NAMED - 1]
    last = f"{len(found) - len(named)} more" if len(named) < len(found) else named[-1]
    return f"{', '.join(named if last not in named else named[:-1])} and {last} read"
