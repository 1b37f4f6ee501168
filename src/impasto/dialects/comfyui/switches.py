"""Texts with switches in them, as trees: what SwarmUI and prompt-control hand to ComfyUI.

Both choose texts by the step first and give ComfyUI's parentheses what is left, so a pair of
parentheses may begin in a text and end in a switch. Where every field is a whole by itself the
tree keeps the switches in their places; else it is one schedule of whole texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from impasto.dialects.comfyui.parentheses import unbalanced
from impasto.syntax.nodes import Break, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACE: Final = "\ufffc"
"""Stands for a switch while the parentheses around it are read; no number contains it."""

_ANY_SIGN = re.compile(r"[():\\\0]")
_SIGNS = re.compile(rf"\\[()]|[():{PLACE}]")


class Piece(NamedTuple):
    """A text as ComfyUI gets it, and the range [start, end) of the source that it comes from."""

    text: str
    start: int
    end: int


class Load:
    """Something to load that leaves no text."""

    __slots__ = ("node",)

    def __init__(self, node: Reference) -> None:
        self.node = node


class Switch:
    """Fields of which one is shown at a time; [start, end) is its range in the source.

    `order` says which field is shown up to which mark (":0.5", ":12"), the last one to the end;
    without one the fields take turns, one a step. `whole` says that no parenthesis of a field has
    its partner elsewhere, `colon` that a field may end in what a group takes for its number.
    """

    __slots__ = ("colon", "end", "fields", "order", "start", "whole")

    def __init__(
        self,
        fields: list[list[Item]],
        order: tuple[tuple[int, str], ...] | None,
        start: int,
        end: int,
    ) -> None:
        self.fields = fields
        self.order = order
        self.start = start
        self.end = end
        self.whole = False
        self.colon = False

    def judge(self, chunk: re.Pattern[str] | None) -> None:
        """Find out `whole` and `colon`; the switches in the fields were judged before."""
        lines = [Line(field) for field in self.fields if not is_plain(field, chunk)]
        self.whole = all(line.is_whole(chunk) for line in lines)
        self.colon = any(line.has_colon for line in lines)


Item: TypeAlias = Piece | Load | Switch


def is_plain(field: list[Item], chunk: re.Pattern[str] | None = None) -> bool:
    """Whether a field is one text at most, without any sign."""
    if not field:
        return True
    first = field[0]
    if len(field) > 1 or not isinstance(first, Piece) or _ANY_SIGN.search(first.text):
        return False
    return chunk is None or chunk.search(first.text) is None


class Line:
    """Items as one text, with a place holder for every switch."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.pieces: list[Piece] = []
        self.offsets: list[int] = []
        self.inserts: list[tuple[int, Load | Switch]] = []
        length = 0
        for item in items:
            if not isinstance(item, Piece):
                self.inserts.append((length, item))
                if isinstance(item, Load):
                    continue
                item = Piece(PLACE, item.start, item.end)  # noqa: PLW2901 - its place in the text
            self.pieces.append(item)
            self.offsets.append(length)
            length += len(item.text)
        self.text = "".join([piece.text for piece in self.pieces])

    def start_of(self, at: int) -> int:
        """Return where the character at `at` comes from."""
        place = bisect_right(self.offsets, at) - 1
        piece = self.pieces[place]
        verbatim = len(piece.text) == piece.end - piece.start
        return piece.start + at - self.offsets[place] if verbatim else piece.start

    def end_of(self, at: int) -> int:
        """Return where the character before `at` ends in the source."""
        place = bisect_right(self.offsets, at - 1) - 1
        piece = self.pieces[place]
        verbatim = len(piece.text) == piece.end - piece.start
        return piece.start + at - self.offsets[place] if verbatim else piece.end

    def is_whole(self, chunk: re.Pattern[str] | None) -> bool:
        """Whether the line means the same in any place: balanced, no break, no loose backslash."""
        text = self.text
        if text.endswith("\\") or (chunk is not None and chunk.search(text)):
            return False
        return unbalanced(text) < 0 and self.is_fit()

    @property
    def has_colon(self) -> bool:
        """Whether what stands behind the last group could be taken for a number."""
        at = self.text.rfind(":")
        return at > self.text.rfind(")") or any(
            isinstance(item, Switch) and item.colon for _, item in self.inserts
        )

    def is_fit(self) -> bool:
        """Whether no switch changes the parentheses around it, or the number of its group."""
        switches = {at: item for at, item in self.inserts if isinstance(item, Switch)}
        if not switches:
            return True
        if not all(
            s.whole and self.text[max(at - 1, 0) : at] != "\\" for at, s in switches.items()
        ):
            return False
        return unbalanced(self.text) < 0 and self._numbers_are_fixed(switches)

    def _numbers_are_fixed(self, switches: dict[int, Switch]) -> bool:
        """Whether no group has a switch where its number stands, or might stand."""
        groups: list[tuple[bool, bool]] = []
        colon = doubtful = False
        for sign in _SIGNS.finditer(self.text):
            match sign[0]:
                case "(":
                    groups.append((colon, doubtful))
                    colon = doubtful = False
                case ")":
                    if doubtful:
                        return False
                    groups.pop()
                    colon = doubtful = False  # no number can reach over this sign
                case ":":
                    colon, doubtful = True, False
                case _ if sign.start() in switches:
                    hides = switches[sign.start()].colon
                    doubtful = bool(groups) and (doubtful or colon or hides)
        return True


