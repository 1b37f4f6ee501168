"""What formats of machines need to know about places: addresses and UTF-16 columns."""

from __future__ import annotations

import os
from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.source import Source, Span


def path_of(name: str) -> str:
    """Return a file's name with "/" between folders and without "./" in front."""
    return Path(name).as_posix()


def uri(name: str) -> str:
    """Return a file's name as a URI: relative as it was given, "file://…" for an absolute path."""
    from urllib.parse import quote  # noqa: PLC0415 - only SARIF has addresses

    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def is_relative(name: str) -> bool:
    """Whether a file's name is seen from the folder that impasto ran in."""
    return not Path(name).is_absolute()


class Columns:
    """Columns in UTF-16 code units, as most viewers count; linear in the text, once."""

    def __init__(self) -> None:
        self._wide: dict[int, list[int]] = {}
        self._kept: list[Source] = []  # so that no id is used twice

    def region(self, span: Span) -> dict[str, int]:
        """Return first and last line and column of `span` in its file, counted from 1."""
        file, start, end = span.in_file()
        wide = self._wide_in(file)
        line, column = self._position(file, start, wide)
        end_line, end_column = self._position(file, end, wide)
        return {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
        }

    def _position(self, file: Source, offset: int, wide: list[int]) -> tuple[int, int]:
        line, column = file.position(offset)
        if not wide:
            return line, column
        start = offset - column + 1
        return line, column + bisect_left(wide, offset) - bisect_left(wide, start)

    def _wide_in(self, file: Source) -> list[int]:
        """Return where characters of two code units stand."""
        if id(file) not in self._wide:
            self._kept.append(file)
            text = file.text
            self._wide[id(file)] = (
                [] if text.isascii() else [at for at, c in enumerate(text) if c > "\uffff"]
            )
        return self._wide[id(file)]
