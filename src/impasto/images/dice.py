"""Reproducible chance: the same words give the same throws on every machine and version."""

from __future__ import annotations

from hashlib import shake_256
from itertools import count
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

_BLOCK = 2048


class Dice:
    """A stream of numbers that depends on `words` only."""

    def __init__(self, *words: object) -> None:
        self._key = "\x1f".join(map(str, words)).encode("utf-8", "surrogatepass")
        self._stream = self._numbers()

    def _numbers(self) -> Iterator[float]:
        for block in count():
            data = shake_256(self._key + block.to_bytes(8, "big")).digest(_BLOCK)
            for at in range(0, _BLOCK, 4):
                yield int.from_bytes(data[at : at + 4], "big") / 2**32

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` up to, but not including, `high`."""
        return low + (high - low) * next(self._stream)

    def pick(self, items: Sequence[T]) -> T:
        """Return one of `items`."""
        return items[int(next(self._stream) * len(items))]

    def order(self, items: Sequence[T]) -> list[T]:
        """Return `items` in another order."""
        return [
            item for _, item in sorted(((next(self._stream), at), x) for at, x in enumerate(items))
        ]

    def octets(self, size: int) -> bytes:
        """Return `size` bytes of noise; they do not depend on earlier throws."""
        return shake_256(self._key + b"octets").digest(size)
