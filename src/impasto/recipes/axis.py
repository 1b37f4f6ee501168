"""What varies from image to image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

STYLES, CHOICE, MODEL, SEED = "styles", "choice", "model", "seed"
"""Axes that are no variables."""

Where = tuple[str | int, ...]
"""The way to a part of a recipe."""


class Axis(NamedTuple):
    """What varies, and the values it takes, in order."""

    name: str
    values: Sequence[Any]

    @property
    def size(self) -> int:
        """How many values there are; `len` cannot say it of a long range."""
        if isinstance(self.values, range):
            return self.values.stop - self.values.start
        return len(self.values)


def same(one: object, two: object) -> bool:
    """Whether two values of a recipe are the same: `true` is not 1."""
    return one == two and isinstance(one, bool) == isinstance(two, bool)
