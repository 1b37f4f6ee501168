"""What the linter finds in an open document, remembered line by line where lines are prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from impasto.diagnostics import Diagnostic, Edit
from impasto.errors import ImpastoError, SourceError
from impasto.lint.check import Check
from impasto.lint.finish import UNUSED, finished
from impasto.lsp.documents import Place, Range
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.lint.engine import Checked, Linter
    from impasto.lsp.documents import Document
    from impasto.lsp.projects import Project
    from impasto.source import Span

SLICE = 50
"""How many prompts are checked before somebody else may have a turn."""

LINES = ".txt"
"""The suffix of files with one prompt in each line."""
_WIDTH_OF_NOTHING = 1


class Change(NamedTuple):
    """The text that a fix puts in the place of a range."""

    range: Range
    text: str


class Found(NamedTuple):
    """A finding and where it stands in the document.

    `elsewhere` is its place in another file, which the document reads in; it then stands at the
    top of the document.
    """

    diagnostic: Diagnostic
    range: Range
    elsewhere: Span | None = None
    base: int = 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the fix changes in the document; nothing where there is no fix."""
        fix = self.diagnostic.fix
        if fix is None or self.elsewhere:
            return ()
        return tuple(Change(_range(edit.span, self.base), edit.text) for edit in fix.edits)


class Checker:
    """Checks one document again and again, as it changes.

    Of a file with one prompt in each line only lines with a new text are checked; `checked`
    counts the prompts that were, the others came from memory.
    """

    def __init__(self) -> None:
        self.checked = 0
        self._rules: object = None
        self._lines: dict[str, tuple[Diagnostic, ...]] = {}

    def steps(self, document: Document, project: Project) -> Iterator[list[Found]]:
        """Check a document; yield what is known after every slice of work, at last everything."""
        if project.rules != self._rules:
            self._lines.clear()
            self._rules = project.rules
        kind = project.kind_of(document)
        if kind == LINES:
            yield from self._line_by_line(document, project.linter)
        elif kind is None:
            yield []
        else:
            yield self._whole(document, project.linter, kind)

    def check(self, document: Document, project: Project) -> list[Found]:
        """Check a document and return everything that was found."""
        *_, found = self.steps(document, project)
        return found

    def _whole(self, document: Document, linter: Linter, kind: str) -> list[Found]:
        self.checked += 1
        checked = _checked(linter, document.text, document, kind)
        return [_found(finding, document.name) for finding in checked]

    def _line_by_line(self, document: Document, linter: Linter) -> Iterator[list[Found]]:
        lines = list(enumerate(document.lines))
        wanted = {line for _, line in lines if line.strip() and not line.startswith("# ")}
        self._lines = {line: known for line, known in self._lines.items() if line in wanted}
        done = 0
        for at, line in lines:
            if line not in wanted or line in self._lines:
                continue
            if done and done % SLICE == 0:
                yield self._assembled(document, lines[:at], linter)
            checked = _checked(linter, line, document, "")
            self._lines[line] = tuple(one for one in checked if one.code != UNUSED[0])
            done += 1
            self.checked += 1
        yield self._assembled(document, lines, linter)

    def _assembled(
        self, document: Document, lines: list[tuple[int, str]], linter: Linter
    ) -> list[Found]:
        """Return the findings of lines, those about comments added, those they hide left out."""
        known = self._lines
        found = [(one, at) for at, line in lines for one in known.get(line, ())]
        if "impasto:" not in document.text:
            return [_found(one, document.name, at) for one, at in found]
        check = Check(Source(document.text, document.name), linter, document.folder)
        check.dialect = linter.settings.dialect_of(document.name)
        check.findings += [_moved(one, check.source, at) for one, at in found]
        return [_found(one, document.name) for one in finished(check)[0]]


def _moved(finding: Diagnostic, source: Source, line: int) -> Diagnostic:
    """Return a finding in a line that was checked alone with its places in the whole text."""
    start = source.line_starts[line]

    def span(here: Span) -> Span:
        _, first, last = here.in_file()
        return source.span(start + first, start + last)

    fix = finding.fix
    if fix is not None:
        fix = replace(fix, edits=tuple(Edit(span(edit.span), edit.text) for edit in fix.edits))
    return replace(finding, span=span(finding.span) if finding.span else None, fix=fix)


def _checked(linter: Linter, text: str, document: Document, suffix: str) -> tuple[Diagnostic, ...]:
    """Return the findings in a text; what keeps it from being checked is one, too."""
    try:
        checked: Checked = linter.check(text, document.name, suffix, document.folder)
    except SourceError as error:
        return (_problem(error.diagnostic),)
    except ImpastoError as error:
        return (Diagnostic("IMP007", "file-error", "error", str(error)),)
    return checked.findings


def _problem(found: Diagnostic) -> Diagnostic:
    place = f"{found.span}: " if found.span else ""
    return Diagnostic(
        found.code, found.rule, "error", f"{place}{found.message}", None, (), found.hint
    )


def trouble(error: ImpastoError) -> Found:
    """Return the finding that a document cannot be checked, with settings that are broken."""
    if isinstance(error, SourceError):
        return Found(_problem(error.diagnostic), _TOP)
    return Found(Diagnostic("IMP007", "file-error", "error", str(error)), _TOP)


_TOP = Range(Place(0, 0), Place(0, _WIDTH_OF_NOTHING))


def _found(finding: Diagnostic, name: str, base: int = 0) -> Found:
    span = finding.span
    if span is None:
        return Found(finding, _TOP, base=base)
    if span.file != name:
        return Found(finding, _TOP, span)
    return Found(finding, _range(span, base), base=base)


def _range(span: Span, base: int) -> Range:
    file, start, end = span.in_file()
    return Range(_place(file, start, base), _place(file, end, base))


def _place(file: Source, offset: int, base: int) -> Place:
    line, column = file.position(offset)
    return Place(line - 1 + base, column - 1)
