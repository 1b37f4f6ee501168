"""Findings as SARIF for GitHub's code scanning: without what a comment or a baseline accepted.

GitHub takes suppressed results for open ones, see github/codeql-action issue 1230.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.report import sarif

if TYPE_CHECKING:
    from impasto.lint.report import Run


def write(run: Run) -> str:
    """Return the report: SARIF 2.1.0 with the findings that are still open."""
    return sarif.write(run._replace(silenced=()))
