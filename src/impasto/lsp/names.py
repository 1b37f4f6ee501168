"""What the names in a document refer to: its variables, its model, its styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from impasto import yamlsource
from impasto.errors import ImpastoError
from impasto.lsp.documents import Place, Range
from impasto.lsp.places import PACKS, front_end
from impasto.source import Source
from impasto.styles.library import Pack
from impasto.templates.promptfile import VariableModel

if TYPE_CHECKING:
    from impasto.lsp.documents import Document
    from impasto.lsp.projects import Project
    from impasto.styles.library import Library, Style
    from impasto.yamlsource import Document as Yaml


def front_matter(document: Document) -> Yaml | None:
    """Return the front matter of a template as YAML, None where it has none or it is broken."""
    end = front_end(document)
    if end is None:
        return None
    source = Source(document.text, document.name)
    lines = document.lines
    start = len(lines[0]) + 1
    head = "\n".join(lines[1:end])
    try:
        return yamlsource.load(Source(head, parent=source, anchors=((0, start),)))
    except ImpastoError:
        return None


class Variable(NamedTuple):
    """A variable of the front matter: where its name stands, and what it accepts."""

    name: str
    range: Range
    model: VariableModel


def variables(document: Document) -> dict[str, Variable]:
    """Return the variables that the front matter declares; of broken ones what can be known."""
    front = front_matter(document)
    declared = front.data.get("variables") if front and isinstance(front.data, dict) else None
    if front is None or not isinstance(declared, dict):
        return {}
    return {
        name: Variable(name, _range(document, front, ("variables", name)), _variable(told))
        for name, told in declared.items()
    }


def _variable(told: object) -> VariableModel:
    try:
        return msgspec.convert(told or {}, VariableModel)
    except msgspec.ValidationError:
        return VariableModel()


def _range(document: Document, front: Yaml, path: tuple[str, ...]) -> Range:
    _, start, end = front.key_span(path).in_file()
    return Range(document.place(start), document.place(end))


def model_of(document: Document) -> str | None:
    """Return the model that the front matter names."""
    front = front_matter(document)
    named = front.data.get("model") if front and isinstance(front.data, dict) else None
    return named if isinstance(named, str) else None


def library_of(document: Document, project: Project) -> Library:
    """Return where the document's styles are looked up; a pack knows its own ones first."""
    pack = pack_of(document)
    return project.library.with_pack(pack) if pack else project.library


def pack_of(document: Document) -> Pack | None:
    """Return the style pack that a document is, None where it is none or a broken one."""
    if document.suffix not in PACKS:
        return None
    try:
        return Pack(yamlsource.load(Source(document.text, document.name)))
    except ImpastoError:
        return None


def style_called(name: str, document: Document, project: Project) -> Style | None:
    """Return the style that a document means by a name, or None."""
    pack = pack_of(document)
    library = project.library.with_pack(pack) if pack else project.library
    try:
        return library.find(name, pack)[0]
    except ImpastoError:
        return None


def line_range(line: int, length: int) -> Range:
    """Return the range of a whole line."""
    return Range(Place(line, 0), Place(line, length))
