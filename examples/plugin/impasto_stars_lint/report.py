"""Findings in the Test Anything Protocol: a line for each, `not ok` where it fails the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.lint.report import Run


def write(run: Run) -> str:
    """Return the report: the plan, then a line for each finding, or one for a clean run."""
    lines = []
    for number, finding in enumerate(run.findings, 1):
        verdict = "ok" if finding.severity == "info" else "not ok"
        lines.append(f"{verdict} {number} - {finding.span}: {finding.code} {finding.message}")
    lines = lines or [f"ok 1 - {run.files} files"]
    return "\n".join([f"1..{len(lines)}", *lines]) + "\n"
