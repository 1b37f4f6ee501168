"""The folder of a batch: every image has a place of its own, by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.client.request import Picture, write_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from impasto.client.request import Result


class Folder:
    """Saves the images of a batch as `name(number)` with the extension of their kind.

    `record` is what is written into an image, None for the provider's bytes as they came. The
    first image of a request appears last, so where it is the others are, too.
    """

    def __init__(
        self,
        folder: Path,
        name: Callable[[int], str] = "{:06}".format,
        record: Callable[[Result], Mapping[str, object] | None] = lambda _: None,
    ) -> None:
        self.folder = folder
        self._name = name
        self._record = record

    def save(self, number: int, result: Result) -> list[str]:
        """Write the images of a result and return their files.

        Raises:
            ImageError: a file cannot be written.
        """
        record = self._record(result)
        name = self._name(number)
        pictures = list(enumerate((Picture(result.image, result.kind), *result.others)))
        names = [f"{name}-{at + 1}" if at else name for at, _ in pictures]
        files = [
            write_picture(self.folder / names[at], picture, record)
            for at, picture in reversed(pictures)
        ]
        return [str(file) for file in reversed(files)]

    def find(self, number: int) -> list[str]:
        """Return the files of an image that is there, none where the first is missing."""
        name = self._name(number)
        first = [p for p in self.folder.glob(f"{name}.*") if p.suffix != ".part"]
        others = [p for p in self.folder.glob(f"{name}-*.*") if p.suffix != ".part"]
        return [str(p) for p in (*first[:1], *sorted(others))] if first else []
