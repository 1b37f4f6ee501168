"""Where a name is defined: a style in its pack, a wildcard in its list, a variable, a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from impasto._data import data_dir
from impasto.errors import ImpastoError
from impasto.lsp import names
from impasto.lsp.documents import Document, Place, Range
from impasto.lsp.places import thing_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.lsp.places import Thing
    from impasto.lsp.projects import Project
    from impasto.source import Span

_TOP = Range(Place(0, 0), Place(0, 0))
_PACKS = "style_packs/"


class Target(NamedTuple):
    """A range of a document, maybe of one that nobody has open."""

    document: Document
    range: Range


def definitions(document: Document, place: Place, project: Project) -> list[Target]:
    """Return where the name at a place is defined; several places for a wildcard of many lists."""
    thing = thing_at(document, place)
    find = _FINDERS.get(thing.kind)
    return find(thing, document, project) if find and thing.name else []


def _style(thing: Thing, document: Document, project: Project) -> list[Target]:
    found = names.style_called(thing.name, document, project)
    return [_target(found.span, document)] if found else []


def _variable(thing: Thing, document: Document, _project: Project) -> list[Target]:
    declared = names.variables(document).get(thing.name)
    return [Target(document, declared.range)] if declared else []


def _wildcard(thing: Thing, document: Document, project: Project) -> list[Target]:
    try:
        words = project.wordlists.find(thing.name)
    except ImpastoError:
        return []
    firsts: dict[str, Target] = {}
    for word in words.lines:
        if word.span.file not in firsts:
            firsts[word.span.file] = _target(word.span, document)
    return list(firsts.values())


def _include(thing: Thing, document: Document, _project: Project) -> list[Target]:
    if document.folder is None:
        return []
    path = document.folder / thing.name
    return [Target(_unopened(path, ""), _TOP)] if path.is_file() else []


def _key(thing: Thing, document: Document, project: Project) -> list[Target]:
    return _variable(thing, document, project) if thing.path == ("variables",) else []


def _target(span: Span, document: Document) -> Target:
    """Return the target that a span in `document` or in another file is."""
    file, start, end = span.in_file()
    if file.name == document.name:
        return Target(document, Range(document.place(start), document.place(end)))
    other = _unopened(_path(file.name), file.text)
    return Target(other, Range(other.place(start), other.place(end)))


def _path(name: str) -> Path:
    """Return the file that messages call `name`."""
    if name.startswith(_PACKS) and not Path(name).is_file():
        return data_dir("style_packs") / name.removeprefix(_PACKS)
    return Path(name).absolute()


def _unopened(path: Path, text: str) -> Document:
    return Document(path.absolute().as_uri(), text)


_FINDERS: dict[str, Callable[[Thing, Document, Project], list[Target]]] = {
    "include": _include,
    "key": _key,
    "style": _style,
    "variable": _variable,
    "wildcard": _wildcard,
}
