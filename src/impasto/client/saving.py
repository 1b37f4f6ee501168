"""The folder of a batch: every image has a place of its own, by its number."""

from __future__ import annotations

import tempfile
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.client.request import Picture, write_bytes
from impasto.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from impasto.client.request import Result

_NO_IMAGES = (".part", ".json")


class Folder:
    """Saves the images of a batch as `name(number)` with the extension of their kind.

    `record` says what is written into an image, None for the provider's bytes as they came; an
    image that cannot carry it gets it beside it, as `.json`. The first image of a request appears
    last, so where it is the others are, too. What is in the folder is read once.
    """

    def __init__(
        self,
        folder: Path,
        name: Callable[[int], str] = "{:06}".format,
        record: Callable[[int, Result], Mapping[str, object] | None] = lambda _number, _result: (
            None
        ),
    ) -> None:
        self.folder = folder
        self._name = name
        self._record = record
        self._listed = lru_cache(maxsize=None)(_images)

    def save(self, number: int, result: Result) -> list[str]:
        """Write the images of a result and return their files.

        Raises:
            ImageError: a file cannot be written.
        """
        record = self._record(number, result)
        path = self.folder / self._name(number)
        pictures = list(enumerate((Picture(result.image, result.kind), *result.others)))
        files = [
            _write(path.with_name(f"{path.name}-{at + 1}" if at else path.name), picture, record)
            for at, picture in reversed(pictures)
        ]
        return [str(file) for file in reversed(files)]

    def find(self, number: int) -> list[str]:
        """Return the files of an image that was there at the start, none without the first."""
        path = self.folder / self._name(number)
        there = self._listed(path.parent)
        found: list[str] = []
        name = path.name
        while name in there:
            found.append(str(path.with_name(there[name])))
            name = f"{path.name}-{len(found) + 1}"
        return found


def rescue(result: Result, name: str, record: Mapping[str, object] | None = None) -> str:
    """Write the images of a result to a folder of our own for temporary files, as they were paid for.

    Returns where the first one is, an empty text where there is no place either.
    """
    try:
        return Folder(_shelter(), lambda _number: name, lambda _number, _result: record).save(
            0, result
        )[0]
    except (OSError, ImageError):
        return ""


@cache
def _shelter() -> Path:
    return Path(tempfile.mkdtemp(prefix="impasto-"))


def _images(folder: Path) -> dict[str, str]:
    """Return the images of a folder: names without the extension -> with it."""
    try:
        paths = list(folder.iterdir())
    except OSError:
        return {}
    return {path.stem: path.name for path in paths if path.suffix not in ("", *_NO_IMAGES)}


def _write(path: Path, picture: Picture, record: Mapping[str, object] | None) -> Path:
    from impasto.images.kinds import extension  # noqa: PLC0415 - with the readers of images

    path = path.with_name(path.name + extension(picture.kind))
    data = picture.data
    if record:
        data = _carrying(data, record)
        if data is picture.data:
            from impasto.images.metadata import sidecar  # noqa: PLC0415

            text = sidecar(record).encode("utf-8", "backslashreplace")
            write_bytes(path.with_name(f"{path.name}.json"), text)
    return write_bytes(path, data)


def _carrying(data: bytes, record: Mapping[str, object]) -> bytes:
    """Return the image with the record, the same object where it cannot carry it."""
    from impasto.images.metadata import embed  # noqa: PLC0415 - only where there is a record

    try:
        return embed(data, record)
    except ImageError:  # a damaged image is still one that was paid for
        return data
