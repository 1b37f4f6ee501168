"""Findings for people: place, message, the line with an underline, what to do, a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import render

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run

_COLOURS = {"error": "31", "warning": "33", "info": "36"}


def write(run: Run) -> str:
    """Return the report."""
    blocks = [_finding(finding, run) for finding in run.findings]
    return "\n\n".join([*blocks, _count(run)]) + "\n"


def _finding(finding: Diagnostic, run: Run) -> str:
    text = render(finding) if _has_text(finding) else _bare(finding)
    head, *rest = _shown(text).split("\n")
    mark = f"{finding.code} {finding.severity}: "
    place, _, message = head.partition(mark)
    named = f"{finding.code} {finding.rule} {finding.severity}:"
    if run.colours:
        place = f"\x1b[1m{place}\x1b[0m"
        named = f"\x1b[{_COLOURS[finding.severity]}m{named}\x1b[0m"
    fixable = "  [fixable]" if finding.fix else ""
    return "\n".join([f"{place}{named} {message}{fixable}", *rest])


def _has_text(finding: Diagnostic) -> bool:
    """Whether there is a line to show; a file that could not be read has none."""
    return finding.span is not None and bool(finding.span.in_file()[0].text)


def _bare(finding: Diagnostic) -> str:
    hint = f"\n  hint: {finding.hint}" if finding.hint else ""
    file = finding.span.file if finding.span else ""
    return f"{file}: {finding.code} {finding.severity}: {finding.message}{hint}"


def _shown(text: str) -> str:
    """Return `text` with control characters shown, so that no prompt can steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if character in "\u3000\xa0\u200d":
        return character
    return character.encode("unicode_escape").decode()


def _count(run: Run) -> str:
    files = _number(run.files, "file")
    fixed = f"{_number(run.fixed, 'fix', 'fixes')} applied. " if run.fixed else ""
    failed = f" {_number(len(run.failed), 'path')} could not be checked." if run.failed else ""
    if not run.findings:
        return f"{fixed}No findings in {files}.{failed}"
    kinds = [
        _number(run.count(severity), word)
        for severity, word in (("error", "error"), ("warning", "warning"), ("info", "note"))
        if run.count(severity)
    ]
    fixable = sum(finding.fix is not None for finding in run.findings)
    more = f" {fixable} fixable with --fix." if fixable else ""
    return f"{fixed}{', '.join(kinds)} in {files}.{more}{failed}"


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
