"""A token and where it came from."""

from __future__ import annotations

from typing import NamedTuple


class Token(NamedTuple):
    """A token's id, and the range [start, end) of the text that it stands for."""

    id: int
    start: int
    end: int
