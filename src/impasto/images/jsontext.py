"""JSON that came out of an image: read within limits, so that no file can do harm.

Numbers that JSON does not have, which ComfyUI writes all the same, become texts: "NaN".
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from impasto.errors import ImageError

LARGEST = 16 * 2**20
"""Characters of a text that is read at most."""
DEEPEST = 64
"""Levels of objects and lists that are read at most."""

_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def loads(text: str, what: str) -> Any:
    """Return the JSON value that `text` holds; `what` names it in errors.

    Raises:
        ImageError: it is no JSON, too long or too deep.
    """
    if len(text) > LARGEST:
        raise ImageError(f"{what} is longer than {LARGEST:,} characters")
    if _depth(text) > DEEPEST:
        raise ImageError(f"{what} is nested more than {DEEPEST} levels deep")
    try:
        return json.loads(text.strip("\0 \r\n\t\ufeff"), parse_constant=str, parse_float=_finite)
    except ValueError as problem:
        raise ImageError(f"{what} is no JSON: {problem}") from None


def mapping(text: str, what: str) -> dict[str, Any]:
    """Return the JSON object that `text` holds.

    Raises:
        ImageError: as `loads`, or it is something else than an object.
    """
    found = loads(text, what)
    if not isinstance(found, dict):
        raise ImageError(f"{what} is no JSON object")
    return found


def looks_like_object(text: str) -> bool:
    """Return whether a text begins and ends as a JSON object does."""
    return text[:64].lstrip("\ufeff \r\n\t").startswith("{") and text[-64:].rstrip(
        "\0 \r\n\t"
    ).endswith("}")


def _depth(text: str) -> int:
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        sign = found[0]
        if sign in ("{", "["):
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ("}", "]"):
            depth -= 1
    return deepest


def _finite(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text
