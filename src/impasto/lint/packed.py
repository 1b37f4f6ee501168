"""Findings as plain data, for the cache and for other processes, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.lint.engine import Checked
from impasto.source import Source

if TYPE_CHECKING:
    from impasto.source import Span

Packed: TypeAlias = "list[Any]"
"""[failed, other files as [name, text], findings, silenced findings]; made of lists, texts,
numbers and None. File 0 is the document itself, whose text is not kept."""


def pack(checked: Checked) -> Packed:
    """Return what was found in a document as plain data."""
    files = [checked.source]
    findings = [_packed(finding, files) for finding in checked.findings]
    silenced = [_packed(finding, files) for finding in checked.silenced]
    others = [[file.name, file.text] for file in files[1:]]
    return [checked.failed, others, findings, silenced]


def unpack(packed: Packed, name: str, text: str) -> Checked:
    """Return what `pack` was given, for the document `name` with its `text`."""
    failed, others, findings, silenced = packed
    source = Source(text, name)
    if not findings and not silenced:
        return Checked(source, (), failed)
    files = [source, *(Source(text, name) for name, text in others)]
    shown = tuple(_unpacked(finding, files) for finding in findings)
    return Checked(source, shown, failed, tuple(_unpacked(f, files) for f in silenced))


def _packed(finding: Diagnostic, files: list[Source]) -> list[Any]:
    fix = finding.fix
    edits = [[*_place(edit.span, files), edit.text] for edit in fix.edits] if fix else []
    return [
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        _place(finding.span, files) if finding.span else None,
        list(finding.expected),
        finding.hint,
        [fix.title, edits, fix.safe] if fix else None,
        finding.parameter,
    ]


def _place(span: Span, files: list[Source]) -> list[int]:
    """Return the number of the file that a span lies in, which joins `files`, and the range."""
    file, start, end = span.in_file()
    same = (at for at, known in enumerate(files) if known is file or _is_same(known, file))
    number = next(same, len(files))
    if number == len(files):
        files.append(file)
    return [number, start, end]


def _is_same(one: Source, other: Source) -> bool:
    return one.name == other.name and one.text == other.text


def _unpacked(data: list[Any], files: list[Source]) -> Diagnostic:
    code, rule, severity, message, place, expected, hint, fix, parameter = data
    return Diagnostic(
        code,
        rule,
        severity,
        message,
        files[place[0]].span(place[1], place[2]) if place else None,
        tuple(expected),
        hint,
        _fix(fix, files) if fix else None,
        parameter,
    )


def _fix(data: list[Any], files: list[Source]) -> Fix:
    title, edits, safe = data
    made = tuple(Edit(files[at].span(start, end), text) for at, start, end, text in edits)
    return Fix(title, made, safe)
