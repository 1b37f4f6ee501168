"""Compel's words with their weights: groups dissolved, equal neighbours joined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from impasto.dialects.compel_nodes import INSIDE, ONE, SPACES, Group, Item, Lora, Piece, Swap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ODD_SPACES: Final = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_MARKS: Final = re.compile(r"[,.]")
_ESCAPE: Final = re.compile(r'\\([()"])')
_ESCAPES: Final = re.compile(r'(\\++)(?=[()"])')


class Fused(Struct, frozen=True, gc=False):
    """Words of one weight, joined by spaces; `pieces` say where they stand."""

    weight: float
    pieces: list[Piece]

    @property
    def text(self) -> str:
        """The words as compel hands them to the text encoder."""
        texts = [spaced(piece) for piece in self.pieces]
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


_Weighted: TypeAlias = "list[tuple[Piece, float] | Swapped]"


def flatten(items: Iterable[Item]) -> tuple[list[Fragment], list[Lora]]:
    """Return words with their weights multiplied, equal neighbours fused; and the LoRAs."""
    found: list[Any] = []
    lists: list[list[Any]] = [found]
    loras: list[Lora] = []
    work: list[tuple[Iterator[Item], float, list[Any]]] = [(iter(items), 1.0, found)]
    while work:
        rest, scale, into = work[-1]
        for item in rest:
            if isinstance(item, Piece):
                into.append((item, scale * item.weight))
            elif isinstance(item, Group):
                inner = scale if item.weight is None else scale * item.weight
                work.append((iter(item.children), inner, into))
                break
            elif isinstance(item, Lora):
                loras.append(item)
            else:
                lists += _swapped(item, scale, into, work)
                break
        else:
            work.pop()
    for fragments in lists:
        fragments[:] = fuse(fragments) or [Fused(1.0, [Piece("", 0, 0)])] * (fragments is not found)
    return found, loras


def _swapped(
    item: Swap, scale: float, into: list[Any], work: list[tuple[Iterator[Item], float, list[Any]]]
) -> list[list[Any]]:
    """Put both sides of a swap to the work; return the lists into which they go."""
    made = Swapped([], [], item)
    into.append(made)
    edited = item.edited or [Piece("", item.end, item.end)]
    original = item.original or [Piece("", item.start, item.start)]
    work += [(iter(edited), scale, made.edited), (iter(original), scale, made.original)]
    return [made.original, made.edited]


def fuse(fragments: _Weighted) -> list[Fragment]:
    """Return the fragments with neighbours of one weight joined."""
    found: list[Fragment] = []
    pieces: list[Piece] = []
    last: float | None = None
    for fragment in fragments:
        if isinstance(fragment, Swapped):
            found.append(fragment)
            last = None
            continue
        piece, weight = fragment
        if weight == last:
            pieces.append(piece)
        else:
            pieces = [piece]
            found.append(Fused(weight, pieces))
            last = weight
    return found


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
    return _ODD_SPACES.sub(" ", raw) if _ODD_SPACES.search(raw) else raw


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
