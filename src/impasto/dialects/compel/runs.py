"""Compel's words with their weights: groups dissolved, equal neighbours joined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from impasto.dialects.compel.nodes import INSIDE, ONE, SPACES, Group, Item, Lora, Piece, Swap
from impasto.dialects.compel.terminals import ODD_SPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS: Final = re.compile(r"[,.]")
_ESCAPE: Final = re.compile(r'\\([()"])')
_ESCAPES: Final = re.compile(r'(?<!\\)(\\++)(?=[()"])')


class Fused(Struct, frozen=True, gc=False):
    """Words of one weight, joined by spaces; `pieces` say where they stand."""

    weight: float
    pieces: list[Piece]

    @property
    def text(self) -> str:
        """The words as compel hands them to the text encoder."""
        pieces = self.pieces
        if len(pieces) == 1 and pieces[0].kind == ONE and "\\" not in pieces[0].raw:
            return pieces[0].raw
        texts = [spaced(piece) for piece in pieces]
        text = " ".join(texts) if len(texts) > 1 else texts[0]
        if "\\" not in text:
            return text
        return _often_unescaped(texts) if "\\\\" in text else _ESCAPE.sub(r"\1", text)


class Swapped(Struct, frozen=True):
    """Words that another text takes the place of while the picture is made."""

    original: list[Fragment]
    edited: list[Fragment]
    node: Swap


Fragment: TypeAlias = "Fused | Swapped"


_Lists: TypeAlias = "list[tuple[Iterator[Item], float, list[Fragment]]]"


def flatten(items: Iterable[Item]) -> tuple[list[Fragment], list[Lora]]:
    """Return words with their weights multiplied, equal neighbours fused; and the LoRAs."""
    found: list[Fragment] = []
    loras: list[Lora] = []
    swaps: list[Swapped] = []
    work: _Lists = [(iter(items), 1.0, found)]
    while work:
        rest, scale, into = work[-1]
        before, last = None, 0.0
        if into and isinstance(into[-1], Fused):
            before, last = into[-1].pieces, into[-1].weight
        for item in rest:
            if isinstance(item, Piece):
                weight = scale * item.weight
                if before is not None and weight == last:
                    before.append(item)
                    continue
                before, last = [item], weight
                into.append(Fused(weight, before))
            elif isinstance(item, Group):
                inner = scale if item.weight is None else scale * item.weight
                work.append((iter(item.children), inner, into))
                break
            elif isinstance(item, Lora):
                loras.append(item)
            else:
                swaps.append(_swapped(item, scale, into, work))
                break
        else:
            work.pop()
    for swap in swaps:
        for side in (swap.original, swap.edited):
            side[:] = side or [Fused(1.0, [Piece("", swap.node.start, swap.node.start)])]
    return found, loras


def _swapped(item: Swap, scale: float, into: list[Fragment], work: _Lists) -> Swapped:
    """Put both sides of a swap to the work and return what they will be in."""
    made = Swapped([], [], item)
    into.append(made)
    edited = item.edited or [Piece("", item.end, item.end)]
    original = item.original or [Piece("", item.start, item.start)]
    work += [(iter(edited), scale, made.edited), (iter(original), scale, made.original)]
    return made


def spaced(piece: Piece) -> str:
    """Return the words of a piece with the spaces that compel puts between them."""
    raw = piece.raw
    if piece.kind == ONE:
        return raw
    if piece.kind == INSIDE:
        raw = _MARKS.sub(r" \g<0> ", raw) if "," in raw or "." in raw else raw
    return folded(raw)


def folded(raw: str) -> str:
    """Return words with single spaces between them."""
    raw = raw.strip(SPACES)
    return ODD_SPACES.sub(" ", raw) if ODD_SPACES.search(raw) else raw


def unescaped(text: str) -> str:
    """Return the text without its escapes."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _often_unescaped(texts: list[str]) -> str:
    """Return the joined text; compel takes escapes off twice and once more at each joint.

    So of several backslashes before a sign that many vanish.
    """
    last = sum(text.count(" ") + 1 for text in texts) - 1
    found = []
    place = 0
    for text in texts:
        times = 2 + last - max(place - 1, 0) if last else 2
        found.append(_ESCAPES.sub(lambda m, n=times: m[1][n:], text))  # type: ignore[misc]
        place += text.count(" ") + 1
    return " ".join(found)
