"""Findings for editors and `grep`: one line each, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.report._lines import fixable, place, printable

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run


def write(run: Run) -> str:
    """Return one line for each finding: "file:line:column: CODE name severity: message"."""
    return "".join(f"{_line(finding)}\n" for finding in run.findings)


def _line(finding: Diagnostic) -> str:
    named = f"{finding.code} {finding.rule} {finding.severity}:"
    at = place(finding)
    where = f"{at}: " if at else ""
    return f"{where}{named} {printable(finding.message)}{fixable(finding.fix)}"
