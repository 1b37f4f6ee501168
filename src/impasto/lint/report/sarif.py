"""Findings as SARIF 2.1.0, which code scanning and editors read.

Columns are UTF-16 code units, because that is what viewers count even where nobody asks them to.
Addresses are relative to the folder that impasto ran in ("%SRCROOT%"), so that a report says the
same on every machine. A file that could not be checked is a notification of the invocation, which
then was no success, and a result, too: most viewers show no notifications.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from impasto.lint.fingerprints import Numbered
from impasto.lint.report._pages import address, documentation, rule
from impasto.lint.report._places import Columns, is_relative, path_of, uri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.diagnostics import Diagnostic, Edit, Fix
    from impasto.lint.report import Run
    from impasto.source import Span

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_KINDS: Final = {"comment": "inSource", "baseline": "external"}
_MAX_SNIPPET: Final = 500
"""Longer texts are not quoted: many findings can overlap in one."""


def write(run: Run) -> str:
    """Return the report: one JSON object and a line end, in ASCII."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_Writer().run(run)]}
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


class _Writer:
    """Writes one run; rules are listed in the order in which they first appear."""

    def __init__(self) -> None:
        self.columns = Columns()
        self.fingerprints = Numbered()
        self.rules: list[dict[str, Any]] = []
        self.indices: dict[str, int] = {}

    def run(self, run: Run) -> dict[str, Any]:
        """Return the run as the object that SARIF calls so."""
        results = [self._result(finding) for finding in run.findings]
        results += [
            {**self._result(one.finding), "suppressions": [{"kind": _KINDS[one.by]}]}
            for one in run.silenced
        ]
        about = {"informationUri": documentation()} if documentation() else {}
        driver = {"name": "impasto", "version": _version(), **about, "rules": self.rules}
        return {
            "tool": {"driver": driver},
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": {
                _ROOT: {"description": {"text": "The folder that impasto ran in."}}
            },
            "invocations": [self._invocation(run)],
            "results": results,
        }

    def _invocation(self, run: Run) -> dict[str, Any]:
        lost = [f for f in run.findings if f.span is not None and f.span.file in run.failed]
        return {
            "executionSuccessful": not run.failed,
            "exitCode": run.exit_code,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": finding.message},
                    "associatedRule": {"id": finding.code, "index": self._index(finding)},
                    "locations": [{"physicalLocation": self._file(finding.span.file)}],
                }
                for finding in lost
                if finding.span
            ],
        }

    def _result(self, finding: Diagnostic) -> dict[str, Any]:
        assert finding.span is not None
        text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
        name = self.fingerprints.of(finding, path_of(finding.span.file))
        result = {
            "ruleId": finding.code,
            "ruleIndex": self._index(finding),
            "level": _LEVELS[finding.severity],
            "message": {"text": text},
            "locations": [{"physicalLocation": self._place(finding.span)}],
            "partialFingerprints": {"impasto/v1": name},
        }
        return {**result, "fixes": [self._fix(finding.fix)]} if finding.fix else result

    def _place(self, span: Span) -> dict[str, Any]:
        region: dict[str, Any] = self.columns.region(span)
        if 0 < span.end - span.start <= _MAX_SNIPPET:
            region["snippet"] = {"text": span.text}
        return {**self._file(span.file), "region": region}

    @staticmethod
    def _file(name: str) -> dict[str, Any]:
        base = {"uriBaseId": _ROOT} if is_relative(name) else {}
        return {"artifactLocation": {"uri": uri(name), **base}}

    def _fix(self, fix: Fix) -> dict[str, Any]:
        files: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            files.setdefault(edit.span.file, []).append(edit)
        return {
            "description": {"text": fix.title},
            "artifactChanges": [
                {**self._file(file), "replacements": list(map(self._replacement, edits))}
                for file, edits in files.items()
            ],
            "properties": {"safe": fix.safe},
        }

    def _replacement(self, edit: Edit) -> dict[str, Any]:
        region = self.columns.region(edit.span)
        return {"deletedRegion": region, "insertedContent": {"text": edit.text}}

    def _index(self, finding: Diagnostic) -> int:
        """Return the place of a finding's rule in the list of rules."""
        if finding.code not in self.indices:
            self.indices[finding.code] = len(self.rules)
            self.rules.append(_descriptor(finding))
        return self.indices[finding.code]


def _descriptor(finding: Diagnostic) -> dict[str, Any]:
    """Return what SARIF says of a rule."""
    known = rule(finding.code)
    summary = {"text": known.summary() if known else f"{finding.code} {finding.rule}"}
    found: dict[str, Any] = {
        "id": finding.code,
        "name": finding.rule,
        "shortDescription": summary,
        "fullDescription": summary,  # GitHub asks for both
    }
    if known:
        page = known.page()
        found["help"] = {"text": _plain(page.splitlines()), "markdown": page}
        found["defaultConfiguration"] = {"level": _LEVELS[known.severity]}
    if link := address(finding.code):
        found["helpUri"] = link
    return found


def _plain(lines: Iterable[str]) -> str:
    """Return Markdown without the signs of headings and fences."""
    kept = (line.lstrip("# ") if line.startswith("#") else line for line in lines)
    return "\n".join(line for line in kept if not line.startswith("```"))


@cache
def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - slow

    return version("impasto")
