"""The input of `impasto batch`: text files, Parquet and recipes, read as it is needed."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

from impasto.cli.batchlines import STDIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from impasto.errors import ImpastoError
    from impasto.recipes.images import Image, ImageSet

    Asked: TypeAlias = dict[str, Any] | Image | ImpastoError

PARQUET: Final = (".parquet", ".pq")
RECIPES: Final = (".yaml", ".yml", ".toml")


class Line(NamedTuple):
    """An image to make: its number among all, from 1, where it stands, and what is asked for.

    `data` is an object, an image of a recipe, or the error that says why there is neither.
    """

    number: int
    place: str
    data: Asked


class _Input(Protocol):
    def count(self) -> int | None: ...

    def lines(self) -> Iterator[tuple[str, Asked]]: ...


class Inputs:
    """The lines of `files` in their order; `recipe` makes the images of a recipe's file.

    They may be read more than once, unless one is the standard input.
    """

    def __init__(self, files: Sequence[str], recipe: Callable[[str], ImageSet]) -> None:
        self._parts = [_input(file, recipe) for file in files]

    def count(self) -> int | None:
        """Return how many lines there are, None where nobody knows before they are read.

        Raises:
            FileError: a file cannot be read.
        """
        counts = [part.count() for part in self._parts]
        return sum(n for n in counts if n is not None) if None not in counts else None

    def __iter__(self) -> Iterator[Line]:
        """Yield the lines.

        Raises:
            FileError: a file cannot be read.
        """
        number = 0
        for part in self._parts:
            for place, data in part.lines():
                number += 1
                yield Line(number, place, data)


def _input(file: str, recipe: Callable[[str], ImageSet]) -> _Input:
    suffix = Path(file).suffix.lower()
    if suffix in PARQUET:
        return _Parquet(file)
    return _Recipe(file, recipe) if suffix in RECIPES else _Text(file)


class _Text:
    def __init__(self, file: str) -> None:
        self._file = file

    def count(self) -> int | None:
        from impasto.cli.batchlines import objects

        return None if self._file == STDIN else sum(1 for _ in objects(self._file))

    def lines(self) -> Iterator[tuple[str, Asked]]:
        from impasto.cli.batchlines import objects

        name = "standard input" if self._file == STDIN else self._file
        for at, data in objects(self._file):
            yield f"{name}:{at}", data


class _Parquet:
    def __init__(self, file: str) -> None:
        self._file = file

    def count(self) -> int:
        from impasto.cli.batchparquet import count

        return count(self._file)

    def lines(self) -> Iterator[tuple[str, Asked]]:
        from impasto.cli.batchparquet import rows

        for at, data in rows(self._file):
            yield f"{self._file}: row {at}", data


class _Recipe:
    def __init__(self, file: str, recipe: Callable[[str], ImageSet]) -> None:
        self._file = file
        self._load = recipe

    @cached_property
    def _images(self) -> ImageSet:
        return self._load(self._file)

    def count(self) -> int:
        return self._images.count

    def lines(self) -> Iterator[tuple[str, Asked]]:
        from impasto.cli.batchrecipe import made

        for at, image in made(self._images):
            yield f"{self._file}: image {at}", image
