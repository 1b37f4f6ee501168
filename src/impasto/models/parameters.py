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
"""Other names of parameters. `size` and `resolution`, which stand for two, are read as well."""

_SIZE = re.compile(r"\s*(\d{1,6})\s*[x×X*]\s*(\d{1,6})\s*")
_RATIO = re.compile(r"\s*(\d{1,6}(?:\.\d{1,4})?)\s*[:/xX×]\s*(\d{1,6}(?:\.\d{1,4})?)\s*")


_SIDES = frozenset(("width", "height"))


def normalize(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return `parameters` under their canonical names, sizes and ratios in one spelling.

    `size: "1024x768"` becomes width and height, `ar: 16/9` becomes aspect_ratio "16:9". Names
    that nobody knows stay as they are.

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
    """Return `base` with what is `wanted` instead: a size replaces a ratio, a ratio a size."""
    result = {**base, **wanted}
    if "aspect_ratio" in wanted and not _SIDES & wanted.keys():
        for name in _SIDES:
            result.pop(name, None)
    elif "aspect_ratio" not in wanted and _SIDES & wanted.keys():
        result.pop("aspect_ratio", None)
    return result


def normalize_one(name: str, value: Any) -> dict[str, Any]:
    """Return the canonical names and values that one parameter stands for, as `normalize`."""
    key = name.strip().lower().replace("-", "_")
    key = ALIASES.get(key, key)
    if key in ("size", "resolution"):
        width, height = _read_size(name, value)
        return {"width": width, "height": height}
    if key == "aspect_ratio":
        return {key: read_ratio(value, name)}
    return {key: value}


def _read_size(name: str, value: Any) -> tuple[int, int]:
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    pair = found.groups() if found else value
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise _nonsense(name, value, "a size", "write width and height in pixels, such as 1024x768")
    try:
        width, height = (int(side) for side in pair)
    except (TypeError, ValueError):
        width = height = 0
    if width < 1 or height < 1:
        raise _nonsense(name, value, "a size", "write width and height in pixels, such as 1024x768")
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
