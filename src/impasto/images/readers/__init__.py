"""Readers of what tools write into images: one file for each tool, found by its name.

A reader is a module with two names: `RANK`, the place in the order in which readers are asked, and
`read(carried)`, which returns a `Generation`, or None where the image is not the tool's. What is
the tool's and cannot be read is an `ImageError`. The order keeps a tool from being taken for
another: our own record comes first, the texts that many tools imitate (A1111's) come last.
Modules whose names begin with an underscore are shared by several.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast

from impasto.errors import ImageError

if TYPE_CHECKING:
    from impasto.images.carried import Carried
    from impasto.images.generation import Generation


class Reader(Protocol):
    """What a module here has."""

    RANK: int

    def read(self, carried: Carried) -> Generation | None:
        """Return what made the image, None if it is another tool's.

        Raises:
            ImageError: it is this tool's, and cannot be read.
        """


@cache
def readers() -> tuple[Reader, ...]:
    """Return all readers in the order in which they are asked."""
    names = [name for _, name, _ in iter_modules(__path__) if not name.startswith("_")]
    found = [cast("Reader", import_module(f"{__name__}.{name}")) for name in names]
    return tuple(sorted(found, key=lambda reader: reader.RANK))


def read(carried: Carried) -> tuple[Generation | None, tuple[str, ...]]:
    """Return what made an image, None if nobody knows, and what could not be read on the way."""
    unread: list[str] = []
    for reader in readers():
        try:
            found = reader.read(carried)
        except ImageError as problem:
            unread.append(str(problem))
            continue
        if found is not None:
            return found, tuple(unread)
    return None, tuple(unread)
