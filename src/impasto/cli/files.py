"""Image files: what they are called, and how they get to the disk whole and never over another."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

from impasto.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
_SLUG = 48


def slug(text: str) -> str:
    """Return the first words of a prompt as a part of a file's name."""
    plain = unicodedata.normalize("NFKC", text).lower()
    words = re.findall(r"\w+", re.sub(r":\d*\.?\d+(?=[)\]])", "", plain).replace("_", " "))
    found = ""
    for word in words:
        if len(found) + len(word.encode()) + 1 > _SLUG:
            break
        found = f"{found}-{word}" if found else word
    return found or "image"


def name(model: str, prompt: str, seed: int | None) -> str:
    """Return the name of an image's file, without an extension."""
    return "-".join(filter(None, [model, slug(prompt), "" if seed is None else str(seed)]))


def save(path: Path, data: bytes, kind: str, record: Mapping[str, object]) -> tuple[Path, ...]:
    """Write an image with its record and return the files: the image, and a sidecar if needed.

    A file that is there is never replaced: a number is added to the name. An image that cannot
    carry the record gets it beside it, as `.json`.

    Raises:
        ImageError: the files cannot be written.
    """
    from impasto.images.kinds import extension
    from impasto.images.metadata import embed, sidecar

    if path.suffix.lower() not in IMAGE_SUFFIXES:
        path = path.with_name(path.name + extension(kind))
    try:
        whole = embed(data, record)
    except ImageError:  # a damaged image is still one that was paid for
        whole = data
    written = [_write(path, whole)]
    if whole is data:
        beside = written[0].with_name(f"{written[0].name}.json")
        written.append(_write(beside, sidecar(record).encode("utf-8", "backslashreplace")))
    return tuple(written)


def _write(path: Path, data: bytes) -> Path:
    """Write `data` beside a free name, then move it there in one step."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = _reserve(path)
    except OSError as error:
        raise ImageError(f'cannot write "{path}": {error.strerror or error}') from error
    part = free.with_name(f".{free.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(free)
    except OSError as error:
        free.unlink(missing_ok=True)
        raise ImageError(f'cannot write "{path}": {error.strerror or error}') from error
    finally:
        part.unlink(missing_ok=True)
    return free


def _reserve(path: Path) -> Path:
    """Make an empty file under the first free name: cat.png, else cat-2.png and so on."""
    number = 1
    while True:
        free = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            free.open("xb").close()
        except FileExistsError:
            number += 1
        else:
            return free
