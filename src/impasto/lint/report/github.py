"""Findings as workflow commands of GitHub Actions, which shows them beside the changed lines.

Escapes as the runner undoes them: `%`, CR and LF everywhere, `:` and `,` in properties, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.report._places import path_of

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def write(run: Run) -> str:
    """Return one command for each finding, one line each."""
    return "".join(f"{_command(finding)}\n" for finding in run.findings)


def _command(finding: Diagnostic) -> str:
    properties = {**_place(finding), "title": f"{finding.code} {finding.rule}"}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(message)}"


def _place(finding: Diagnostic) -> dict[str, object]:
    """Return where a finding is; the runner takes columns only within one line."""
    assert finding.span is not None
    place = finding.span.to_json()
    lines = {"line": place["line"], "endLine": place["end_line"]}
    columns = {"col": place["column"], "endColumn": place["end_column"]}
    is_one_line = place["line"] == place["end_line"]
    return {"file": path_of(str(place["file"])), **lines, **(columns if is_one_line else {})}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
