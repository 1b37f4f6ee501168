"""Which files are formatted, and reading and writing them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError
from impasto.recipes.kind import is_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.formatting.api import Kind

SUFFIXES: Final[dict[str, Kind]] = {
    ".txt": "lines",
    ".prompt": "template",
    ".j2": "template",
    ".jinja": "template",
    ".yaml": "pack",
    ".yml": "pack",
}
"""What a file is, by the end of its name."""

_LOOKS_LIKE_A_PACK = re.compile(r"^(?:styles|format)[ \t]*:", re.MULTILINE)


def kind_of(path: Path) -> Kind:
    """Return what the file at `path` is.

    Raises:
        FileError: files with such a name are not formatted.
    """
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise FileError(
            f"{path} is none of the files that are formatted",
            hint=f"their names end in {', '.join(SUFFIXES)}; pipe other text through - (standard input)",
        )
    return kind


def find(path: Path) -> Iterator[Path]:
    """Yield the file at `path`, or all files in that folder that can be formatted.

    What is hidden (its name starts with a dot) is passed over in a folder, and so are YAML files
    without a key `styles` or `format` at the left, which are no style packs, and recipes.

    Raises:
        FileError: there is no such file, or nothing to format in the folder.
    """
    if not path.is_dir():
        yield path
        return
    empty = True
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and _is_formatted(file):
                empty = False
                yield file
    if empty:
        hint = f"it looks for {', '.join(SUFFIXES)}"
        raise FileError(f"there is nothing to format in {path}", hint=hint)


def _is_formatted(path: Path) -> bool:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind != "pack":
        return kind is not None
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return True  # reading it again says what is wrong with it
    return _LOOKS_LIKE_A_PACK.search(text) is not None and not is_recipe(text)


def read(path: Path) -> str:
    """Return the text of a file with its own line ends and byte order mark.

    Raises:
        FileError: it cannot be read, or is no UTF-8.
    """
    try:
        return decoded(path.read_bytes(), str(path))
    except FileNotFoundError:
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise FileError(f"there is no file {path}", hint=did_you_mean(path.name, near)) from None
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error


def decoded(data: bytes, name: str) -> str:
    """Return `data` as text.

    Raises:
        FileError: it is no UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        at = error.start
        raise FileError(
            f"{name} is not UTF-8 text: byte {at + 1} is 0x{data[at]:02x}",
            hint="save the file with the encoding UTF-8",
        ) from error


def write(path: Path, text: str) -> None:
    """Write the text of a file as it is.

    Raises:
        FileError: it cannot be written.
    """
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
