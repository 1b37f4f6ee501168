"""Findings as JSON Lines, format 1: an object for each, then one that sums up.

Who reads no summary knows that the report was cut off.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from impasto.lint.report.json import summary

if TYPE_CHECKING:
    from impasto.lint.report import Run


def write(run: Run) -> str:
    """Return one JSON object a line, in ASCII."""
    every: list[dict[str, object]] = [{"finding": finding.to_json()} for finding in run.findings]
    every.append({"summary": summary(run), "failed": list(run.failed)})
    return "".join(json.dumps({"format": 1, **one}, allow_nan=False) + "\n" for one in every)
