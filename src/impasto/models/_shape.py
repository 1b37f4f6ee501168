"""Width, height, aspect_ratio and megapixels of a request, which stand and fall together."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from impasto.models.card import Size
from impasto.models.codes import finding
from impasto.models.parameters import MEGAPIXEL, MEGAPIXELS, area_named, read_ratio
from impasto.models.sizes import (
    is_near,
    nearest_ratio,
    nearest_size,
    other_side,
    ratio_of,
    ratio_value,
    size_for_ratio,
    what_is_wrong,
)

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.models.card import ModelCard


class Shape(Struct, frozen=True):
    """What is sent for the size of an image, what was found, what is left out."""

    sent: dict[str, Any] = {}
    found: tuple[Diagnostic, ...] = ()
    dropped: tuple[str, ...] = ()


_CLOSE = 0.02  # a ratio off by less is the same to the eye


class Shaper:
    """Size, ratio and area of the images of a model at a backend; `maker` as in `Rule`."""

    def __init__(self, served: ModelCard, maker: ModelCard | None) -> None:
        self.served = served
        self.maker = maker
        self.who = f"{served.id} at {served.backend}" if served.backend else served.id
        self.aim = served.sizes
        if maker and maker.sizes.mode != "ratio":
            limit = served.sizes.max_pixels or maker.sizes.max_pixels
            self.aim = msgspec.structs.replace(maker.sizes, max_pixels=limit)
        self.by_ratio = (maker or served).sizes.mode == "ratio"

    def shape(
        self, width: Any, height: Any, ratio: str | None, megapixels: float | None = None
    ) -> Shape:
        """Return what becomes of the four; each is None where it was not given."""
        given = {"width": width, "height": height}
        given = {name: side for name, side in given.items() if side is not None}
        bad = tuple(_type_problem(n, v) for n, v in given.items() if type(v) is not int or v < 1)
        if bad:
            return Shape(given if ratio is None else {**given, "aspect_ratio": ratio}, bad)
        if not given:
            return self._from_ratio(ratio, megapixels and megapixels * MEGAPIXEL)
        if megapixels is not None:
            return self._beside(given, ratio)
        if self.served.sizes.mode == "ratio":
            return self._to_ratio(given, ratio)
        if ratio is None:
            return Shape(given, self._check(self._filled(given)))
        return self._both(given, ratio)

    def _beside(self, given: dict[str, int], ratio: str | None) -> Shape:
        """Return the shape where an area was given beside pixels: the pixels count."""
        shape = self.shape(given.get("width"), given.get("height"), ratio)
        message = "megapixels and pixels say two things; the pixels count"
        hint = "leave one of them out"
        conflict = finding("parameter-conflict", "warning", MEGAPIXELS, message, hint)
        return Shape(shape.sent, (conflict, *shape.found), (*shape.dropped, MEGAPIXELS))

    def _filled(self, given: dict[str, int]) -> Size:
        default = self.aim.default or self.served.sizes.default or Size(1024, 1024)
        return Size(given.get("width", default.width), given.get("height", default.height))

    def _from_ratio(self, ratio: str | None, area: float | None) -> Shape:
        if self.by_ratio:
            shaped = self._ratio(ratio) if ratio else Shape()
            tier = self._tier(area)
            return Shape({**shaped.sent, **tier.sent}, (*shaped.found, *tier.found), tier.dropped)
        default = self._filled({})
        wanted = ratio_value(ratio or ratio_of(default))
        size = size_for_ratio(self.aim, wanted, area)
        found = self._changed(ratio, size) if ratio else ()
        if area and not is_near(size.width * size.height, area):
            found = (*found, self._other_area(area, f"{size}"))
        return Shape({"width": size.width, "height": size.height}, (*found, *self._odd(area, size)))

    def _changed(self, ratio: str, size: Size) -> tuple[Diagnostic, ...]:
        if _is_close(size.width / size.height, ratio):
            return ()
        message = f"aspect_ratio {ratio}: {self.who} paints nothing nearer than {size}, which is {ratio_of(size)}"
        return (finding("size-changed", "info", "aspect_ratio", message),)

    def _other_area(self, area: float, instead: str) -> Diagnostic:
        wanted = f"{area / MEGAPIXEL:g} megapixels"
        message = f"{wanted}: {self.who} paints nothing nearer than {instead}"
        return finding("size-changed", "info", MEGAPIXELS, message)

    def _odd(self, area: float | None, size: Size) -> tuple[Diagnostic, ...]:
        """Return what is to say about a size that someone's area led to."""
        return self._remarks(size) if area and self.served.sizes.mode == "free" else ()

    def _ratio(self, ratio: str) -> Shape:
        """Return the ratio to send to a model that takes one: the nearest that it has."""
        sizes = self.served.sizes
        near = ratio
        if sizes.ratios and ratio not in sizes.ratios:
            near = nearest_ratio(sizes.ratios, ratio_value(ratio))
        elif sizes.max_ratio:
            value = min(max(ratio_value(ratio), 1 / sizes.max_ratio), sizes.max_ratio)
            near = ratio if _is_close(value, ratio) else read_ratio(value)
        sent = {"aspect_ratio": near}
        if near == ratio or _is_close(ratio_value(near), ratio):
            return Shape(sent)
        message = f"aspect_ratio {ratio}: {self.who} paints nothing nearer than {near}"
        hint = f"it takes {', '.join(sizes.ratios)}" if sizes.ratios else ""
        return Shape(sent, (finding("size-changed", "info", "aspect_ratio", message, hint, near),))

    def _tier(self, area: float | None) -> Shape:
        """Return the name of the area to send to a model that takes one beside a ratio."""
        areas = {name: area_named(name) or 0 for name in self.served.sizes.tiers}
        if area is None:
            return Shape()
        if not areas:
            message = f"{self.who} takes a ratio and no pixels; megapixels is left out"
            found = finding("parameter-unsupported", "warning", MEGAPIXELS, message)
            return Shape({}, (found,), (MEGAPIXELS,))
        tier = min(areas, key=lambda name: abs(log(areas[name] / area)))
        near = is_near(areas[tier], area)
        return Shape({"resolution": tier}, () if near else (self._other_area(area, tier),))

    def _to_ratio(self, given: dict[str, int], ratio: str | None) -> Shape:
        """Return the ratio that stands for pixels at a model that takes none."""
        names = tuple(given)
        if ratio is not None or len(given) == 1:
            why = f"aspect_ratio {ratio} says it" if ratio else "one side alone gives no ratio"
            message = f"{self.who} takes no pixels; {' and '.join(names)} left out, as {why}"
            found = finding("parameter-unsupported", "warning", names[0], message)
            shaped = self._ratio(ratio) if ratio else Shape()
            return Shape(shaped.sent, (found, *shaped.found), names)
        size = Size(**given)
        ratio = self._ratio(ratio_of(size)).sent["aspect_ratio"]
        message = f"{self.who} takes a ratio and no pixels: {size} becomes aspect_ratio {ratio}"
        found = finding("size-changed", "info", "width", message, f"write aspect_ratio: {ratio}")
        tier = self._tier(size.width * size.height) if self.served.sizes.tiers else Shape()
        return Shape({"aspect_ratio": ratio, **tier.sent}, (found,))

    def _both(self, given: dict[str, int], ratio: str) -> Shape:
        """Return the size where a ratio was given as well: the pixels count."""
        if len(given) == 1:
            given = self._completed(given, ratio)
            return Shape(given, self._check(Size(**given)))
        size = Size(**given)
        found = self._check(size)
        if abs(size.width / size.height / ratio_value(ratio) - 1) > _CLOSE:
            message = f"aspect_ratio {ratio} contradicts {size}, which is {ratio_of(size)}; the pixels count"
            conflict = finding(
                "parameter-conflict", "warning", "aspect_ratio", message, "leave one of them out"
            )
            found = (conflict, *found)
        return Shape(given, found, ("aspect_ratio",))

    def _completed(self, given: dict[str, int], ratio: str) -> dict[str, int]:
        value = ratio_value(ratio)
        if "width" in given:
            return {**given, "height": other_side(self.aim, given["width"], 1 / value)}
        return {"width": other_side(self.aim, given["height"], value), **given}

    def _check(self, size: Size) -> tuple[Diagnostic, ...]:
        served, maker = self.served, self.maker
        wrong = what_is_wrong(served.sizes, size)
        if wrong:
            message = f"{size} is no size for {self.who}: {wrong}"
            if maker and not what_is_wrong(maker.sizes, size):
                message += f"; {maker.id} itself takes it"
            near = nearest_size(self.aim, size)
            hint = f"the nearest valid size is {near}"
            side = _blame(size, served.sizes)
            return (finding("size-invalid", "error", side, message, hint, near),)
        wrong = what_is_wrong(maker.sizes, size) if maker else ""
        if maker and wrong:
            message = (
                f"{size}: the {served.backend} documents it, but for {maker.id} itself {wrong}"
            )
            better, hint = self._better(size)
            side = _blame(size, maker.sizes)
            return (finding("maker-limit", "warning", side, message, hint, better),)
        return self._remarks(size)

    def _better(self, size: Size) -> tuple[str, str]:
        """Return the ratio or the size that the maker's model paints instead, and a hint at it."""
        if self.by_ratio:
            return ratio_of(size), f"write aspect_ratio: {ratio_of(size)}"
        near = nearest_size(self.aim, size)
        return f"{near}", f"the nearest size it paints is {near}"

    def _remarks(self, size: Size) -> tuple[Diagnostic, ...]:
        """Return what is to say about a size that is allowed."""
        sizes, guide = self.served.sizes, self.served.guide
        if self.maker and guide and guide.sizes and size not in guide.sizes:
            listed = ", ".join(map(str, guide.sizes))
            message = (
                f"{size}: the guide lists only {listed}; {self.maker.id} itself takes this size too"
            )
            return (finding("maker-limit", "info", "width", message),)
        if sizes.recommended and size not in sizes.recommended:
            near = size_for_ratio(sizes, size.width / size.height)
            message = f"{size} is none of the sizes that {self.served.id} was trained on"
            hint = f"the nearest of them is {near}; {sizes.note}"
            return (finding("parameter-unusual", "warning", "width", message, hint),)
        return ()


def _is_close(value: float, ratio: str) -> bool:
    """Whether a ratio is as good as `ratio` to somebody who has to choose."""
    return abs(value / ratio_value(ratio) - 1) <= 3 * _CLOSE


def _blame(size: Size, sizes: Any) -> str:
    """Return "height" if the width alone would be fine, else "width"."""
    square = Size(size.width, size.width)
    return "height" if sizes.mode == "free" and not what_is_wrong(sizes, square) else "width"


def _type_problem(name: str, value: Any) -> Diagnostic:
    message = f"{name} is a whole number of pixels, and {value!r} is not"
    digits = isinstance(value, str) and value.strip().isdecimal()
    hint = f"write {int(value)} without quotes" if digits else "write 1024, for example"
    near = int(value) if digits and int(value) else ""
    return finding("parameter-type", "error", name, message, hint, near)
