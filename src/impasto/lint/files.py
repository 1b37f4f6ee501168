"""Which files a run checks."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import FileError
from impasto.lint.engine import CHECKERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOOKS_LIKE_A_PACK = re.compile(r"^(?:styles|format)[ \t]*:", re.MULTILINE)
_YAML = (".yaml", ".yml")


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that `paths` mean: files as they are, folders with all they hold.

    In a folder what is hidden (its name starts with a dot) is passed over, and so are files of
    other kinds: YAML files without a key `styles` or `format` at the left are no style packs.

    Raises:
        FileError: a folder without a file to check.
    """
    seen: set[Path] = set()
    for path in paths:
        inside = list(_inside(path)) if path.is_dir() else [path]
        if not inside:
            kinds = ", ".join(suffix for suffix in CHECKERS if suffix)
            raise FileError(f"there is nothing to check in {path}", hint=f"it looks for {kinds}")
        for file in inside:
            if file not in seen:
                seen.add(file)
                yield file


def _inside(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and _is_checked(path):
                yield path


def _is_checked(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in _YAML:
        return bool(suffix) and suffix in CHECKERS
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return True  # reading it again says what is wrong with it
    return _LOOKS_LIKE_A_PACK.search(text) is not None
