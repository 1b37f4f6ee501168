"""Findings for people: place, message, the line with an underline, what to do, a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.report._lines import fixable, has_text, place, printable
from impasto.source import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.diagnostics import Diagnostic
    from impasto.lint.report import Run

_COLOURS: Final = {"error": "31", "warning": "33", "info": "36"}
_BOLD: Final = "1"
_DIM: Final = "2"


def write(run: Run) -> str:
    """Return the report."""
    blocks = ["\n".join(_lines(finding, run)) for finding in run.findings]
    return "\n\n".join([*blocks, _count(run)]) + "\n"


def _lines(finding: Diagnostic, run: Run) -> Iterator[str]:
    """Yield the lines of one finding."""
    yield _head(finding, run)
    expected = f"expected {_either(finding.expected)}" if finding.expected else ""
    if has_text(finding):
        assert finding.span is not None
        shown, marks = excerpt(finding.span, expected).split("\n")
        yield _gutter(printable(shown), run)
        yield _gutter(printable(marks), run, _COLOURS[finding.severity])
    elif expected:
        yield f"  {expected}"
    if finding.hint:
        yield f"  {_paint('hint:', _BOLD, run)} {printable(finding.hint)}"


def _head(finding: Diagnostic, run: Run) -> str:
    at = place(finding)
    code = _linked(finding.code, run)
    named = _paint(f"{code} {finding.rule} {finding.severity}:", _COLOURS[finding.severity], run)
    where = f"{_paint(f'{at}:', _BOLD, run)} " if at else ""
    mark = _paint(fixable(finding.fix), _DIM, run)
    return f"{where}{named} {printable(finding.message)}{mark}"


def _gutter(line: str, run: Run, colour: str = "") -> str:
    """Return a line of an excerpt with its line number dim and the rest in `colour`."""
    number, bar, text = line.partition(" |")
    painted = _paint(text, colour, run) if colour else text
    return f"{_paint(f'{number}{bar}', _DIM, run)}{painted}"


def _linked(code: str, run: Run) -> str:
    """Return the code; where a terminal is drawn on, as a link to the rule's page."""
    if not run.colours:
        return code
    from impasto.lint.report._pages import address  # noqa: PLC0415 - looks into metadata

    page = address(code)
    return f"\x1b]8;;{page}\x1b\\{code}\x1b]8;;\x1b\\" if page else code


def _paint(text: str, style: str, run: Run) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if run.colours and text else text


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


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
    return f"{fixed}{', '.join(kinds)} in {files}.{_fixes(run)}{failed}"


def _fixes(run: Run) -> str:
    fixes = [finding.fix for finding in run.findings if finding.fix]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    kinds = [
        *([f"{safe} fixable with --fix"] if safe else []),
        *([f"{unsafe} fixable with --unsafe-fixes"] if unsafe else []),
    ]
    return f" {', '.join(kinds)}." if kinds else ""


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
