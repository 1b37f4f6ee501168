"""Cards in YAML: the form in which people write them, read with the place of every mistake.

A card may begin as another one: `like: sdxl` takes over all that the card does not say itself,
except for names (id, aliases, served_as) and what the guide says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from impasto.diagnostics import did_you_mean
from impasto.models.card import ModelCard, merge, merged
from impasto.yamlsource import load_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Known = Callable[[str], "dict[str, Any] | None"]

    from impasto.errors import FileError
    from impasto.yamlsource import Document

_NAMES = frozenset(("id", "aliases", "served_as", "guide", "origin"))
_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


def read_document(path: Path) -> Document:
    """Return the file of cards at `path` as it is written.

    Raises:
        FileError: it is no list or no YAML.
    """
    document = load_file(path, path.name)
    if not isinstance(document.data, list):
        raise document.error("a file of model cards is a list", hint="start each card with '- id:'")
    return document


def _nobody(_name: str) -> None:
    return None


def plain_cards(document: Document, known: Known = _nobody) -> list[dict[str, Any]]:
    """Return the plain data of the cards in a document, with what they take over from others.

    Those are earlier cards of the document and those that `known` finds by name; a card with the
    id of one of these changes it.

    Raises:
        FileError: with the file, the line and the key of what is wrong.
    """
    found: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    for index in range(len(document.data)):
        raw = _completed(document, index, lambda name: by_id.get(name) or known(name))
        found.append(raw)
        by_id[str(raw.get("id"))] = raw
    return found


def _completed(document: Document, index: int, known: Known) -> dict[str, Any]:
    entry = document.data[index]
    if not isinstance(entry, dict):
        raise document.error("a model card is a mapping", (index,), hint="start it with '- id:'")
    own = {key: value for key, value in entry.items() if key != "like"}
    like = entry.get("like")
    base = known(str(own.get("id", "")))
    if like is not None:
        model = known(str(like))
        if model is None:
            raise document.error(
                f'like: no model is called "{like}"',
                (index, "like"),
                hint='"impasto models" lists those that are known',
            )
        base = {key: value for key, value in model.items() if key not in _NAMES}
        base["backends"] = {
            name: {key: value for key, value in part.items() if key not in _NAMES}
            for name, part in model.get("backends", {}).items()
            if not part.get("documents")
        }
    return merge(base, own) if base else own


def cards_in(document: Document, known: Known = _nobody) -> tuple[ModelCard, ...]:
    """Return the cards in a document, as `plain_cards`, typed."""
    plain = plain_cards(document, known)
    return tuple(_card(document, index, raw) for index, raw in enumerate(plain))


def _card(document: Document, index: int, raw: dict[str, Any]) -> ModelCard:
    card = _convert(document, (index,), raw)
    for backend in card.backends:
        _convert(document, (index, "backends", backend), merged(raw, backend))
    return card


def _convert(document: Document, at: tuple[str | int, ...], raw: Any) -> ModelCard:
    try:
        return msgspec.convert(raw, ModelCard)
    except msgspec.ValidationError as error:
        raise _explain(document, at, raw, str(error)) from error


def _explain(document: Document, at: tuple[str | int, ...], raw: Any, said: str) -> FileError:
    """Return what msgspec said of a card in our words, with the line of the key."""
    path = _path(raw, said)
    message = _PLACE.sub("", said)
    named = re.search(r"field `([^`]+)`", message)
    where = ".".join(str(step) for step in path)
    if named and "unknown" in message:
        spec = _struct_at(path)
        hint = did_you_mean(named[1], spec.__struct_fields__ if spec else ())
        return document.error(
            f'{where or "a model card"} has no key "{named[1]}"',
            (*at, *path, named[1]),
            hint=hint,
            key=True,
        )
    if named:
        return document.error(
            f'{where or "this model card"} lacks the key "{named[1]}"', (*at, *path)
        )
    plain = message.replace("`", "").replace("Object", "a mapping")
    return document.error(f"{where}: {plain[:1].lower()}{plain[1:]}", (*at, *path))


def _struct_at(path: list[str | int]) -> type[msgspec.Struct] | None:
    """Return the struct that a key path of a card leads to, where it is one of the card's parts."""
    from impasto.models import card  # noqa: PLC0415 - only errors need it

    parts: dict[str, type[msgspec.Struct]] = {
        "parameters": card.ParameterSpec,
        "sizes": card.Sizes,
        "guide": card.Guide,
        "encoders": card.Encoder,
        "preview": card.Preview,
    }
    return parts.get(str(path[0])) if path else ModelCard


def _path(raw: Any, said: str) -> list[str | int]:
    """Return the key path that msgspec names; where it says `[...]` for a key, the key is found."""
    place = _PLACE.search(said)
    path: list[str | int] = []
    here = raw
    for field, index, key in _STEP.findall(place[1] if place else ""):
        step = _guilty(raw, path, here, said) if key else field or int(index)
        path.append(step)
        here = here[step]
    return path


def _guilty(raw: dict[str, Any], path: list[str | int], here: dict[str, Any], said: str) -> str:
    """Return the key in `here`, which is at `path` in `raw`, that alone brings the error."""
    for key, value in here.items():
        alone = {**raw, str(path[0]): {key: value}} if len(path) == 1 else raw
        try:
            msgspec.convert(alone, ModelCard)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return key
    return next(iter(here))
