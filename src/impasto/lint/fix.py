"""Fixes: whether they are harmless, where they go in the file, and applying them."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.source import Source, Span
from impasto.syntax.parser import parse
from impasto.syntax.weights import changes, runs
from impasto.variations.draw import is_open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs

MAX_PASSES = 10
_STEPS = 20
_TOLERANCE = 1e-4
_SEEDS = (0, 1, 2)


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


# Whether a fix keeps the effective weights.


def keeps_meaning(prompt: Prompt, fixes: Sequence[Fix]) -> bool:
    """Whether the prompt means the same after the fixes: the same texts at the same weights."""
    text = apply_edits(prompt.text, [edit for fix in fixes for edit in fix.edits])
    after = parse(text, recover=True)
    if len(after.parts) != len(prompt.parts) or len(after.diagnostics) > len(prompt.diagnostics):
        return False
    seeds = _SEEDS if any(_has_choices(version) for version in (prompt, after)) else _SEEDS[:1]
    old, new = _meaning(prompt, seeds), _meaning(after, seeds)
    return len(old) == len(new) and all(_same(x, y) for x, y in zip(old, new, strict=True))


_Stretch: TypeAlias = "tuple[float, int, Runs]"


def _has_choices(prompt: Prompt) -> bool:
    return any(is_open(part.children) for part in prompt.parts)


def _meaning(prompt: Prompt, seeds: Sequence[int]) -> list[_Stretch]:
    from impasto.lint.prompts import closed  # noqa: PLC0415 - it uses this module

    return [
        (part.weight, step, runs(part.children, step, _STEPS))
        for version in [closed(prompt, seed) for seed in seeds]
        for part in version.parts
        for step in changes(part.children, _STEPS)
    ]


def _same(old: _Stretch, new: _Stretch) -> bool:
    same_weight = abs(old[0] - new[0]) <= _TOLERANCE
    return same_weight and old[1] == new[1] and same_runs(old[2], new[2])


def same_runs(first: Runs, second: Runs) -> bool:
    """Whether two lists of runs give the same text, every word at the same weight within 1e-4.

    Spaces have no weight that anyone hears.
    """
    if "".join(text for text, _ in first) != "".join(text for text, _ in second):
        return False
    text = "".join(text for text, _ in first)
    left, right = _ends(first), _ends(second)
    at = i = j = 0
    while at < len(text):
        (end, weight), (other_end, other) = left[i], right[j]
        stop = min(end, other_end)
        if abs(weight - other) > _TOLERANCE and text[at:stop].strip():
            return False
        at, i, j = stop, i + (end == stop), j + (other_end == stop)
    return True


def _ends(found: Runs) -> list[tuple[int, float]]:
    """Return where every run ends in the text of all, with its weight."""
    ends = accumulate(len(text) for text, _ in found)
    return [(end, weight) for end, (_, weight) in zip(ends, found, strict=True)]


# Where a fix goes in the file.


def located(fix: Fix, quotes: Sequence[tuple[int, int, str]]) -> Fix | None:
    """Return `fix` with edits of the file itself, or None where it has no such place.

    A fix found in a text that a template wrote has a place only if the author wrote that very
    text; inside YAML quotes its text gets YAML's escapes.
    """
    edits: list[Edit] = []
    files: set[int] = set()
    for edit in fix.edits:
        file, start, end = edit.span.in_file()
        if not _is_same(edit, file, start, end):
            return None
        files.add(id(file))
        quote = next((q for first, last, q in quotes if first <= start <= last), "")
        edits.append(Edit(Span(file, start, end), _quoted(edit.text, quote)))
    return Fix(fix.title, tuple(edits), fix.safe) if len(files) == 1 else None


def _is_same(edit: Edit, file: Source, start: int, end: int) -> bool:
    """Whether the file has at [start, end) what the edit replaces, or stands before."""
    source, at = edit.span.source, edit.span.end
    if edit.span.start == at:
        return file.text[start : start + 1] == source.text[at : at + 1]
    return file.text[start:end] == edit.span.text


def _quoted(text: str, quote: str) -> str:
    if quote == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("'", "''") if quote == "'" else text


# Applying fixes to a whole document.


def fixed(text: str, check: Callable[[str], list[Diagnostic]]) -> tuple[str, int]:
    """Return `text` with all safe fixes applied, and how many that were.

    `check` gives the findings of a text. Fixes that overlap wait for the next pass; after
    `MAX_PASSES` the rest stays.
    """
    count = 0
    for _ in range(MAX_PASSES):
        after, applied = _one_pass(text, check(text))
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
        if not fix or not fix.safe or not fix.edits:
            continue
        spans = [e.span for e in fix.edits]
        reach = (min(s.start for s in spans), max(s.end for s in spans))
        if spans[0].source.text != text or any(_touch(reach, other) for other in used):
            continue
        used.append(reach)
        taken += [(e.span.start, e.span.end, e.text) for e in fix.edits]
        applied += 1
    return _applied(text, taken), applied


def _touch(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]


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
