"""Images that a command is given: files and folders, and what each says of how it was made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.cli.files import IMAGE_SUFFIXES
from impasto.errors import FileError, ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.images.inspection import Inspection

_LARGEST_SIDECAR = 16 * 2**20


def found_in(paths: Iterable[str]) -> Iterator[Path]:
    """Yield the files as they are given, and the images of folders in the order of their names.

    Raises:
        FileError: a folder without images.
    """
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        inside = list(_inside(path))
        if not inside:
            known = ", ".join(IMAGE_SUFFIXES)
            raise FileError(f"there is no image in {path}", hint=f"it looks for {known}")
        yield from inside


def _inside(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and name.lower().endswith(IMAGE_SUFFIXES):
                yield Path(parent, name)


def look(path: Path) -> Inspection:
    """Return what the image in a file says, or the record in the file beside it.

    Raises:
        FileError: the file cannot be read.
        ImageError: it is no image, or damaged.
    """
    from impasto.images.inspection import inspect

    try:
        data = path.read_bytes()
    except OSError as error:
        from impasto.compose.api import unreadable

        raise unreadable(path, error) from error
    try:
        found = inspect(data)
    except ImageError as error:
        raise ImageError(f"{path}: {error}") from None
    made = found.generation
    return found if made and made.record is not None else _with_sidecar(found, path)


def _with_sidecar(found: Inspection, path: Path) -> Inspection:
    """Return the inspection with our record from "image.png.json", where there is one."""
    from msgspec.structs import replace

    from impasto.images.metadata import parsed
    from impasto.images.readers.impasto import from_record

    beside = path.with_name(f"{path.name}.json")
    try:
        if beside.stat().st_size > _LARGEST_SIDECAR:
            return found
        record = parsed(beside.read_text("utf-8"))
    except FileNotFoundError:
        return found
    except (OSError, UnicodeDecodeError, ImageError) as problem:
        note = f"{beside.name} beside it is no record of ours: {problem}"
        return replace(found, unread=(*found.unread, note))
    return replace(found, generation=from_record(record))
