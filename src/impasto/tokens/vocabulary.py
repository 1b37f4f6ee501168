"""The vocabularies, read from the package's data when they are first used.

`data/README.md` says where they come from and whose they are.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

Number = TypeVar("Number", int, float)

DATA: Final = Path(__file__).with_name("data")
BYTES: Final = (
    *range(33, 127),
    *range(161, 173),
    *range(174, 256),
    *range(33),
    *range(127, 161),
    173,
)
"""The bytes in the order of CLIP's ids: those with a visible sign in Latin-1 first."""
MERGES: Final = 49152 - 256 - 2
"""How many merges CLIP's vocabulary has; the file that it comes from lists more."""


@cache
def clip_merges() -> dict[int, int]:
    """Return left id << 16 | right id -> id of both joined; a lower id merges first."""
    pairs = array("I", _unpacked("clip_merges.z"))
    return dict(zip(_native(pairs), range(512, 512 + MERGES), strict=True))


@cache
def t5_pieces() -> dict[str, tuple[int, float]]:
    """Return piece -> (id, logarithm of its probability)."""
    pieces = _unpacked("t5_pieces.z").decode().split("\n")
    scores = array("f", _unpacked("t5_scores.z"))
    return dict(zip(pieces, enumerate(_native(scores)), strict=True))


@cache
def t5_charsmap() -> dict[str, str]:
    """Return what T5's normalizer replaces: characters, some with a mark -> text."""
    import json  # noqa: PLC0415 - CLIP needs none

    found: dict[str, str] = json.loads(_unpacked("t5_charsmap.z"))
    return found


def _native(numbers: array[Number]) -> array[Number]:
    """Return numbers that were written little end first."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _unpacked(name: str) -> bytes:
    return zlib.decompress((DATA / name).read_bytes())
