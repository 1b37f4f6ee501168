"""The table of all cards, `_cards.jsonl`: made from the YAML files, so that they need not be read.

python -m impasto.models.table --write     after a card was added or changed
python -m impasto.models.table --check     exit 1 if the table is not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from impasto import _generated
from impasto.errors import FileError
from impasto.models.cardfile import cards_in, plain_cards, read_document
from impasto.models.registry import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.yamlsource import Document

CARDS: Final = Path(__file__).with_name("cards")


def render(folder: Path = CARDS) -> bytes:
    """Return the table of the cards in the files of `folder`.

    Raises:
        FileError: a card is broken, or two have the same name; with the place.
    """
    names: list[list[str]] = []
    raws: list[Any] = []
    taken: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        document = read_document(path)
        for at, card in enumerate(cards_in(document)):
            names.append([card.id, *card.aliases])
            _take(names[-1], taken, document, at)
        raws += plain_cards(document)
    return b"\n".join(map(msgspec.json.encode, [names, *raws])) + b"\n"


def _take(names: Iterable[str], taken: set[str], document: Document, at: int) -> None:
    for name in names:
        if name.lower() in taken:
            raise FileError(f'two models are called "{name}"', document.span((at, "id")))
        taken.add(name.lower())


def main(arguments: list[str]) -> int:
    """Write or check the table."""
    return _generated.run(arguments, __doc__, {TABLE: render().decode()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
