"""What the files of a batch are called: as their lines say, never out of its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from impasto.cli.batchlines import BadLineError
from impasto.cli.files import IMAGE_SUFFIXES, slug

if TYPE_CHECKING:
    from impasto.cli.batchinput import Line

_LONGEST = 200  # bytes, as extensions and the marks of unfinished files come after it
_UNSAFE = re.compile(r"[^\w\-. +]+")


def name_of(line: Line, data: dict[str, Any], words: str) -> str:
    """Return the name of the image's file without its extension."""
    given = data.get("output")
    return _safe(given) if given else f"{line.number:05}-{slug(words)}"


def _safe(output: str) -> str:
    """Return the name that a line gives, as one below the folder of the batch.

    Raises:
        BadLineError: it leads out of it, or nothing is left of it.
    """
    parts = output.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise BadLineError(f'"{output}" leads out of the folder', hint="name a file below it")
    clean = [_UNSAFE.sub("-", part).strip(". ") for part in parts]
    last = clean[-1]
    for suffix in IMAGE_SUFFIXES:
        last = last[: -len(suffix)] if last.lower().endswith(suffix) else last
    if not all((*clean[:-1], last)):
        raise BadLineError(f'"{output}" is no name of a file')
    if any(len(part.encode()) > _LONGEST for part in clean):
        raise BadLineError(f'"{output[:40]}…" is longer than the name of a file may be')
    return "/".join((*clean[:-1], last))
