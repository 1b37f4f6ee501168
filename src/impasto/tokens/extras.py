"""Packages that count what this one cannot; they need not be there."""

from __future__ import annotations

from functools import cache


@cache
def is_installed(package: str) -> bool:
    """Whether a package can be imported."""
    from importlib.util import find_spec  # noqa: PLC0415 - slow, and mostly not needed

    return find_spec(package) is not None
