"""Findings as GitLab's Code Quality report, which its merge requests show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from impasto.lint.fingerprints import Numbered
from impasto.lint.report._places import path_of

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run

_SEVERITIES: Final = {"error": "major", "warning": "minor", "info": "info"}


def write(run: Run) -> str:
    """Return the report: a JSON array, one object for each finding, in ASCII."""
    names = Numbered()
    return json.dumps([_issue(finding, names) for finding in run.findings], indent=2) + "\n"


def _issue(finding: Diagnostic, names: Numbered) -> dict[str, object]:
    assert finding.span is not None
    place = finding.span.to_json()
    path = path_of(str(place["file"]))
    return {
        "check_name": finding.code,
        "description": f"{finding.code} {finding.rule}: {finding.message}",
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": names.of(finding, path),
        "location": {
            "path": path,
            "positions": {
                "begin": {"line": place["line"], "column": place["column"]},
                "end": {"line": place["end_line"], "column": place["end_column"]},
            },
        },
    }
