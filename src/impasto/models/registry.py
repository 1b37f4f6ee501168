"""Finding the card of a model by its name.

The cards are written in `cards/*.yaml`; what runs reads `_cards.jsonl`, which `table` makes of
them: its first line has the names of every model, each line below the card of one. So a card
costs the same however many there are, and no YAML is read. Cards of the user's, in the folders
that `use` names, are read when the first model is asked for.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from impasto.errors import UnknownNameError
from impasto.models.card import ModelCard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.models.own import OwnCards

TABLE = Path(__file__).with_name("_cards.jsonl")


class _Table:
    """The lines of the table; `names` has for every card its id and its aliases."""

    def __init__(self, path: Path) -> None:
        head, *self.lines = path.read_bytes().splitlines()
        self.names = msgspec.json.decode(head, type=list[list[str]])
        self.at = {name.lower(): at for at, names in enumerate(self.names) for name in names}


@cache
def _table() -> _Table:
    return _Table(TABLE)


class _Own:
    """Where the user's cards are, and what was read there."""

    folders: tuple[Path, ...] = ()
    cards: OwnCards | None = None


def use(folders: Iterable[Path]) -> None:
    """Let the cards in `folders` count in this process, before the built-in ones.

    It takes the place of earlier calls. The files are read when a model is asked for.
    """
    _Own.folders, _Own.cards = tuple(folders), None


def _own() -> OwnCards | None:
    if _Own.folders and _Own.cards is None:
        from impasto.models.own import own_cards  # noqa: PLC0415 - yaml, only where there are files

        _Own.cards = own_cards(_Own.folders)
    return _Own.cards


def built_in(name: str) -> ModelCard | None:
    """Return the built-in card with the id or alias `name`, in any case."""
    at = _table().at.get(name.strip().lower())
    return None if at is None else _card(at)


def load_model(name: str) -> ModelCard:
    """Return the card of the model with the id or alias `name`, in any case.

    Raises:
        UnknownNameError: no card has that name.
        FileError: a card of the user's is broken.
    """
    own = _own()
    found = own.find(name) if own else None
    found = found or built_in(name)
    if found is None:
        names = [name for names in _table().names for name in names]
        known = (*names, *(own.names if own else ()))
        raise UnknownNameError("model", name, known, '"impasto models" lists those that are known')
    return own.by_id.get(found.id, found) if own else found


@cache
def _card(at: int) -> ModelCard:
    return msgspec.json.decode(_table().lines[at], type=ModelCard)


def model_names() -> tuple[str, ...]:
    """Return the ids of all models: built-in ones by file, then those of the user's."""
    own = _own()
    names = (names[0] for names in _table().names)
    return tuple(dict.fromkeys((*names, *(own.by_id if own else ()))))


def all_models() -> tuple[ModelCard, ...]:
    """Return all cards, in the same order."""
    own = _own()
    cards = map(_card, range(len(_table().lines)))
    if own is None:
        return tuple(cards)
    return tuple({**{card.id: card for card in cards}, **own.by_id}.values())
