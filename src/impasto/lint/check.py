"""What rules are given: a place to report to, and what stands around the thing they look at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.errors import SourceError
from impasto.lint.settings import CANONICAL
from impasto.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from impasto.diagnostics import Severity
    from impasto.lint.engine import Linter
    from impasto.lint.rule import Rule
    from impasto.syntax.nodes import Node, Part
    from impasto.syntax.prompt import Prompt

CRASH: Final = ("IMP008", "internal-error")


class Check:
    """One document under check.

    While nodes are visited `prompt` is theirs, `parent` the node around and `weight` the product
    of the weights around. `home` says for a place in a style's file where this document brings
    the style in. `quotes` are ranges of the document that are quoted, and how, for fixes.
    `dialect` is what the prompts of the document are written in, `negative` says that the prompt
    in hand says what should not be there. `crashes` are rules that failed. Without `can_fix`
    no fix is offered.
    """

    __slots__ = (
        "can_fix",
        "crashes",
        "dialect",
        "findings",
        "folder",
        "has_comments",
        "home",
        "linter",
        "negative",
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
        self.dialect = CANONICAL
        self.negative = False
        self.can_fix = True
        self.has_comments = "impasto:" in source.text
        self.crashes: list[Diagnostic] = []
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
        safe: bool = True,
    ) -> None:
        """Report a finding of `rule`; `edits` are a fix, which `title` names.

        A fix that may not be what the author wants is not `safe`.
        """
        span = where if isinstance(where, Span) else self._prompt.span(where)
        fix = Fix(title, tuple(edits), safe) if title else None
        if fix and safe and not rule.changes_weights and self.prompt is not None:
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

    def call(self, handler: Callable[[Any, Check], None], thing: object) -> None:
        """Show a thing to a rule; one that fails does not stop the others."""
        try:
            handler(thing, self)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            self.failed(handler, error)

    def failed(self, handler: object, error: Exception) -> None:
        """Take the failure of a rule; what has a place in the document stops its check.

        Raises:
            SourceError: that was the failure.
        """
        if isinstance(error, SourceError):
            raise error
        rule = getattr(handler, "__self__", None)
        name = f"the rule {rule.code} {rule.name}" if rule is not None else "a rule"
        self.crash(name, error)

    def crash(self, what: str, error: Exception) -> None:
        """Take a failure of `what`; the document counts as one that could not be checked.

        Raises:
            Exception: the failure itself, where IMPASTO_DEBUG is set.
        """
        if os.environ.get("IMPASTO_DEBUG"):
            raise error
        message = f"{what} failed: {type(error).__name__}: {error}{_place(error)}"
        span = self.source.span(0, 0)
        hint = "this is a mistake in impasto or in a plug-in, not in your prompt; please report it"
        self.crashes.append(Diagnostic(*CRASH, "error", message, span, hint=hint))

    def note_scalar(self, scalar: Source) -> None:
        """Remember that `scalar` stands in the document as YAML text, maybe in quotes."""
        start = scalar.locate(0)[1]
        quote = self.source.text[start - 1 : start]
        if quote in ("'", '"'):
            self.quotes.append((start, scalar.locate(len(scalar.text))[1], f"yaml {quote}"))


def _place(error: Exception) -> str:
    """Return " (file.py:12)", where an error was raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return ""
    return f" ({os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno})"  # noqa: PTH119


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
