"""Output formats, one file each, named as the format: `load("sarif")` is `sarif.write`.

A report is `write(run) -> str`. Third parties add one by an entry point in the group
"impasto.reports"; the built-in ones are the files of this folder, and nothing else names them.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.diagnostics import Diagnostic

GROUP: Final = "impasto.reports"


class Silenced(NamedTuple):
    """A finding that somebody accepted: in a comment of the file, or in a baseline."""

    finding: Diagnostic
    by: Literal["comment", "baseline"]


class Run(NamedTuple):
    """What a run found: `files` were checked, `failed` names those that could not be.

    `fixed` counts the fixes that were applied; `colours` is for people only.
    """

    findings: tuple[Diagnostic, ...]
    files: int
    failed: tuple[str, ...] = ()
    fixed: int = 0
    colours: bool = False
    silenced: tuple[Silenced, ...] = ()

    def count(self, severity: str) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings (of "info" none fails), 2 something could not be checked."""
        if self.failed:
            return 2
        return 1 if self.count("error") + self.count("warning") else 0


def load(name: str) -> Callable[[Run], str]:
    """Return what writes reports of the format `name`.

    Raises:
        UnknownNameError: nobody defines it.
    """
    if name in built_in():
        where = f"{__name__}.{name.replace('-', '_')}:write"
    elif (found := _installed().get(name)) is not None:
        where = found
    else:
        raise UnknownNameError("format", name, names())
    module, _, function = where.partition(":")
    write: Callable[[Run], str] = getattr(import_module(module), function)
    return write


def names() -> tuple[str, ...]:
    """Return the names of all formats, the built-in ones first."""
    return (*built_in(), *_installed())


def built_in() -> tuple[str, ...]:
    """Return the names of the built-in formats."""
    stems = (name.removesuffix(".py") for name in os.listdir(__path__[0]) if name.endswith(".py"))  # noqa: PTH208
    return tuple(sorted(stem.replace("_", "-") for stem in stems if not stem.startswith("_")))


def _installed() -> dict[str, str]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, only on a miss

    return {point.name: point.value for point in entry_points(group=GROUP)}
