"""What rules are given: a place to report to, and what stands around the thing they look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from impasto.diagnostics import Severity
    from impasto.errors import SourceError
    from impasto.lint.engine import Linter
    from impasto.lint.rule import Rule
    from impasto.syntax.nodes import Node, Part
    from impasto.syntax.prompt import Prompt


class Check:
    """One document under check.

    While nodes are visited `prompt` is theirs, `parent` the node around and `weight` the product
    of the weights around. `home` says for a place in a style's file where this document brings
    the style in. `quotes` are ranges of the document that stand in YAML quotes, for fixes.
    """

    __slots__ = (
        "findings",
        "folder",
        "home",
        "linter",
        "parent",
        "prompt",
        "proposed",
        "quotes",
        "source",
        "stops",
        "weight",
    )

    def __init__(self, source: Source, linter: Linter, folder: Path | None = None) -> None:
        self.source = source
        self.linter = linter
        self.folder = folder
        self.findings: list[Diagnostic] = []
        self.stops: list[Diagnostic] = []
        self.proposed: list[int] = []
        self.home: Callable[[Span], Span | None] = _nowhere
        self.quotes: list[tuple[int, int, str]] = []
        self.prompt: Prompt | None = None
        self.parent: Node | Part | None = None
        self.weight = 1.0

    def report(
        self,
        rule: Rule,
        where: Node | Part | Span,
        message: str,
        *,
        hint: str = "",
        title: str = "",
        edits: Iterable[Edit] = (),
        severity: Severity | None = None,
    ) -> None:
        """Report a finding of `rule`; `edits` are a safe fix, which `title` names."""
        span = where if isinstance(where, Span) else self._prompt.span(where)
        fix = Fix(title, tuple(edits)) if title else None
        if fix and not rule.changes_weights and self.prompt is not None:
            self.proposed.append(len(self.findings))
        self.add(
            Diagnostic(
                rule.code, rule.name, severity or rule.severity, message, span, (), hint, fix
            )
        )

    def show(self, kind: str, view: object) -> None:
        """Show a view to the rules that want such a one."""
        self.linter.show(kind, view, self)

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Return the edit that replaces [start, end) of the prompt."""
        return Edit(self._prompt.source.span(start, end), text)

    @property
    def _prompt(self) -> Prompt:
        assert self.prompt is not None, "nodes are visited in a prompt"
        return self.prompt

    def add(self, finding: Diagnostic) -> None:
        """Take a finding of whoever made it; one from a style's file moves to where it is used."""
        span = finding.span
        if span is None:
            finding = _with(finding, self.source.span(0, 0), finding.hint)
        elif (home := self.home(span)) is not None:
            place = f"it is written at {span}"
            hint = f"{finding.hint}; {place}" if finding.hint else place
            finding = _with(finding, home, hint)
        self.findings.append(finding)

    def stop(self, error: SourceError) -> None:
        """Take an error after which this document cannot be checked any further."""
        found = error.diagnostic
        if found.span is None:
            found = _with(found, self.source.span(0, 0), found.hint)
        self.stops.append(found)

    def note_scalar(self, scalar: Source) -> None:
        """Remember that `scalar` stands in the document as YAML text, maybe in quotes."""
        start = scalar.locate(0)[1]
        quote = self.source.text[start - 1 : start]
        if quote in ("'", '"'):
            self.quotes.append((start, scalar.locate(len(scalar.text))[1], quote))


def _nowhere(_span: Span) -> Span | None:
    """Return None: every place stays where it is."""
    return None


def _with(finding: Diagnostic, span: Span, hint: str) -> Diagnostic:
    return Diagnostic(
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        span,
        finding.expected,
        hint,
        finding.fix,
        finding.parameter,
    )
