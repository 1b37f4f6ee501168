"""From everything that was found in a document to what is shown: selected, placed, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.lint.fix import Quotes, located
from impasto.lint.registry import LIST, entries, matches, nearby
from impasto.lint.settings import CANONICAL
from impasto.lint.suppress import Suppressions
from impasto.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.diagnostics import Severity
    from impasto.lint.check import Check
    from impasto.lint.suppress import Comment, Switch
    from impasto.source import Source

UNUSED: Final = ("IMP890", "unused-ignore")
_ORDER: Final = {"error": 0, "warning": 1, "info": 2}
_READERS: Final = "IMP5"


def finished(check: Check) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Return what is to be shown, in the order of the text, and what comments switch off."""
    if not (check.findings or check.stops or check.has_comments):
        return (), ()
    return _Finishing(check).run()


class _Finishing:
    """The findings of one document on their way out."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.settings = check.linter.settings
        self.off = self.settings.ignored_in(check.source.name)
        self.quotes = Quotes(check.quotes)
        self.comments: dict[str, Suppressions] = {}
        self.chosen: dict[tuple[object, ...], Diagnostic] = {}
        self.silenced: dict[tuple[object, ...], Diagnostic] = {}

    def run(self) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
        """Return what is to be shown and what is not."""
        check = self.check
        for finding in check.findings:
            self._take(finding)
        for stop in check.stops:
            span = Span(*stop.span.in_file()) if stop.span else None
            self.chosen[(stop.code, stop.message)] = self._ready(stop, span)
        if not check.stops and check.has_comments:
            for finding in self._unused():
                self._take(finding)
        return _sorted(self.chosen), _sorted(self.silenced)

    def _take(self, finding: Diagnostic) -> None:
        """Choose a finding unless somebody has switched it off."""
        if finding.code in self.check.linter.hidden or finding.span is None:
            return
        if any(matches(off, finding.code, finding.rule) for off in self.off):
            return
        file, start, end = finding.span.in_file()
        key = (finding.code, file.name, start, end, finding.message)
        if key not in self.chosen and key not in self.silenced:
            where = self.silenced if self._is_hushed(finding, file, start) else self.chosen
            where[key] = self._ready(finding, Span(file, start, end))

    def _is_hushed(self, finding: Diagnostic, file: Source, start: int) -> bool:
        if not self.check.has_comments and file is self.check.source:
            return False
        found = self._comments_of(file)
        return bool(found.comments) and found.hides(finding, file.position(start)[0])

    def _comments_of(self, file: Source) -> Suppressions:
        if file.name not in self.comments:
            self.comments[file.name] = Suppressions(file)
        return self.comments[file.name]

    def _ready(self, finding: Diagnostic, span: Span | None) -> Diagnostic:
        """Return the finding at its place in the file, its severity as set, its fix there, too."""
        severity = finding.severity
        for selector, wanted in self.settings.severity:
            if matches(selector, finding.code, finding.rule):
                severity = wanted
        fix = located(finding.fix, self.quotes) if finding.fix and self.check.can_fix else None
        return _with(finding, severity, fix, span)

    def _unused(self) -> Iterator[Diagnostic]:
        """Yield a finding for every comment that switches off what is not there."""
        if UNUSED[0] in self.check.linter.hidden:
            return
        for comment, idle in self._comments_of(self.check.source).unused():
            known = [switch for switch in idle if self._is_on(switch.selector)]
            spared = any(matches(s.selector, *UNUSED) and s.selector for s in comment.switches)
            if (known or not comment.switches) and not spared:
                yield self._about(comment, known)

    def _is_on(self, selector: str) -> bool:
        """Whether a rule that the selector names was asked at all, or nobody knows such a rule."""
        linter = self.check.linter
        fitting = [e for e in entries() if matches(selector, e.code, e.name)]
        if not fitting:
            return not linter.has_plugins
        on = [e for e in fitting if not (e.opt_in and e.code in linter.hidden)]
        if not selector:
            return not linter.hidden.intersection(e.code for e in on)
        return bool(on) and all(self._was_asked(entry.code) for entry in on)

    def _was_asked(self, code: str) -> bool:
        foreign = self.check.dialect != CANONICAL
        return self.check.linter.asks(code) and (foreign or not code.startswith(_READERS))

    def _about(self, comment: Comment, idle: list[Switch]) -> Diagnostic:
        source = self.check.source
        left = [s for s in comment.switches if s not in idle]
        if left:
            first, last = comment.switches[0], comment.switches[-1]
            edit = Edit(source.span(first.start, last.end), ", ".join(s.selector for s in left))
        else:
            edit = Edit(source.span(comment.start, comment.end), "")
        names = ", ".join(switch.selector for switch in idle if switch.selector)
        what = f"{names} is not found here" if names else "nothing is found here"
        shown = idle or comment.switches
        span = source.span(shown[0].start, shown[-1].end) if shown else edit.span
        fix = Fix("remove what switches nothing off", (edit,))
        message = f"{what}, so there is nothing to ignore"
        return Diagnostic(*UNUSED, "warning", message, span, hint=_nearest(idle), fix=fix)


def _nearest(idle: list[Switch]) -> str:
    """Return the rule that was meant, where a selector names none."""
    from impasto.diagnostics import did_you_mean  # noqa: PLC0415 - only findings need it

    for switch in idle:
        selector = switch.selector
        if not any(matches(selector, e.code, e.name) for e in entries()):
            return did_you_mean(selector, nearby(selector, entries())) or LIST
    return ""


def _with(
    finding: Diagnostic, severity: Severity, fix: Fix | None, span: Span | None
) -> Diagnostic:
    """Return a finding with another severity and fix, its place seen from the file."""
    return Diagnostic(
        finding.code,
        finding.rule,
        severity,
        finding.message,
        span,
        finding.expected,
        finding.hint,
        fix,
        finding.parameter,
    )


def _sorted(found: dict[tuple[object, ...], Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(found.values(), key=_place) if len(found) > 1 else found.values())


def _place(finding: Diagnostic) -> tuple[object, ...]:
    assert finding.span is not None
    file, start, end = finding.span.in_file()
    return (file.name, start, end, _ORDER[finding.severity], finding.code)
