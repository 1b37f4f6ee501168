"""Findings as workflow commands of GitHub Actions, which shows them beside the changed lines.

Escapes as the runner undoes them: `%`, CR and LF everywhere, `:` and `,` in properties, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def write(run: Run) -> str:
    """Return one command for each finding, one line each."""
    return "".join(f"{_command(finding)}\n" for finding in run.findings)


def _command(finding: Diagnostic) -> str:
    assert finding.span is not None
    place = finding.span.to_json()
    properties = {
        "file": place["file"],
        "line": place["line"],
        "endLine": place["end_line"],
        "col": place["column"],
        "endColumn": place["end_column"],
        "title": f"{finding.code} {finding.rule}",
    }
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
