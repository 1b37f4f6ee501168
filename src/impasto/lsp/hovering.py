"""Hover texts: what is found, named or weighed at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import ImpastoError
from impasto.lsp import describing, names
from impasto.lsp.places import thing_at
from impasto.lsp.schema import keys_at
from impasto.lsp.spots import spot_at
from impasto.lsp.weights import heard
from impasto.models.registry import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from impasto.lsp.checking import Found
    from impasto.lsp.documents import Document, Place, Range
    from impasto.lsp.places import Thing
    from impasto.lsp.projects import Project
    from impasto.lsp.spots import Spot
    from impasto.lsp.weights import Heard
    from impasto.models.card import ModelCard

_RULE = "\n\n---\n\n"


class Hover(NamedTuple):
    """A text in Markdown about a range."""

    text: str
    range: Range


def hover(
    document: Document, place: Place, project: Project, found: Sequence[Found]
) -> Hover | None:
    """Return what there is to say about a place, with the findings `found` of the document."""
    here = [f for f in found if f.range.start <= place <= f.range.end and not f.elsewhere]
    texts = list(dict.fromkeys(describing.finding(f.diagnostic) for f in here))
    thing = thing_at(document, place)
    where = thing.range
    told = _DESCRIBERS[thing.kind](thing, document, project) if thing.kind in _DESCRIBERS else ""
    if told:
        texts.insert(0, told)
    elif thing.kind in ("text", "embedding") and (spot := spot_at(document, place, project)):
        texts.insert(0, weights(spot, document, project))
        where = spot.range
    elif here:
        where = here[0].range
    return Hover(_RULE.join(texts), where) if texts else None


def weights(spot: Spot, document: Document, project: Project) -> str:
    """Return the effective weight of a spot as written and for every model that is shown."""
    targets = project.shown_targets(names.model_of(document))
    rows = "\n".join(_row(one) for one in heard(spot, targets, document.name))
    part = f", in a part of weight {_number(spot.part_weight)}" if spot.part_weight != 1 else ""
    negative = " in the negative prompt" if spot.is_negative else ""
    head = f"`{_inline(spot.text)}`{negative}: weight **{_number(spot.weight)}**{part}"
    return f"{head}\n\n| model | weight | tokens so far | |\n|---|---|---|---|\n{rows}"


def _row(heard: Heard) -> str:
    weight = "not heard" if heard.weight is None else _number(heard.weight)
    card, backend = heard.target
    name = f"{card.id}@{backend}" if backend else card.id
    return f"| {name} | {weight} | {heard.tokens} | {_cell(heard.note)} |"


def _number(weight: float) -> str:
    return f"{weight:.4g}"


def _inline(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _style(thing: Thing, document: Document, project: Project) -> str:
    found = names.style_called(thing.name, document, project)
    return describing.style(found) if found else ""


def _model(thing: Thing, _document: Document, _project: Project) -> str:
    card = _card(thing.name)
    return describing.model(card) if card else ""


def _card(name: str | None) -> ModelCard | None:
    try:
        return load_model(name) if name else None
    except ImpastoError:
        return None


def _parameter(thing: Thing, document: Document, project: Project) -> str:
    shown = project.shown_targets(names.model_of(document))
    card = shown[0].card.for_backend(shown[0].backend) if shown else None
    return describing.parameter(thing.name, card) if thing.name else ""


def _variable(thing: Thing, document: Document, _project: Project) -> str:
    declared = names.variables(document).get(thing.name)
    if declared is None and thing.name != "model":
        return ""
    return describing.variable(thing.name, declared.model if declared else None)


def _filter(thing: Thing, _document: Document, _project: Project) -> str:
    return describing.filter_(thing.name)


def _wildcard(thing: Thing, _document: Document, project: Project) -> str:
    return describing.wildcard(thing.name, project.wordlists) if thing.name else ""


def _rule(thing: Thing, _document: Document, _project: Project) -> str:
    return describing.rule(thing.name) if thing.name else ""


def _key(thing: Thing, document: Document, project: Project) -> str:
    if thing.path == ("variables",):
        return _variable(thing, document, project)
    told = keys_at(document.suffix or "", thing.path).get(thing.name)
    return f"**{thing.name}**: {told}" if told else ""


_DESCRIBERS: dict[str, Callable[[Thing, Document, Project], str]] = {
    "filter": _filter,
    "key": _key,
    "model": _model,
    "parameter": _parameter,
    "rule": _rule,
    "style": _style,
    "variable": _variable,
    "variant": _model,
    "wildcard": _wildcard,
}
