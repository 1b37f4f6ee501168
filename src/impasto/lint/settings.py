"""What a run is told: which rules, which targets, and what holds for which files."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.lint.registry import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.diagnostics import Severity

CANONICAL: Final = "impasto"
COLUMNS: Final = ("prompt", "negative_prompt", "negative")
"""Columns of tables that hold prompts, where nobody says otherwise."""


class Settings(NamedTuple):
    """Rules, targets, and what holds for some files only.

    Selectors are codes, beginnings of codes or names of rules. The first of the globs that fits a
    file says its dialect; of `per_file_ignores` all that fit count. Globs are seen from the
    folder `root`. A path that is a glob's folder fits with all that is in it.
    """

    targets: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dialect: str = CANONICAL
    per_file_dialects: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = COLUMNS
    baseline: str = ""
    root: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """What `select` and `extend_select` choose together."""
        return (*(self.select or (DEFAULT,)), *self.extend_select)

    def dialect_of(self, name: str) -> str:
        """Return the dialect of the text file `name`."""
        globs = self.per_file_dialects
        return next((d for glob, d in globs if self._fits(glob, name)), self.dialect)

    def ignored_in(self, name: str) -> tuple[str, ...]:
        """Return the selectors that are switched off in the file `name`."""
        fitting = (off for glob, off in self.per_file_ignores if self._fits(glob, name))
        return tuple(selector for off in fitting for selector in off)

    def _fits(self, glob: str, name: str) -> bool:
        path = os.path.relpath(name, self.root or None).replace(os.sep, "/")
        return _expression(glob.replace(os.sep, "/")).match(path) is not None


@lru_cache(maxsize=256)
def _expression(glob: str) -> re.Pattern[str]:
    """Return what matches a path, or the folder it lies in, that `glob` names.

    A glob without a slash names files and folders wherever they are.
    """
    parts = glob.strip("/").split("/")
    if len(parts) == 1 and parts != ["**"]:
        parts = ["**", *parts]
    return re.compile("".join(_steps(parts)) + r"(?:/|\Z)")


def _steps(parts: list[str]) -> Iterable[str]:
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        if part == "**":
            yield ".*" if last else "(?:[^/]+/)*"
        else:
            piece = re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
            yield piece if last else f"{piece}/"
