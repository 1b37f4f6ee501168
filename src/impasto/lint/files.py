"""Which files a run checks."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import FileError
from impasto.lint.kinds import CHECKERS, IMAGES, TABLES, YAML, Surroundings, kind_of
from impasto.lint.settings import COLUMNS
from impasto.recipes.kind import is_recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LOOKS_LIKE_A_PACK = re.compile(r"^(?:styles|format)[ \t]*:", re.MULTILINE)
_HEAD = 65_536


def find_files(
    paths: Iterable[Path],
    surroundings: Surroundings | None = None,
    *,
    columns: Sequence[str] = COLUMNS,
    images: bool = False,
) -> Iterator[Path]:
    """Yield the files that `paths` mean: files as they are, folders with all they hold.

    In a folder what is hidden (its name starts with a dot) is passed over, and so are files of
    other kinds: YAML files without a key `styles` or `format` at the left are neither style packs
    nor recipes, TOML files without a `template` or a `matrix` are no recipes, tables without one of
    the `columns` hold no prompts. Images are looked into on request only.

    Raises:
        FileError: a folder without a file to check.
    """
    search = _Search(surroundings or Surroundings(), columns, images=images)
    seen: set[Path] = set()
    for path in paths:
        for file in search.inside(path) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file


class _Search:
    """Searching folders for what can be checked; `pictures` counts the images passed over."""

    def __init__(self, around: Surroundings, columns: Sequence[str], *, images: bool) -> None:
        self.around = around
        self.columns = columns
        self.images = images
        self.pictures = 0

    def inside(self, folder: Path) -> Iterator[Path]:
        """Yield the files of a folder in the order of their names."""
        count, self.pictures = 0, 0
        for parent, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if name.startswith(".") or not self._is_checked(path := Path(parent, name)):
                    continue
                count += 1
                yield path
        if not count:
            raise FileError(f"there is nothing to check in {folder}", hint=self._hint())

    def _hint(self) -> str:
        if self.pictures:
            return "the prompts in its images are checked with --images"
        return f"it looks for {', '.join(kind for kind in CHECKERS if kind.startswith('.'))}"

    def _is_checked(self, path: Path) -> bool:
        try:
            kind = kind_of(path, self.around)
        except FileError:
            return False
        if kind in IMAGES:
            self.pictures += 1
            return self.images
        if kind in YAML:
            return _LOOKS_LIKE_A_PACK.search(_text(path)) is not None
        if kind == ".toml":
            return is_recipe(_text(path))
        return kind not in TABLES or self._has_column(path)

    def _has_column(self, path: Path) -> bool:
        """Whether the first line of a table names one of the columns."""
        first = _text(path, _HEAD).lstrip("\ufeff\n").partition("\n")[0]
        return any(re.search(rf"(?<![\w-]){re.escape(c)}(?![\w-])", first) for c in self.columns)


def _text(path: Path, most: int = -1) -> str:
    """Return the beginning of a file; of one that cannot be read, what makes it be read again."""
    try:
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return "styles:"
