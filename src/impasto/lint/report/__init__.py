"""Output formats, one file each. `load(name)` gives the function that writes a report.

A report is `write(run) -> str`; third parties add one by an entry point in "impasto.reports".
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.diagnostics import Diagnostic

REPORTS: Final = {
    "text": "impasto.lint.report.people:write",
    "json": "impasto.lint.report.machine:write",
    "github": "impasto.lint.report.github:write",
}
GROUP: Final = "impasto.reports"


class Run(NamedTuple):
    """What a run found: `files` were checked, `failed` names those that could not be.

    `fixed` counts the fixes that were applied; `colours` is for people only.
    """

    findings: tuple[Diagnostic, ...]
    files: int
    failed: tuple[str, ...] = ()
    fixed: int = 0
    colours: bool = False

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
    where = REPORTS.get(name) or _installed().get(name)
    if where is None:
        raise UnknownNameError("format", name, (*REPORTS, *_installed()))
    module, _, function = where.partition(":")
    found: Callable[[Run], str] = getattr(import_module(module), function)
    return found


def _installed() -> dict[str, str]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, only on a miss

    return {point.name: point.value for point in entry_points(group=GROUP)}
