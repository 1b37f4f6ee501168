"""What may stand at a place: names with what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.lint.registry import entries
from impasto.lsp import describing, names
from impasto.lsp.places import thing_at
from impasto.lsp.schema import VARIABLE_TYPES, keys_at
from impasto.models.card import CANONICAL
from impasto.models.parameters import ALIASES
from impasto.models.registry import all_models
from impasto.templates.filters import FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from impasto.lsp.documents import Document, Place, Range
    from impasto.lsp.places import Thing
    from impasto.lsp.projects import Project

_SIZES = ("size", "resolution")
_WRITINGS = ("tags", "prose", "phrases")
_REFERENCES = ("lora", "lyco", "hypernet", "embedding")
_MODEL_PARTS = {"id": "its name", "family": "its family", "writing": "tags, prose or phrases"}


class Completion(NamedTuple):
    """A name that may stand in a range. `kind` says what it names, `detail` in few words more.

    `help` is Markdown; `text` is what is written, the name itself if empty.
    """

    name: str
    kind: str
    range: Range
    detail: str = ""
    help: str = ""
    text: str = ""


def complete(document: Document, place: Place, project: Project) -> list[Completion]:
    """Return what may stand at a place of the document."""
    thing = thing_at(document, place)
    offer = _OFFERS.get(thing.kind)
    return list(offer(thing, document, project)) if offer else []


def _styles(thing: Thing, document: Document, project: Project) -> Iterator[Completion]:
    for pack in names.library_of(document, project).packs():
        for style in pack.styles.values():
            detail = style.model.title or style.model.description
            yield Completion(style.name, "style", thing.range, detail, describing.style(style))


def _models(thing: Thing, _document: Document, _project: Project) -> Iterator[Completion]:
    for card in all_models():
        yield Completion(card.id, "model", thing.range, card.title, describing.model(card))


def _ended(document: Document, thing: Thing, name: str, end: str) -> str:
    """Return a name and what comes behind it, where that is not there yet."""
    line = document.lines[thing.range.end.line]
    return name if line[thing.range.end.column :].startswith(end.strip()) else f"{name}{end}"


def _parameters(thing: Thing, document: Document, project: Project) -> Iterator[Completion]:
    shown = project.shown_targets(names.model_of(document))
    card = shown[0].card.for_backend(shown[0].backend) if shown else None
    for name in (*CANONICAL, *_SIZES):
        told = describing.parameter(name, card)
        yield Completion(
            name, "parameter", thing.range, "", told, _ended(document, thing, name, ": ")
        )
    for alias, name in ALIASES.items():
        yield Completion(
            alias, "parameter", thing.range, name, "", _ended(document, thing, alias, ": ")
        )


def _variants(thing: Thing, document: Document, _project: Project) -> Iterator[Completion]:
    cards = all_models()
    for name in _WRITINGS:
        yield Completion(
            name,
            "variant",
            thing.range,
            f"models that want {name}",
            "",
            _ended(document, thing, name, ": "),
        )
    for family in dict.fromkeys(card.family for card in cards):
        yield Completion(
            family,
            "variant",
            thing.range,
            "a family of models",
            "",
            _ended(document, thing, family, ": "),
        )
    for card in cards:
        yield Completion(
            card.id, "model", thing.range, card.title, "", _ended(document, thing, card.id, ": ")
        )


def _types(thing: Thing, _document: Document, _project: Project) -> Iterator[Completion]:
    for name in VARIABLE_TYPES:
        yield Completion(name, "type", thing.range)


def _keys(thing: Thing, document: Document, _project: Project) -> Iterator[Completion]:
    for name, told in keys_at(document.suffix or "", thing.path).items():
        yield Completion(name, "key", thing.range, told, "", _ended(document, thing, name, ": "))


def _variables(thing: Thing, document: Document, _project: Project) -> Iterator[Completion]:
    for name, declared in names.variables(document).items():
        told = describing.variable(name, declared.model)
        yield Completion(name, "variable", thing.range, declared.model.type, told)
    yield Completion("model", "variable", thing.range, "", describing.variable("model", None))


def _filters(thing: Thing, _document: Document, _project: Project) -> Iterator[Completion]:
    for name in sorted(FILTERS):
        yield Completion(name, "filter", thing.range, "", describing.filter_(name))


def _attributes(thing: Thing, _document: Document, _project: Project) -> Iterator[Completion]:
    if thing.path == ("model",):
        for name, detail in _MODEL_PARTS.items():
            yield Completion(name, "attribute", thing.range, detail)


def _wildcards(thing: Thing, document: Document, project: Project) -> Iterator[Completion]:
    lists = project.wordlists
    for name in lists.names:
        yield Completion(name, "wildcard", thing.range, "", "", _ended(document, thing, name, "__"))


def _references(thing: Thing, document: Document, _project: Project) -> Iterator[Completion]:
    for name in _REFERENCES:
        yield Completion(name, "reference", thing.range, "", "", _ended(document, thing, name, ":"))


def _rules(thing: Thing, _document: Document, _project: Project) -> Iterator[Completion]:
    for entry in entries():
        yield Completion(entry.code, "rule", thing.range, entry.name)


def _includes(thing: Thing, document: Document, _project: Project) -> Iterator[Completion]:
    folder = document.folder
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_file() and path != document.path and not path.name.startswith("."):
            yield Completion(path.name, "file", thing.range)


_OFFERS: dict[str, Callable[[Thing, Document, Project], Iterator[Completion]]] = {
    "attribute": _attributes,
    "embedding": _references,
    "filter": _filters,
    "include": _includes,
    "key": _keys,
    "model": _models,
    "parameter": _parameters,
    "rule": _rules,
    "style": _styles,
    "type": _types,
    "variable": _variables,
    "variant": _variants,
    "wildcard": _wildcards,
}
