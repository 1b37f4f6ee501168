"""Unicode's normal form C, with the place that every character came from.

Places are those of the `tokenizers` library: a composed character stands for its base alone, a
decomposed one puts all its characters at one place.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.tokens.text import Cleaned


def nfc(given: Cleaned) -> Cleaned:
    """Return the text in form C."""
    text = given.text
    if unicodedata.is_normalized("NFC", text):
        return given
    return given.pieces(_placed(_composed(_ordered(text))))


def _ordered(text: str) -> Iterator[tuple[str, int]]:
    """Yield the characters in form D, each with how many more there are of it than before."""
    marks: list[tuple[int, str, int]] = []
    for given in text:
        for at, character in enumerate(unicodedata.normalize("NFD", given)):
            combining = unicodedata.combining(character)
            if not combining:
                yield from _by_class(marks)
                marks = []
            marks.append((combining, character, min(at, 1)))
    yield from _by_class(marks)


def _by_class(marks: list[tuple[int, str, int]]) -> Iterator[tuple[str, int]]:
    for _, character, more in sorted(marks, key=lambda mark: mark[0]):
        yield character, more


def _composed(characters: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Compose each starter with what follows it; those that vanish are less of it."""
    starter, more = "", 0
    marks: list[tuple[str, int]] = []
    last = 0
    for character, added in characters:
        combining = unicodedata.combining(character)
        whole = _joined(starter, character) if not marks or 0 < last < combining else ""
        if whole:
            starter, more = whole, more + added - 1
        elif combining:
            marks.append((character, added))
            last = combining
        else:
            if starter:
                yield starter, more
            yield from marks
            starter, more, marks, last = character, added, [], 0
    if starter:
        yield starter, more
    yield from marks


def _joined(starter: str, character: str) -> str:
    """Return the one character that both make, or nothing."""
    if not starter:
        return ""
    whole = unicodedata.normalize("NFC", starter + character)
    return whole if len(whole) == 1 else ""


def _placed(characters: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Give each character its place: one that is added has that of the one before."""
    at = 0
    for character, more in characters:
        place = at - 1 if more > 0 and at else at
        yield character, place, place + 1
        if more <= 0:
            at += 1 - more
