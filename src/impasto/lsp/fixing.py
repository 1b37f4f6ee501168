"""What can be done about findings: fixes, all safe fixes at once, and comments that switch off."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.formatting.api import CANONICAL, format_edits
from impasto.lint.fix import fixed
from impasto.lint.suppress import Suppressions
from impasto.lsp.checking import LINES, Change, Checker, Found
from impasto.lsp.documents import Document, Place, Range
from impasto.lsp.places import PACKS, TEMPLATES, yaml_start
from impasto.lsp.yamlplace import yaml_place
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from impasto.diagnostics import Diagnostic
    from impasto.formatting.api import Kind
    from impasto.lint.engine import Linter
    from impasto.lsp.projects import Project


class Action(NamedTuple):
    """Something that can be done about a finding.

    `is_fix` says that it mends it, `safe` that no effective weight changes. Where `changes` is
    None, they are `ignoring(…)`, which may have to check the document to know.
    """

    title: str
    found: Found
    changes: tuple[Change, ...] | None
    is_fix: bool = True
    safe: bool = True


def actions(found: Sequence[Found], where: Range) -> Iterator[Action]:
    """Yield what can be done about the findings that touch a range of a document."""
    here = [finding for finding in found if _touch(finding.range, where)]
    for finding in here:
        fix = finding.diagnostic.fix
        if fix and finding.changes:
            kind = "" if fix.safe else " (unsafe: may change what the prompt means)"
            yield Action(f"{_upper(fix.title)}{kind}", finding, finding.changes, safe=fix.safe)
    lines = {(f.diagnostic.code, f.range.start.line): f for f in reversed(here) if not f.elsewhere}
    for finding in reversed(lines.values()):
        title = f"Ignore {finding.diagnostic.code} ({finding.diagnostic.rule}) here"
        yield Action(title, finding, None, is_fix=False)


def _touch(first: Range, second: Range) -> bool:
    return first.start <= second.end and second.start <= first.end


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def has_safe_fix(found: Sequence[Found]) -> bool:
    """Whether a finding has a fix that changes no effective weight."""
    return any(map(_is_safe, found))


def _is_safe(finding: Found) -> bool:
    fix = finding.diagnostic.fix
    return fix is not None and fix.safe and bool(finding.changes)


def fix_all(document: Document, found: Sequence[Found], project: Project) -> tuple[Change, ...]:
    """Return the changes that apply all safe fixes, as `impasto lint --fix` does.

    `found` is what was found in the document. Where lines are prompts each is mended alone.
    """
    if document.suffix != LINES:
        check = _checks(document, project.linter, document.suffix or "")
        return changes_between(document.text, fixed(document.text, check)[0])
    check = _checks(document, project.linter, "")
    lines = dict.fromkeys(f.range.start.line for f in found if _is_safe(f))
    hushed = Suppressions(Source(document.text, document.name))
    return tuple(
        change for at in lines for change in _line_fixed(document.lines[at], at, check, hushed)
    )


def _checks(document: Document, linter: Linter, suffix: str) -> Callable[[str], list[Diagnostic]]:
    def check(text: str) -> list[Diagnostic]:
        return list(linter.check(text, document.name, suffix, document.folder).findings)

    return check


def _line_fixed(
    line: str, at: int, check: Callable[[str], list[Diagnostic]], hushed: Suppressions
) -> Iterator[Change]:
    def shown(text: str) -> list[Diagnostic]:
        return [finding for finding in check(text) if not hushed.hides(finding, at + 1)]

    after, _ = fixed(line, shown)
    if after != line:
        yield Change(Range(Place(at, 0), Place(at, len(line))), after)


_FORMATS: Final[dict[str, Kind]] = {
    LINES: "lines",
    **dict.fromkeys(TEMPLATES, "template"),
    **dict.fromkeys(PACKS, "pack"),
}


def formatting(document: Document, project: Project) -> tuple[Change, ...]:
    """Return the changes that give a document its canonical layout.

    Raises:
        SourceError: it is too broken to be laid out.
    """
    kind = _FORMATS.get(project.kind_of(document) or "")
    if kind is None:
        return ()
    dialect = project.settings.dialect_of(document.name) if kind == "lines" else CANONICAL
    edits = format_edits(document.text, kind, dialect=dialect, name=document.name)
    return tuple(
        Change(Range(document.place(e.span.start), document.place(e.span.end)), e.text)
        for e in edits
    )


def changes_between(before: str, after: str) -> tuple[Change, ...]:
    """Return changes of whole lines that make `after` of `before`.

    Lines at both ends that stay are not touched; between them every line that differs is one
    change where their number stays, else all are one.
    """
    old, new = before.split("\n"), after.split("\n")
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    if len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return tuple(_line(at, was, now) for at, (was, now) in pairs if was != now)
    first, last = head, len(old) - tail
    start, end = _edge(old, first), _edge(old, last)
    text = "".join(f"{line}\n" for line in new[head : len(new) - tail])
    if last == len(old):  # there is no line end behind the last line to keep
        text = ("\n" if first == len(old) else "") + text.removesuffix("\n")
        if first and not new[head : len(new) - tail]:
            start = Place(first - 1, len(old[first - 1]))
    return (Change(Range(start, end), text),)


def _line(at: int, was: str, now: str) -> Change:
    return Change(Range(Place(at, 0), Place(at, len(was))), now)


def _edge(lines: list[str], at: int) -> Place:
    return Place(at, 0) if at < len(lines) else Place(at - 1, len(lines[-1]))


def ignoring(
    document: Document, finding: Found, found: Sequence[Found], project: Project
) -> tuple[Change, ...]:
    """Return the change that puts in a comment which switches a finding off.

    `found` is everything that was found in the document. Where several places may take a comment
    the document is checked with it; nothing is returned where none helps.
    """
    candidates = _comments(document, finding.range.start.line, finding.diagnostic.code)
    if document.suffix == LINES:
        return (candidates[0],)
    before = Counter(map(_key, found))
    for change in candidates:
        copy = document.snapshot()
        copy.change(change.text, change.range)
        after = Counter(map(_key, Checker().check(copy, project)))
        if after[_key(finding)] < before[_key(finding)] and not after - before:
            return (change,)
    return ()


def _comments(document: Document, line: int, code: str) -> list[Change]:
    """Return the places where a comment may stand, the most usual one first."""
    text = document.lines[line]
    indent = text[: len(text) - len(text.lstrip())]
    note, tag = f"# impasto: ignore[{code}]", f"{{# impasto: ignore[{code}] #}}"
    first = yaml_start(document, line)
    above = Place(line, 0)
    if first is None:
        written = note if document.suffix == LINES else tag
        return [_insert(above, f"{indent}{written}\n")]
    head = "\n".join(document.lines[first : line + 1])
    is_comment = yaml_place(f"{head}  # ") is None
    behind = _insert(Place(line, len(text)), f"  {note}" if is_comment else f" {tag}")
    return [behind, _insert(above, f"{indent}{note}\n")]


def _insert(place: Place, text: str) -> Change:
    return Change(Range(place, place), text)


def _key(finding: Found) -> tuple[str, str]:
    return finding.diagnostic.code, finding.diagnostic.message
