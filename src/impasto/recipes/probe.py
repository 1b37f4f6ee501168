"""A look at a few images of a set, for whoever wants to know whether a recipe works."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import ImpastoError
from impasto.recipes.shuffle import Shuffle

if TYPE_CHECKING:
    from impasto.recipes.images import Image, ImageSet


class Probe(NamedTuple):
    """Some images of a set: those that could be made, and by number the errors of the others."""

    made: tuple[Image, ...]
    failed: dict[int, ImpastoError]


def probe(images: ImageSet, most: int) -> Probe:
    """Make all images of a set, or `most` of them: the first, the last and drawn ones."""
    made: list[Image] = []
    failed: dict[int, ImpastoError] = {}
    for number in _numbers(images.count, most):
        try:
            made.append(images.pick(number))
        except ImpastoError as error:
            failed[number] = error
    return Probe(tuple(made), failed)


def _numbers(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    order = Shuffle(count, 0)
    return sorted({0, count - 1, *(order[place] for place in range(most - 2))})
