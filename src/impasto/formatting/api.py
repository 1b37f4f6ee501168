"""`format`: a text in the canonical layout of its kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, get_args

from impasto.diagnostics import Edit
from impasto.errors import UnknownNameError
from impasto.formatting.changes import Change, apply, moved
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["prompt", "lines", "template", "pack"]
"""What a text is: one prompt, a file with a prompt in each line, a template with or without
front matter, a style pack."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
CANONICAL: Final = "impasto"
_LINE_END = re.compile(r"\r\n")


def format(  # noqa: A001 - the field's word
    text: str, kind: Kind = "prompt", *, dialect: str = CANONICAL, name: str = "prompt"
) -> str:
    """Return `text` in the canonical layout; it means the same.

    Line ends and a byte order mark stay as they are. `name` is what messages call the text. A
    prompt in another `dialect` means the same to the backends that read that one.

    Raises:
        SourceError: it cannot be read (PromptSyntaxError, TemplateError, FileError), with place.
        UnknownNameError: the kind or the dialect is unknown.
    """
    edits = format_edits(text, kind, dialect=dialect, name=name)
    return apply(text, (Change(edit.span.start, edit.span.end, edit.text) for edit in edits))


def format_edits(
    text: str, kind: Kind = "prompt", *, dialect: str = CANONICAL, name: str = "prompt"
) -> list[Edit]:
    """Return what `format` would change, in order, as small edits of `text`.

    Raises:
        SourceError, UnknownNameError: as `format`.
    """
    source = Source(text, name)
    plain = _plain(source, lone=kind in ("template", "pack"))
    changes = _with_line_ends(_changes(plain, kind, dialect), text)
    return [Edit(source.span(start, end), new) for start, end, new in changes]


def _changes(source: Source, kind: Kind, dialect: str) -> Iterable[Change]:
    """Return the changes of a text with LF line ends and without a byte order mark."""
    if dialect != CANONICAL:
        from impasto.formatting import foreign  # noqa: PLC0415 - most prompts are canonical

        return foreign.changes(source, kind, dialect)
    if kind == "pack":
        from impasto.formatting import yamlfiles  # noqa: PLC0415 - prompts need no YAML

        return yamlfiles.pack_changes(source)
    if kind == "template":
        from impasto.formatting import promptfiles  # noqa: PLC0415 - nor templates

        return promptfiles.file_changes(source)
    from impasto.formatting import prompts  # noqa: PLC0415

    if kind == "prompt":
        return prompts.prompt_changes(source)
    if kind == "lines":
        return prompts.file_changes(source, prompts.line_changes)
    raise UnknownNameError("kind of text", kind, KINDS)


def _plain(source: Source, *, lone: bool) -> Source:
    """Return the text as it is read: without a byte order mark, its lines ending in LF.

    Jinja and YAML read a `lone` CR as a line end, too; in a prompt it is a character.
    """
    text = source.text
    start = len(text) - len(text.removeprefix("\ufeff"))
    pieces: list[str] = []
    anchors = [(0, start)]
    at, length = start, 0
    for end in _LINE_END.finditer(text):
        pieces.append(text[at : end.start()])
        length += end.start() - at
        at = end.start() + 1
        anchors.append((length, at))
    found = "".join([*pieces, text[at:]])
    found = found.replace("\r", "\n") if lone else found
    return Source(found, parent=source, anchors=tuple(anchors))


def _with_line_ends(changes: Iterable[Change], text: str) -> Iterator[Change]:
    """Yield `changes` as those of the text as it is, with the line ends that it has."""
    if "\r\n" not in text:
        yield from moved(changes, int(text.startswith("\ufeff")))
        return
    ends = (found.start() for found in _LINE_END.finditer(text))
    places = _Places(ends, int(text.startswith("\ufeff")))
    for start, end, new in changes:
        yield Change(places.of(start), places.of(end), new.replace("\n", "\r\n"))


class _Places:
    """Offsets of a text whose line ends count one, asked in order, where they count two."""

    def __init__(self, ends: Iterator[int], shift: int) -> None:
        self._ends = ends
        self._shift = shift
        self._next = next(ends, None)

    def of(self, offset: int) -> int:
        """Return the offset where every line end before it counts two."""
        while self._next is not None and self._next < offset + self._shift:
            self._shift += 1
            self._next = next(self._ends, None)
        return offset + self._shift
