"""Sizes and ratios: is one allowed, which allowed one is nearest, which one has a ratio."""

from __future__ import annotations

from math import gcd, log, sqrt
from typing import TYPE_CHECKING

from impasto.models.card import Size
from impasto.models.parameters import MEGAPIXEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.models.card import Sizes

_LARGEST_SIDE = 16_384
_SAME_AREA = 0.16
_MOST_LISTED = 12
_TRIES = 12


def ratio_of(size: Size) -> str:
    """Return the ratio of a size in the smallest whole numbers: 1024x768 is "4:3"."""
    common = gcd(*size) or 1
    return f"{size.width // common}:{size.height // common}"


def ratio_value(ratio: str) -> float:
    """Return width divided by height of a ratio such as "16:9"."""
    across, _, down = ratio.partition(":")
    return float(across) / float(down)


def what_is_wrong(sizes: Sizes, size: Size) -> str:
    """Return what `sizes` demands and `size` breaks, or an empty string."""
    if sizes.mode == "ratio":
        return "only the ratio of width to height counts, not the pixels"
    if sizes.mode == "fixed":
        if size in sizes.fixed:
            return ""
        if len(sizes.fixed) > _MOST_LISTED:
            return f"it has {len(sizes.fixed)} sizes, and this is none of them"
        return f"the only sizes are {', '.join(map(str, sizes.fixed))}"
    low, high = sizes.min or 1, sizes.max
    if min(size) < low or (high and max(size) > high):
        return (
            f"each side has to be {low} to {high}"
            if high
            else f"each side has to be at least {low}"
        )
    if sizes.multiple > 1 and any(side % sizes.multiple for side in size):
        return f"each side has to be a multiple of {sizes.multiple}"
    area = size.width * size.height
    if sizes.max_pixels and area > sizes.max_pixels:
        side = sqrt(sizes.max_pixels)
        shown = f", as {side:.0f}x{side:.0f} is" if side == int(side) else ""
        return f"the limit is {sizes.max_pixels} pixels{shown}"
    if sizes.min_pixels and area < sizes.min_pixels:
        return f"the least is {sizes.min_pixels} pixels"
    if sizes.max_ratio and max(size) / min(size) > sizes.max_ratio:
        return f"the longer side may be {sizes.max_ratio:g} times the shorter"
    return ""


def nearest_size(sizes: Sizes, size: Size) -> Size:
    """Return the allowed size nearest to `size`, first in shape, then in area."""
    if sizes.mode == "fixed":
        return _nearest(sizes.fixed, size.width / size.height, size.width * size.height)
    if not what_is_wrong(sizes, rounded := _rounded(sizes, size)):
        return rounded
    return _best(sizes, size.width / size.height, size.width * size.height)


def size_for_ratio(sizes: Sizes, ratio: float, area: float | None = None) -> Size:
    """Return the size to paint for width divided by height `ratio`, of `area` pixels if given.

    The nearest of the sizes that a model has or was trained on; else one of the model's target
    area (a million pixels, where nothing is known), or as near to it as its bounds allow. Where
    the model was not trained on sizes of `area`, it is any allowed one.
    """
    target = area or sizes.target_pixels or MEGAPIXEL
    if sizes.mode == "fixed":
        return _nearest(sizes.fixed, ratio, target)
    known = sizes.recommended
    if area:
        known = tuple(size for size in known if is_near(size.width * size.height, area))
    return _nearest(known, ratio, target) if known else _best(sizes, ratio, target)


def is_near(area: float, wanted: float) -> bool:
    """Whether two areas are the same to the eye."""
    return abs(log(area / wanted)) < _SAME_AREA


def other_side(sizes: Sizes, side: int, factor: float) -> int:
    """Return the side that is `factor` times `side`, rounded to what `sizes` allows."""
    return _round_side(sizes, max(side * factor, 1))


def nearest_ratio(ratios: Iterable[str], ratio: float) -> str:
    """Return the one of `ratios` nearest to `ratio`."""
    return min(ratios, key=lambda known: abs(log(ratio_value(known) / ratio)))


def _nearest(sizes: tuple[Size, ...], ratio: float, area: float) -> Size:
    return min(sizes, key=lambda known: _distance(known, ratio, area))


def _best(sizes: Sizes, ratio: float, area: float) -> Size:
    """Return the best size whose width is any allowed one that is not absurd."""
    if sizes.max_ratio:
        ratio = min(max(ratio, 1 / sizes.max_ratio), sizes.max_ratio)
    area = min(area, sizes.max_pixels or area)
    area = max(area, sizes.min_pixels or area)
    for _ in range(_TRIES):  # a ratio so flat that nothing has it comes nearer to a square
        found = (s for s in _candidates(sizes, ratio, area) if not what_is_wrong(sizes, s))
        if fitting := tuple(found):
            return _nearest(fitting, ratio, area)
        ratio = sqrt(ratio)
    return _rounded(sizes, Size(round(sqrt(area)), round(sqrt(area))))


def _candidates(sizes: Sizes, ratio: float, area: float) -> Iterator[Size]:
    step = max(sizes.multiple, 8)
    middle = sqrt(area * ratio)
    first = max(sizes.min or step, int(middle * 0.4) // step * step, step)
    last = min(sizes.max or _LARGEST_SIDE, int(middle * 1.6) + step, _LARGEST_SIDE)
    for width in range(-(-first // step) * step, last + 1, step):
        yield Size(width, _round_side(sizes, width / ratio, step))


def _rounded(sizes: Sizes, size: Size) -> Size:
    return Size(*(_round_side(sizes, side) for side in size))


def _round_side(sizes: Sizes, side: float, step: int = 0) -> int:
    low, high = sizes.min or sizes.multiple, sizes.max or _LARGEST_SIDE
    step = step or sizes.multiple
    rounded = int(side / step + 0.5) * step
    return min(max(rounded, -(-low // step) * step), high // step * step)


def _distance(size: Size, ratio: float, area: float) -> float:
    """Return how far a size is off: shape counts four times as much as area."""
    shape = abs(log(size.width / size.height / ratio))
    return 4 * shape + abs(log(size.width * size.height / area))
