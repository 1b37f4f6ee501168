"""Names and spellings of request parameters: many ways in, one way on."""

from __future__ import annotations

import re
from math import gcd
from typing import TYPE_CHECKING, Any

from impasto.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIASES = {
    "steps": "num_inference_steps",
    "num_steps": "num_inference_steps",
    "inference_steps": "num_inference_steps",
    "guidance": "guidance_scale",
    "cfg": "guidance_scale",
    "cfg_scale": "guidance_scale",
    "w": "width",
    "h": "height",
    "ar": "aspect_ratio",
    "aspect": "aspect_ratio",
    "ratio": "aspect_ratio",
    "count": "n",
    "num_images": "n",
    "num_outputs": "n",
    "format": "output_format",
}
"""Other names of parameters. `size` and `resolution`, which stand for others, are read as well."""

MEGAPIXELS = "megapixels"
"""The area of an image in units of 1024x1024 pixels; it becomes a size as each model has it."""

MEGAPIXEL = 1024 * 1024
"""Pixels."""

SHAPES = {"square": "1:1", "portrait": "2:3", "landscape": "3:2"}
"""Names of sizes that are ratios."""

_SIZE = re.compile(r"\s*(\d{1,6})\s*[x×X*]\s*(\d{1,6})\s*")
_RATIO = re.compile(r"\s*(\d{1,6}(?:\.\d{1,4})?)\s*[:/xX×]\s*(\d{1,6}(?:\.\d{1,4})?)\s*")


_PAIR = re.compile(r"[\d.]+\s*[:/]\s*[\d.]+")
_AREA = re.compile(r"(\d{1,4}(?:\.\d{1,2})?) ?(mp|k|sq)")
_SIDES = frozenset(("width", "height"))
_SIZE_HINT = (
    "write width and height in pixels, such as 1024x768, or 16:9, square, portrait, landscape, 1mp"
)


def normalize(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return `parameters` under their canonical names, sizes and ratios in one spelling.

    `size: "1024x768"` becomes width and height, `ar: 16/9` becomes aspect_ratio "16:9". A size
    may have a name: "16:9" and those of `SHAPES` are ratios, "1mp" and "2k" areas (megapixels),
    "auto" is the model's own size. Which pixels that is, a check against a card says. Names that
    nobody knows stay as they are.

    Raises:
        BadValueError: a size or ratio that is none, or one parameter under two names with two
            values.
    """
    result: dict[str, Any] = {}
    written: dict[str, str] = {}
    for name, value in parameters.items():
        for key, item in normalize_one(name, value).items():
            if key in result and result[key] != item:
                raise BadValueError(
                    f"{key} is given twice, as {written[key]} and as {name}, with different values",
                    hint="leave one of them out",
                )
            result[key] = item
            written[key] = name
    return result


def overridden(base: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with what is `wanted` instead: a size replaces a ratio, a ratio a size.

    Ratio and area go together, and either replaces a size in pixels.
    """
    gone: frozenset[str] = frozenset()
    if _SIDES & wanted.keys():
        gone = frozenset(("aspect_ratio", MEGAPIXELS))
    elif {"aspect_ratio", MEGAPIXELS} & wanted.keys():
        gone = _SIDES
    return {**{name: value for name, value in base.items() if name not in gone}, **wanted}


def normalize_one(name: str, value: Any) -> dict[str, Any]:
    """Return the canonical names and values that one parameter stands for, as `normalize`."""
    key = name.strip().lower().replace("-", "_")
    key = ALIASES.get(key, key)
    if key in ("size", "resolution"):
        named = _named_size(value) if isinstance(value, str) else None
        if named is not None:
            return named
        width, height = _read_size(name, value)
        return {"width": width, "height": height}
    if key == "aspect_ratio":
        word = value.strip().lower() if isinstance(value, str) else ""
        return {key: None if word == "auto" else SHAPES.get(word) or read_ratio(value, name)}
    if key == MEGAPIXELS:
        return {key: _read_area(name, value)}
    return {key: value}


def _named_size(text: str) -> dict[str, Any] | None:
    """Return what the name of a size stands for; None for pixels and for nonsense."""
    name = text.strip().lower()
    if name == "auto":
        return dict.fromkeys((*sorted(_SIDES), "aspect_ratio", MEGAPIXELS))
    if name in SHAPES:
        return {"aspect_ratio": SHAPES[name]}
    area = area_named(name)
    if area:
        return {MEGAPIXELS: area / MEGAPIXEL}
    if _PAIR.fullmatch(name):
        return {"aspect_ratio": read_ratio(name, "size")}
    return None


def area_named(name: str) -> int | None:
    """Return the pixels of an area's name: "1mp", "2k" for 2048x2048, "768sq"; None for others."""
    found = _AREA.fullmatch(name.strip().lower())
    if not found:
        return None
    number = float(found[1])
    if found[2] == "sq":
        return round(number * number) or None
    return round((number if found[2] == "mp" else number * number) * MEGAPIXEL) or None


def _read_area(name: str, value: Any) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0.01 <= value <= 1000:
        raise _nonsense(name, value, "a number of megapixels", "write 1 for 1024x1024 pixels")
    return float(value)


def _read_size(name: str, value: Any) -> tuple[int, int]:
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    pair = found.groups() if found else value
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise _nonsense(name, value, "a size", _SIZE_HINT)
    try:
        width, height = (int(side) for side in pair)
    except (TypeError, ValueError):
        width = height = 0
    if width < 1 or height < 1:
        raise _nonsense(name, value, "a size", _SIZE_HINT)
    return width, height


def read_ratio(value: Any, name: str = "aspect_ratio") -> str:
    """Return a ratio of width to height as two whole numbers, "16:9".

    Raises:
        BadValueError: `value` is no ratio.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0.001 < value < 1000:
        across, down = _near(value)
        return f"{across}:{down}"
    found = _RATIO.fullmatch(value) if isinstance(value, str) else None
    width, height = found.groups() if found else ("0", "0")
    if not float(width) or not float(height):
        hint = "write width to height, such as 16:9"
        raise _nonsense(name, value, "a ratio of width to height", hint)
    if "." not in width + height:
        return f"{int(width)}:{int(height)}"
    across, down = round(float(width) * 10_000), round(float(height) * 10_000)
    common = gcd(across, down)
    return f"{across // common}:{down // common}"


def _near(ratio: float) -> tuple[int, int]:
    """Return the ratio of whole numbers nearest to `ratio`, the second at most 100."""
    _, down = min((abs(round(ratio * d) / d - ratio), d) for d in range(1, 101))
    return max(round(ratio * down), 1), down


def _nonsense(name: str, value: Any, expected: str, hint: str) -> BadValueError:
    shown = f'"{value}"' if isinstance(value, str) else repr(value)
    return BadValueError(f"{name}: {shown} is not {expected}", expected=(expected,), hint=hint)
