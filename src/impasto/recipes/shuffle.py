"""A seeded order of numbers that needs no list of them.

The numbers below a power of four are mixed by a Feistel network (Luby and Rackoff, 1988), which is
a permutation whatever its round function is; one that lands outside the range is mixed again
until it is inside ("cycle walking", Black and Rogaway, 2002), fewer than four times on average.
"""

from __future__ import annotations

from impasto.variations.draw import Draws

_ROUNDS = 6


class Shuffle:
    """The numbers from 0 to `size` - 1 in the order that `seed` draws, the same everywhere."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self._keys = [Draws(seed, turn).below(1 << 62) for turn in range(_ROUNDS)]
        self._half = max((max(size - 1, 1).bit_length() + 1) // 2, 1)

    def __getitem__(self, place: int) -> int:
        """Return the number at `place`.

        Raises:
            IndexError: there is no such place.
        """
        if not 0 <= place < self.size:
            raise IndexError(place)
        found = self._mixed(place)
        while found >= self.size:
            found = self._mixed(found)
        return found

    def _mixed(self, number: int) -> int:
        half, mask = self._half, (1 << self._half) - 1
        left, right = number >> half, number & mask
        for key in self._keys:
            left, right = right, left ^ self._round(right, key)
        return left << half | right

    def _round(self, value: int, key: int) -> int:
        """Return as many random bits as half a number has, 32 at a time."""
        found = 0
        for part in range(0, self._half, 32):
            row = Draws(key ^ value, part)
            found |= row.below(1 << min(32, self._half - part)) << part
        return found
