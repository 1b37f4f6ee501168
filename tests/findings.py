"""Findings made by hand, one of each sort, for tests of what is said about findings."""

from __future__ import annotations

from typing import Self

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.lint.report import Run, Silenced
from impasto.source import Source


class CountedText(str):
    """A text that counts the characters that are taken out of it."""

    __slots__ = ("taken",)

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.taken = 0
        return made

    def __getitem__(self, key):
        found = super().__getitem__(key)
        self.taken += len(found)
        return found


HERO = Source(
    "---\ntitle: x\n---\na 🦊 clock (at 5:30), 50% off\n(a,\nb:9.5)\n", "prompts/hero 1.prompt"
)


def found(
    text: str,
    source: Source = HERO,
    code: str = "IMP101",
    rule: str = "accidental-weight",
    severity: str = "warning",
    message: str = "",
    **more,
) -> Diagnostic:
    """Return a finding about the first `text` in `source`."""
    start = source.text.index(text)
    span = source.span(start, start + len(text))
    return Diagnostic(code, rule, severity, message or f"about {text!r}", span, **more)


def fixed(before: str, after: str, source: Source = HERO, *, safe: bool = True) -> Fix:
    """Return a fix that writes `after` for the first `before`."""
    start = source.text.index(before)
    span = source.span(start, start + len(before))
    return Fix(f"write {after!r}", (Edit(span, after),), safe)


WEIGHT = found(
    ":30",
    message='the brackets make "30" a weight of 30',
    hint="write \\:30 if it is text",
    fix=fixed(":30", "\\:30"),
)
NOTE = found("50% off", code="IMP107", rule="redundant-nesting", severity="info")
LINES = found(
    "(a,\nb:9.5)",
    code="IMP105",
    rule="weight-out-of-range",
    message="the weight 9.5 is outside of 0.3 to 1.6",
    fix=fixed(":9.5", ":1.6", safe=False),
)
ERROR = found(
    "x",
    code="IMP001",
    rule="syntax-error",
    severity="error",
    message="odd: 1, 2\n& <3",
    expected=("')'", "','"),
)
UNREADABLE = Diagnostic(
    "IMP007",
    "file-error",
    "error",
    "bad.txt is not UTF-8 text",
    Source("", "bad.txt").span(0, 0),
    hint="save the file with the encoding UTF-8",
)
ALL = (ERROR, WEIGHT, NOTE, LINES)


def run(*findings: Diagnostic, files: int = 1, **more) -> Run:
    """Return a run with these findings, else with one of each sort."""
    return Run(findings or ALL, files, **more)


CLEAN = Run((), 3)
FAILED = Run((UNREADABLE, WEIGHT), 1, failed=("bad.txt",))
ACCEPTED = Run((), 1, silenced=(Silenced(WEIGHT, "comment"), Silenced(LINES, "baseline")))
