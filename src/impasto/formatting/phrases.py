"""Empty phrases: commas with nothing between them, which composing leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.formatting.gaps import NESTING
from impasto.formatting.signs import Kind, Sign

if TYPE_CHECKING:
    from impasto.formatting.quotes import Quotes


def without_empty(signs: list[Sign], quotes: Quotes, *, open_ended: bool) -> list[Sign]:
    """Return `signs` with the commas of empty phrases marked as dropped.

    Inside a schedule or a choice a comma is text, and in quotes it is what the picture shows.
    Where the text is `open_ended`, a comma at its ends may part it from another one.
    """
    found: list[Sign] = []
    nested = 0
    after_comma = not open_ended
    for sign in signs:
        nested += NESTING.get(sign.kind, 0)
        is_empty = sign.kind is Kind.COMMA and after_comma and not nested
        if is_empty and not quotes.hold(sign.start, sign.end):
            found.append(sign._replace(kind=Kind.DROPPED))
            continue
        found.append(sign)
        if sign.kind is not Kind.SPACE or "\n" in sign.text:
            after_comma = sign.kind is Kind.COMMA
    return found if open_ended else _without_last(found)


def _without_last(signs: list[Sign]) -> list[Sign]:
    at = len(signs) - 1
    while at >= 0 and signs[at].kind in (Kind.SPACE, Kind.DROPPED):
        at -= 1
    if at < 0 or signs[at].kind is not Kind.COMMA:
        return signs
    return [*signs[:at], signs[at]._replace(kind=Kind.DROPPED), *signs[at + 1 :]]
