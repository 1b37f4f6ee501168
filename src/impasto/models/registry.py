"""Where model cards come from: one YAML file per family, read when one of its models is asked for.

Which file has which model is seen in the heads of its cards (`- id:` and `aliases:`), for about
0.05 ms per file, so a new family is one more file and nothing else.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError, UnknownNameError
from impasto.models.card import ModelCard, merged

if TYPE_CHECKING:
    from impasto.yamlsource import Document

CARDS = Path(__file__).parent / "cards"

_HEAD = re.compile(
    r"^- id: (\S+)$(?:\n  (?!aliases:).*)*(?:\n  aliases: \[([^\]]*)\])?", re.MULTILINE
)
_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


def load_model(name: str) -> ModelCard:
    """Return the card of the model with the id or alias `name`, in any case.

    Raises:
        UnknownNameError: no card has that name.
        FileError: the card cannot be used.
    """
    return _load(name.strip().lower(), name, CARDS)


@lru_cache(maxsize=256)
def _load(wanted: str, name: str, folder: Path) -> ModelCard:
    heads = _heads(folder)
    if wanted in heads:
        return _named(_family(heads[wanted]))[wanted]
    cards = all_models()  # the heads show only what is written in the usual form
    everyone = _named(cards)
    if wanted not in everyone:
        known = tuple(known for card in cards for known in (card.id, *card.aliases))
        raise UnknownNameError("model", name, known, '"impasto models" lists those that are known')
    return everyone[wanted]


def model_names() -> tuple[str, ...]:
    """Return the ids of all models, in the order of the files and their cards."""
    return tuple(card.id for card in all_models())


def all_models() -> tuple[ModelCard, ...]:
    """Return all cards.

    Raises:
        FileError: a card cannot be used.
    """
    return tuple(card for path in _files(CARDS) for card in _family(path))


@cache
def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.yaml")))


@cache
def _heads(folder: Path) -> dict[str, Path]:
    """Return which file has the card with an id or alias, as far as the heads of cards show it."""
    found: dict[str, Path] = {}
    for path in _files(folder):
        for model, aliases in _HEAD.findall(path.read_text("utf-8")):
            names = [model, *(alias.strip() for alias in aliases.split(",") if alias.strip())]
            found.update((name.lower(), path) for name in names)
    return found


def _named(cards: tuple[ModelCard, ...]) -> dict[str, ModelCard]:
    return {name.lower(): card for card in cards for name in (card.id, *card.aliases)}


@cache
def _family(path: Path) -> tuple[ModelCard, ...]:
    return read_cards(path)


def read_cards(path: Path) -> tuple[ModelCard, ...]:
    """Return the cards in the file at `path`.

    Raises:
        FileError: with the file, the line and the key of what is wrong.
    """
    from impasto.yamlsource import load_file  # noqa: PLC0415 - yaml, only when a card is read

    document = load_file(path, path.name)
    if not isinstance(document.data, list):
        raise document.error("a file of model cards is a list", hint="start each card with '- id:'")
    return tuple(_card(document, index) for index in range(len(document.data)))


def _card(document: Document, index: int) -> ModelCard:
    raw = document.data[index]
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
