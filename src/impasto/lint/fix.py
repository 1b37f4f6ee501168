"""Fixes: where they go in the file, and applying them."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from typing import TYPE_CHECKING

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_PASSES = 10
_LONGEST_ESCAPE = 12  # JSON: two halves of a character
_NEEDS_QUOTES = re.compile(r"[\",;\t\n]")


def without_fix(finding: Diagnostic) -> Diagnostic:
    """Return the finding with nothing to apply."""
    return Diagnostic(
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        finding.span,
        finding.expected,
        finding.hint,
        None,
        finding.parameter,
    )


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` after the edits, from the right to the left; overlapping ones are left out."""
    return _applied(text, [(e.span.start, e.span.end, e.text) for e in edits])


def _applied(text: str, edits: list[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    rest = len(text)
    for start, end, new in sorted(edits, reverse=True):
        if end <= rest:
            pieces += [text[end:rest], new]
            rest = start
    pieces.append(text[:rest])
    return "".join(reversed(pieces))


# Where a fix goes in the file.


class Quotes:
    """Ranges (first, last, kind) of a document that are quoted, found by offset.

    Kinds are "yaml '", 'yaml "', "json" (a string), "csv" (a quoted cell) and "cell" (another).
    """

    def __init__(self, ranges: Iterable[tuple[int, int, str]]) -> None:
        self._ranges = sorted(ranges)
        self._starts = [first for first, _, _ in self._ranges]

    def around(self, offset: int) -> str:
        """Return the kind of the range that holds `offset`, or an empty text."""
        at = bisect_right(self._starts, offset) - 1
        return self._ranges[at][2] if at >= 0 and offset <= self._ranges[at][1] else ""


def located(fix: Fix, quotes: Quotes) -> Fix | None:
    """Return `fix` with edits of the file itself, or None where it has no such place.

    A fix found in a text that a template wrote has a place only if the author wrote that very
    text; inside quotes its text gets their escapes.
    """
    edits: list[Edit] = []
    files: set[int] = set()
    for edit in fix.edits:
        file, start, _ = edit.span.in_file()
        kind = quotes.around(start)
        text, old = _quoted(edit.text, kind), _old(edit, kind)
        if text is None or old is None:
            return None
        files.add(id(file))
        edits.append(Edit(Span(file, start, start + len(old)), text))
    return Fix(fix.title, tuple(edits), fix.safe) if len(files) == 1 else None


def _old(edit: Edit, kind: str) -> str | None:
    """Return what the file has where the edit replaces, or stands before, the same; else None."""
    file, start, end = edit.span.in_file()
    if not edit.span.text:
        at = edit.span.end
        same = file.text[start : start + 1] == edit.span.source.text[at : at + 1]
        return "" if same else None
    for old in _spellings(edit.span.text, kind):
        # of an escape at the end only the first character is in the range
        if file.text.startswith(old, start) and 0 <= start + len(old) - end < _LONGEST_ESCAPE:
            return old
    return None


def _spellings(text: str, kind: str) -> tuple[str, ...]:
    """Return how `text` may be written inside quotes of a kind."""
    if kind == "cell":
        return (text,)
    usual = _quoted(text, kind) or ""
    if kind != "json" or text.isascii():
        return (usual,)
    from json import dumps  # noqa: PLC0415 - most files are no tables

    return (usual, dumps(text)[1:-1])


def _quoted(text: str, kind: str) -> str | None:
    """Return `text` as it is written inside quotes of a kind; None where it cannot be."""
    if kind in ('yaml "', "json"):
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        return text.replace("\n", "\\n") if kind == "json" else text
    if kind == "csv":
        return text.replace('"', '""')
    if kind == "cell":
        return None if _NEEDS_QUOTES.search(text) else text
    return text.replace("'", "''") if kind == "yaml '" else text


# Applying fixes to a whole document.


def applies(finding: Diagnostic, *, unsafe: bool = False) -> bool:
    """Whether the finding has a fix that may be applied."""
    fix = finding.fix
    return fix is not None and bool(fix.edits) and (fix.safe or unsafe)


def fixed(
    text: str, check: Callable[[str], list[Diagnostic]], *, unsafe: bool = False
) -> tuple[str, int]:
    """Return `text` with all safe fixes applied, with `unsafe` all, and how many that were.

    `check` gives the findings of a text. Fixes that overlap wait for the next pass; after
    `MAX_PASSES` the rest stays.
    """
    count = 0
    for _ in range(MAX_PASSES):
        found = [finding for finding in check(text) if applies(finding, unsafe=unsafe)]
        after, applied = _one_pass(text, found)
        if after == text:
            break
        text, count = after, count + applied
    return text, count


def _one_pass(text: str, findings: list[Diagnostic]) -> tuple[str, int]:
    taken: list[tuple[int, int, str]] = []
    used: list[tuple[int, int]] = []
    applied = 0
    for finding in findings:
        fix = finding.fix
        assert fix is not None, "only findings with a fix come here"
        edits = [(e.span.start, e.span.end, e.text) for e in fix.edits]
        reach = (min(e[0] for e in edits), max(e[1] for e in edits))
        if fix.edits[0].span.source.text != text or _touches(reach, used):
            continue
        insort(used, reach)
        taken += edits
        applied += 1
    return _applied(text, taken), applied


def _touches(reach: tuple[int, int], used: list[tuple[int, int]]) -> bool:
    """Whether a range touches one of `used`, which are sorted and apart from each other."""
    at = bisect_right(used, reach)
    before = at > 0 and used[at - 1][1] >= reach[0]
    return before or (at < len(used) and used[at][0] <= reach[1])


def with_line_ends(text: str, raw: str) -> str:
    """Return `text`, whose lines end in LF, with the line ends that `raw` has."""
    if "\r\n" not in raw:
        return text
    old = raw.split("\n")
    new = text.split("\n")
    if len(old) != len(new):
        return text.replace("\n", "\r\n")
    return "\n".join(
        line + ("\r" if was.endswith("\r") else "") for line, was in zip(new, old, strict=True)
    )