def chunks(items: Iterable[Item], chunk: re.Pattern[str]) -> list[tuple[list[Item], Break | None]]:
    """Cut items where `chunk` stands in their text: pairs (items, the break behind them)."""
    items = list(items)
    line = Line(items)
    signs = deque(sign.span() for sign in chunk.finditer(line.text))
    if not signs:
        return [(items, None)]
    found: list[tuple[list[Item], Break | None]] = []
    gathered: list[Item] = []
    at = 0
    for item in items:
        if not isinstance(item, Piece):
            gathered.append(item)
            at += isinstance(item, Switch)
            continue
        begin, end = at, at + len(item.text)
        while signs and signs[0][0] < end:
            start, stop = signs[0]
            if begin < start:
                gathered.append(part_of(item, begin - at, start - at))
            begin = min(stop, end)
            if stop > end:
                break
            found.append((gathered, Break(line.start_of(start), line.end_of(stop))))
            gathered = []
            signs.popleft()
        if begin < end:
            gathered.append(part_of(item, begin - at, end - at))
        at = end
    return [*found, (gathered, None)]


def part_of(piece: Piece, start: int, end: int) -> Piece:
    """Return a part of a text, with its own range where it stands there as it was written."""
    if len(piece.text) != piece.end - piece.start:
        return Piece(piece.text[start:end], piece.start, piece.end)
    return Piece(piece.text[start:end], piece.start + start, piece.start + end)


def stretch(items: Iterable[Item], start: int, end: int) -> list[Item]:
    """Return the items between two offsets of their text, and all that leaves no text."""
    found: list[Item] = []
    at = 0
    for item in items:
        length = len(item.text) if isinstance(item, Piece) else int(isinstance(item, Switch))
        first, last = max(start - at, 0), min(end - at, length)
        if isinstance(item, Piece) and first < last:
            found.append(part_of(item, first, last))
        elif isinstance(item, Load) or (isinstance(item, Switch) and first < last):
            found.append(item)
        at += length
    return found


def touches(items: Sequence[Item], chunk: re.Pattern[str]) -> bool:
    """Whether a break stands next to a switch, which may make another word of it."""
    line = Line(items)
    places = {at for at, item in line.inserts if isinstance(item, Switch)}
    if not places:
        return False
    signs = [sign.span() for sign in chunk.finditer(line.text)]
    return any(end in places or start - 1 in places for start, end in signs)
