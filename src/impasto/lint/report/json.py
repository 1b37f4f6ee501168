"""Findings as JSON, format 1; docs/reports.md and docs/schemas/lint-report.json describe it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.lint.report import Run


def write(run: Run) -> str:
    """Return the report: one JSON object and a line end, in ASCII."""
    found = {
        "format": 1,
        "findings": [finding.to_json() for finding in run.findings],
        "summary": summary(run),
        "failed": list(run.failed),
    }
    return json.dumps(found, indent=2, allow_nan=False) + "\n"


def summary(run: Run) -> dict[str, int]:
    """Return how many files were checked, and how much was found and fixed in them."""
    return {
        "files": run.files,
        "error": run.count("error"),
        "warning": run.count("warning"),
        "info": run.count("info"),
        "fixed": run.fixed,
    }
