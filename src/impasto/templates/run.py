"""What bounds one render, and where it gathers the values that it inserts."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from impasto.templates.marks import CAPACITY, value_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SECONDS: Final = 2.0
MAX_TURNS: Final = 100_000
MAX_OUTPUT: Final = 1_000_000
MAX_SOURCE: Final = 100_000
MAX_BITS: Final = 4096
"""Bounds of one render: wall time, turns of all loops and calls together, characters written or
items held, characters of a template, bits of a whole number."""

_CHECKED_EVERY = 64


class LimitExceeded(Exception):  # noqa: N818 - becomes a TemplateLimitError with a place
    """A render went past one of its bounds."""


class Run:
    """What one render counts and gathers."""

    __slots__ = ("deadline", "draws", "length", "seed", "turns", "values")

    def __init__(self, seed: int | None = 0) -> None:
        self.seed = seed
        self.draws = 0
        self.values: list[str] = []
        self.length = 0
        self.turns = 0
        self.deadline = time.monotonic() + MAX_SECONDS

    def keep(self, value: str) -> str:
        """Store a value and return the character that stands for it."""
        index = len(self.values)
        if index >= CAPACITY:
            raise LimitExceeded(f"the template inserts more than {CAPACITY:,} values")
        self.length += len(value)
        if self.length > MAX_OUTPUT:
            raise LimitExceeded(f"the template writes more than {MAX_OUTPUT:,} characters")
        self.values.append(value)
        return value_mark(index)

    def turn(self) -> None:
        """Count one turn of a loop, one call or one include."""
        self.turns += 1
        if self.turns > MAX_TURNS:
            raise LimitExceeded(f"the loops and calls turn more than {MAX_TURNS:,} times")
        if not self.turns % _CHECKED_EVERY:
            self.watch()

    def watch(self) -> None:
        """End a render that runs too long."""
        if time.monotonic() > self.deadline:
            raise LimitExceeded(f"the template runs longer than {MAX_SECONDS:g} seconds")


RUN: ContextVar[Run] = ContextVar("impasto_render")


def bound(length: int) -> None:
    """Refuse a text of `length` characters, or a list of as many items, where that is too long."""
    if length > MAX_OUTPUT:
        raise LimitExceeded(f"a text or list of more than {MAX_OUTPUT:,}")


def concat(pieces: Iterable[str]) -> str:
    """Join the pieces of an output, once it is known to be short enough."""
    texts = list(pieces)
    if sum(map(len, texts)) > MAX_OUTPUT:
        raise LimitExceeded(f"the template writes more than {MAX_OUTPUT:,} characters")
    return "".join(texts)


def bound_number(bits: int) -> None:
    """Refuse a whole number of `bits` bits where that is too long."""
    if bits > MAX_BITS:
        raise LimitExceeded(f"a number of more than {MAX_BITS:,} bits")


def bounded(value: Any) -> Any:
    """Return a list or mapping that holds no more than is allowed, counted through all its parts.

    A part that is in it many times counts as often, for comparing or printing visits it as often.
    """
    if not isinstance(value, (list, tuple, dict)):
        return value
    size = 0
    work = [value]
    while work:
        parts = work.pop()
        size += len(parts)
        for part in parts.values() if isinstance(parts, dict) else parts:
            if isinstance(part, str):
                size += len(part) >> 3
            elif isinstance(part, (list, tuple, dict)):
                work.append(part)
                bound(size + len(work))
        bound(size)
    return value
