"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from impasto.errors import PackError


def name_of(path: Path) -> str:
    """Return what messages call a file: as seen from here, where it lies below."""
    here = Path.cwd()
    path = path.absolute()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def written_whole(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, then move it there in one step.

    Raises:
        PackError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise PackError(f"cannot write {name_of(path)}: {why}") from error
    finally:
        part.unlink(missing_ok=True)
