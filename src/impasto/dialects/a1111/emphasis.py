"""Brackets that weigh text, as A1111 and the programs that took over its parser count them.

Round and square brackets have a stack each, so they may cross; what is never closed reaches to
the end. A text becomes runs, one for each token; a bracket multiplies all runs since its opening.
"""

from __future__ import annotations

import re
from collections import defaultdict
from operator import mul
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from impasto.errors import ImpastoError
from impasto.syntax.nodes import UP, Break, Group, Node, Value
from impasto.syntax.runs import HEAVIEST, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DOWN: Final = 1 / UP
CLOSING: Final = {"(": UP, "[": DOWN}
_BREAK = re.compile(r"BREAK(?!\w)(?<!\wBREAK)")
"""The whole word; with the letters first, as a search for letters is what `re` does fast."""
_LIMIT = 64

Place: TypeAlias = "Callable[[int, bool], int]"
"""Where in the source an offset of a text lies; True asks for the end of what stands before it."""


class ReadError(ImpastoError):
    """The real parser raises on this text; `start` and `end` say where in it."""

    def __init__(self, message: str, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class Run(NamedTuple):
    """A piece of text with its effective weight and its place [start, end)."""

    text: str
    weight: float
    start: int
    end: int


class Factor(NamedTuple):
    """What a bracket does: multiply the runs first to last, the last one not included."""

    first: int
    last: int
    bracket: str
    factor: float


def weighted(
    weights: list[float],
    factors: list[Factor],
    multiply: Callable[[float, float], float] = mul,
) -> list[float]:
    """Return `weights` with the factors applied, in their order where that is cheap.

    The order decides the last bits of a product. Nests so deep that it would cost time beyond
    proportion are multiplied from outside to inside instead.
    """
    if sum([factor.last - factor.first for factor in factors]) > _LIMIT * (len(weights) + _LIMIT):
        for bracket in "([":
            _sweep(weights, [f for f in factors if f.bracket == bracket], multiply)
        return weights
    for first, last, _, factor in factors:
        for at in range(first, last):
            weights[at] = multiply(weights[at], factor)
    return weights


def _sweep(
    weights: list[float], factors: list[Factor], multiply: Callable[[float, float], float]
) -> None:
    """Multiply the weights by the factors of one kind of bracket, which nest, in one pass."""
    begins: dict[int, list[Factor]] = defaultdict(list)
    for factor in factors:
        if factor.first < factor.last:
            begins[factor.first].append(factor)
    stack = [(len(weights), 1.0)]
    for at, weight in enumerate(weights):
        while stack[-1][0] <= at:
            stack.pop()
        for factor in reversed(begins.get(at, ())):
            stack.append((factor.last, multiply(stack[-1][1], factor.factor)))
        weights[at] = multiply(weight, stack[-1][1])


class Stacks:
    """The open brackets of a text that is being read, and what the closed ones do."""

    __slots__ = ("factors", "open")

    def __init__(self) -> None:
        self.open: dict[str, list[int]] = {"(": [], "[": []}
        self.factors: list[Factor] = []

    def close(self, bracket: str, count: int, factor: float) -> bool:
        """Close the innermost open bracket of a kind; False where none is open."""
        if not self.open[bracket]:
            return False
        self.factors.append(Factor(self.open[bracket].pop(), count, bracket, factor))
        return True

    def close_all(self, count: int, closing: dict[str, float] = CLOSING) -> list[Factor]:
        """Close what was never closed, at the end of the text, and return all factors."""
        for bracket, firsts in self.open.items():
            self.factors += [Factor(first, count, bracket, closing[bracket]) for first in firsts]
        return self.factors


def around_breaks(text: str, start: int) -> list[tuple[str, int, int]]:
    """Return the pieces of a text between the words BREAK, each with its place.

    Every second piece is a BREAK. The spaces next to one belong to it.
    """
    found: list[tuple[str, int, int]] = []
    at = 0
    for word in _BREAK.finditer(text):
        found.append(_trimmed(text, at, word.start(), start, left=bool(found), right=True))
        found.append(("BREAK", start + word.start(), start + word.end()))
        at = word.end()
    found.append(_trimmed(text, at, len(text), start, left=bool(found), right=False))
    return found


def _trimmed(
    text: str, first: int, last: int, start: int, *, left: bool, right: bool
) -> tuple[str, int, int]:
    piece = text[first:last]
    if left:
        piece = piece.lstrip()
        first = last - len(piece)
    if right:
        piece = piece.rstrip()
    return piece, start + first, start + first + len(piece)


def merged(runs: Iterable[Run], glue: Callable[[str], str] | None = None) -> list[Run]:
    """Return the runs, neighbours of equal weight joined; none at all are one empty run.

    `glue` returns what stands between a text and the one joined to it.
    """
    found: list[Run] = []
    pieces: list[str] = []
    for run in runs:
        if found and found[-1].weight == run.weight:
            if glue is not None:
                pieces.append(glue(pieces[-1]))
            pieces.append(run.text)
            found[-1] = found[-1]._replace(end=run.end)
        else:
            _settle(found, pieces)
            found.append(run)
            pieces = [run.text]
    _settle(found, pieces)
    return found or [Run("", 1.0, 0, 0)]


def _settle(found: list[Run], pieces: list[str]) -> None:
    if len(pieces) > 1:
        found[-1] = found[-1]._replace(text="".join(pieces))


def mark_of(weight: float) -> str:
    """Return the mark of a group for a weight, whatever was multiplied."""
    return ":" + number(min(max(weight, -HEAVIEST), HEAVIEST))


def flat(runs: list[Run], place: Place, *, breaks: bool = True) -> list[Node]:
    """Return groups side by side that mean the runs; a BREAK of weight -1 is a chunk break."""
    nodes: list[Node] = []
    for text, weight, first, last in runs:
        start, end = place(first, False), place(last, True)
        end = max(start, end)
        if breaks and text == "BREAK" and weight == -1:
            nodes.append(Break(start, end))
        elif text and weight == 1:
            nodes.append(Value(text, start, end))
        elif text:
            value = Value(text, start, end)
            nodes.append(Group("round", (value,), mark_of(weight), start, end))
    return nodes


def in_place(at: int, _end: bool) -> int:
    """Be the `Place` of a text that is the source itself."""
    return at
