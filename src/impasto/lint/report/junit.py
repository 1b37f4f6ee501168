"""Findings as JUnit's XML, which nearly every CI server shows: a suite a file, a case a finding.

Warnings and errors are failures. Notes do not fail, so they pass and say what they are in
`system-out`; what could not be checked is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from impasto.diagnostics import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run

_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def write(run: Run) -> str:
    """Return the report: an XML document, UTF-8 in every part."""
    suites = [_suite(file, found, run.failed) for file, found in _by_file(run.findings).items()]
    if not run.findings:
        case = f'    <testcase classname="impasto" name="{run.files} files without findings"/>'
        suites = [_element("testsuite", "impasto", (1, 0, 0), [case], "  ")]
    errors = sum(f.span is not None and f.span.file in run.failed for f in run.findings)
    failures = run.count("error") + run.count("warning") - errors
    counts = (max(len(run.findings), 1), failures, errors)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + _element("testsuites", "impasto", counts, suites) + "\n"


def _by_file(findings: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    files: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        files.setdefault(finding.span.file if finding.span else "", []).append(finding)
    return files


def _suite(file: str, findings: Sequence[Diagnostic], failed: Sequence[str]) -> str:
    has_failed = file in failed
    failures = sum(finding.severity != "info" for finding in findings)
    counts = (len(findings), 0 if has_failed else failures, failures if has_failed else 0)
    cases = [_case(file, finding, "error" if has_failed else "failure") for finding in findings]
    return _element("testsuite", file, counts, cases, "  ")


def _case(file: str, finding: Diagnostic, kind: str) -> str:
    line = finding.span.line if finding.span else 0
    column = finding.span.column if finding.span else 0
    name = _attribute(f"{finding.code} {finding.rule} ({line}:{column})")
    if finding.severity == "info":
        inner = f"<system-out>{_text(render(finding))}</system-out>"
    else:
        message = _attribute(finding.message)
        inner = (
            f"<{kind} type={_attribute(finding.severity)} message={message}>"
            f"{_text(render(finding))}</{kind}>"
        )
    return (
        f"    <testcase classname={_attribute(file)} name={name}>\n      {inner}\n    </testcase>"
    )


def _element(
    name: str, title: str, counts: tuple[int, int, int], inner: Sequence[str], indent: str = ""
) -> str:
    tests, failures, errors = counts
    given = f'name={_attribute(title)} tests="{tests}" failures="{failures}" errors="{errors}"'
    return "\n".join([f"{indent}<{name} {given}>", *inner, f"{indent}</{name}>"])


def _text(text: str) -> str:
    return escape(_fit(text))


def _attribute(text: str) -> str:
    return quoteattr(_fit(text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
