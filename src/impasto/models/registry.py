"""Finding the card of a model by its name.

The cards are written in `cards/*.yaml`; what runs reads `_cards.jsonl`, which `table` makes of
them: its first line has the names of every model, each line below the card of one. So a card
costs the same however many there are, and no YAML is read.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from impasto.errors import UnknownNameError
from impasto.models.card import ModelCard

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


def load_model(name: str) -> ModelCard:
    """Return the card of the model with the id or alias `name`, in any case.

    Raises:
        UnknownNameError: no card has that name.
    """
    table = _table()
    at = table.at.get(name.strip().lower())
    if at is None:
        known = tuple(known for names in table.names for known in names)
        raise UnknownNameError("model", name, known, '"impasto models" lists those that are known')
    return _card(at)


@cache
def _card(at: int) -> ModelCard:
    return msgspec.json.decode(_table().lines[at], type=ModelCard)


def model_names() -> tuple[str, ...]:
    """Return the ids of all models, in the order of the files and their cards."""
    return tuple(names[0] for names in _table().names)


def all_models() -> tuple[ModelCard, ...]:
    """Return all cards, in the same order."""
    return tuple(map(_card, range(len(_table().lines))))
