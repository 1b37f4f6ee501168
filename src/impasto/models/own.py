"""Cards of the user's: new models, and changes to built-in cards, in YAML files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from impasto.models.cardfile import cards_in, read_document
from impasto.models.registry import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from impasto.models.card import ModelCard
    from impasto.yamlsource import Document

SUFFIXES = (".yaml", ".yml")


class OwnCards:
    """The user's cards `by_id`; a card that changes a built-in one has its names, too."""

    def __init__(self) -> None:
        self.by_id: dict[str, ModelCard] = {}
        self._by_name: dict[str, ModelCard] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the cards, in lower case."""
        return tuple(self._by_name)

    def find(self, name: str) -> ModelCard | None:
        """Return the card with the id or alias `name`, in any case."""
        return self._by_name.get(name.strip().lower())

    def plain(self, name: str) -> dict[str, Any] | None:
        """Return the plain data of the model `name`, of the user's or built in."""
        card = self.find(name) or built_in(name)
        return None if card is None else {**card.to_json(), "origin": ""}

    def add(self, document: Document) -> None:
        """Take the cards of a file.

        Raises:
            FileError: one is broken, or has a name that another model has.
        """
        for at, card in enumerate(cards_in(document, self.plain)):
            self._check_names(card, document, at)
            made = msgspec.structs.replace(card, origin=_origin(document, at))
            self.by_id[card.id] = made
            self._by_name.update({name.lower(): made for name in (card.id, *card.aliases)})

    def _check_names(self, card: ModelCard, document: Document, at: int) -> None:
        for name in (card.id, *card.aliases):
            other = self.find(name) or built_in(name)
            if other and (other.id != card.id or other.id in self.by_id):
                message = f'two models are called "{name}"'
                hint = f"the other one is {other.id}{f' of {other.origin}' * bool(other.origin)}"
                raise document.error(message, (at, "id"), hint=hint)


def _origin(document: Document, at: int) -> str:
    """Return where a card is written, and which keys of a built-in one it changes."""
    entry = document.data[at]
    place = f"{document.source.name}:{document.span((at, 'id')).line}"
    if built_in(entry["id"]) is None:
        return place
    return f"{place}, which changes {', '.join(key for key in entry if key != 'id')}"


def own_cards(folders: tuple[Path, ...]) -> OwnCards:
    """Return the cards in the YAML files of `folders`.

    Raises:
        FileError: one is broken; file, line and key are given.
    """
    found = OwnCards()
    for path in _files(folders):
        found.add(read_document(path))
    return found


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
