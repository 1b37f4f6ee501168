"""The tree of one prompt of A1111: groups where brackets nest, schedules where they are whole.

Where brackets cross, or a weight or BREAK comes about only when a schedule's field meets what
stands around it, there is no such tree: `Crossing` is raised, and the caller takes runs instead.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from math import isinf
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.dialects.a1111.emphasis import around_breaks, in_place, mark_of
from impasto.dialects.a1111.stages import CLOSER, ESCAPE, NUMBER, OPENER, TEXT, factor_of
from impasto.syntax.nodes import Alternate, Break, Group, Node, Reference, Schedule, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.dialects.a1111.emphasis import Place, ReadError
    from impasto.dialects.a1111.schedule import Bracket
    from impasto.dialects.a1111.stages import Grammar, Network

KINDS: Final = {"(": "round", "[": "square"}
_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_HALF_BREAK = re.compile(r"(?<!\w)B(?:R(?:E(?:AK?)?)?)?\Z")
_HALF_WEIGHT = re.compile(r"\s*+[+-]?[.\d]*+\s*+")


class Crossing(Exception):  # noqa: N818 - a signal between the modules of one dialect
    """No tree of groups and schedules means the text."""


class Tag(NamedTuple):
    """A network's tag, and where it stood in the text from which it was taken."""

    at: int
    node: Reference


class _Frame(NamedTuple):
    """An open group, or with fields a structure; `outer` is the list it will be put in."""

    sign: str
    start: int
    outer: list[Node]
    fields: list[list[Node]] | None = None


def tags_of(found: list[Network], source: str) -> tuple[list[Tag], Place]:
    """Return where the networks stood in the text without them, and the way back to the source."""
    if not found:
        return [], in_place
    taken = [0, *accumulate(tag.end - tag.start for tag in found)]
    spots = [tag.start - before for tag, before in zip(found, taken, strict=False)]

    def place(at: int, end: bool) -> int:
        nth = bisect_left(spots, at) if end else bisect_right(spots, at)
        return at + taken[nth]

    tags = [
        Tag(at, Reference(source[tag.start : tag.end], tag.start, tag.end))
        for at, tag in zip(spots, found, strict=True)
        if tag.kind != "embedding"  # no network: A1111 takes the tag out and does nothing
    ]
    return tags, place


def tree(
    text: str,
    found: list[Bracket],
    grammar: Grammar,
    place: Place = in_place,
    tags: tuple[Tag, ...] = (),
    problems: list[ReadError] | None = None,
) -> tuple[Node, ...]:
    """Return the nodes of a text with the given schedules.

    Raises:
        Crossing: no tree means the text.
    """
    made = _Tree(text, grammar, place, tags, problems if problems is not None else [])
    for what, bracket, start, end in _events(found, len(text)):
        if what == "text":
            made.read(start, end, between=bool(found))
        elif what == "open":
            made.open(bracket)
        elif what == "next":
            made.next_field()
        else:
            made.close(bracket)
    return made.finish()


def _events(found: list[Bracket], length: int) -> Iterator[tuple[str, Bracket | None, int, int]]:
    """Yield what comes one after another: texts, and where structures and fields begin and end."""
    at = 0
    work: list[tuple[Iterator[Bracket], int, Bracket | None, int]] = [
        (iter(found), length, None, 0)
    ]
    while work:
        rest, end, owner, nth = work.pop()
        bracket = next(rest, None)
        if bracket is not None:
            if at < bracket.start:
                yield "text", None, at, bracket.start
            yield "open", bracket, 0, 0
            work.append((rest, end, owner, nth))
            first = bracket.fields[0]
            at = first.start
            work.append((iter(first.brackets), first.end, bracket, 0))
            continue
        if at < end:
            yield "text", None, at, end
        at = end
        if owner is not None and nth + 1 < len(owner.fields):
            yield "next", owner, 0, 0
            field = owner.fields[nth + 1]
            at = field.start
            work.append((iter(field.brackets), field.end, owner, nth + 1))
        elif owner is not None:
            yield "close", owner, 0, 0
            at = owner.end


class _Tree:
    """A tree that is being built."""

    def __init__(
        self,
        text: str,
        grammar: Grammar,
        place: Place,
        tags: tuple[Tag, ...],
        problems: list[ReadError],
    ) -> None:
        self.text = text
        self.tokens = grammar.tokens
        self.old = grammar.old
        self.place = place
        self.tags = tags[::-1]
        self.left = len(tags)
        self.problems = problems
        self.nodes: list[Node] = []
        self.frames: list[_Frame] = []
        self.opened = {"(": 0, "[": 0}
        self.pieces: list[str] = []
        self.first = self.last = 0

    def read(self, start: int, end: int, *, between: bool) -> None:
        """Read the text [start, end); with `between`, a schedule begins or ends at its ends."""
        for token in self.tokens.finditer(self.text, start, end):
            group, piece = token.lastindex, token[0]
            at = token.start()
            if self.left:
                self._put_tags(at)
            if group == TEXT:
                self._read_text(piece, at)
            elif group == OPENER:
                self._flush()
                self.frames.append(_Frame(piece, at, self.nodes))
                self.nodes = []
                self.opened[piece] += 1
            elif group in (NUMBER, CLOSER):
                self._read_closer(token)
            else:
                self._add(piece[1:] if group == ESCAPE else piece, at, token.end())
        if between:
            self._look_at_joints(start, end)

    def _look_at_joints(self, start: int, end: int) -> None:
        """Refuse a text whose end could become a weight or BREAK with what follows it."""
        if self.text.startswith("BREAK", start) and start:
            raise Crossing
        if end == len(self.text):
            return
        if _HALF_BREAK.search(self.text[max(start, end - 7) : end]):
            raise Crossing
        if self.opened["("]:
            colon = self.text.rfind(":", start, end)
            if colon >= 0 and _HALF_WEIGHT.fullmatch(self.text, colon + 1, end):
                raise Crossing

    def _read_text(self, piece: str, start: int) -> None:
        if "BREAK" not in piece:
            self._read_plain(start, start + len(piece))
            return
        pieces = around_breaks(piece, start)
        if len(pieces) > 1 and (self.opened["("] or self.opened["["]):
            raise Crossing
        for nth, (part, first, last) in enumerate(pieces):
            if nth % 2:
                self._flush()
                self.nodes.append(Break(self.place(first, False), self.place(last, True)))
            elif part:
                self._read_plain(first, last)

    def _read_plain(self, start: int, end: int) -> None:
        """Add text, cut where networks stood in it."""
        while self.left and self.tags[self.left - 1].at < end:
            cut = max(self.tags[self.left - 1].at, start)
            if start < cut:
                self._add(self.text[start:cut], start, cut)
            self._put_tags(cut)
            start = cut
        self._add(self.text[start:end], start, end)

    def _read_closer(self, token: re.Match[str]) -> None:
        start, end = token.span()
        sign = "[" if token[0] == "]" else "("
        if not self.opened[sign]:
            self._add(token[0], start, end)
            return
        if self.frames[-1].sign != sign:
            raise Crossing
        mark = ""
        if token.lastindex == NUMBER:
            mark = ":" + token[NUMBER]
            factor = factor_of(token, self.problems)
            if isinf(factor):
                mark = mark_of(factor)
            elif not _PLAIN_NUMBER.fullmatch(token[NUMBER]):
                mark = mark_of(factor) if "e" in repr(factor) else f":{factor}"
        self._close_group(mark, end)

    def _close_group(self, mark: str, end: int) -> None:
        self._flush()
        sign, start, outer, _ = self.frames.pop()
        self.opened[sign] -= 1
        first, last = self.place(start, False), self.place(end, True)
        kind = "round" if sign == "(" else "square"
        outer.append(Group(kind, tuple(self.nodes), mark, first, last))  # type: ignore[arg-type]
        self.nodes = outer

    def _add(self, piece: str, start: int, end: int) -> None:
        if not self.pieces:
            self.first = start
        self.pieces.append(piece)
        self.last = end

    def _flush(self) -> None:
        if self.pieces:
            value = "".join(self.pieces)
            self.pieces.clear()
            if value:
                start, end = self.place(self.first, False), self.place(self.last, True)
                self.nodes.append(Value(value, start, end))

    def _put_tags(self, until: int) -> None:
        """Put the tags that stood before `until` where they stood."""
        while self.left and self.tags[self.left - 1].at <= until:
            self._flush()
            self.left -= 1
            self.nodes.append(self.tags[self.left].node)

    def open(self, bracket: Bracket | None) -> None:
        """Begin a structure with its first field."""
        assert bracket is not None
        self._flush()
        if self.left:
            self._put_tags(bracket.start)
        self.frames.append(_Frame("{", bracket.start, self.nodes, [[]]))
        self._begin_field()

    def next_field(self) -> None:
        """End a field and begin the next."""
        self._end_field().append([])
        self._begin_field()

    def _begin_field(self) -> None:
        fields = self.frames[-1].fields
        assert fields is not None
        self.nodes = fields[-1]

    def _end_field(self) -> list[list[Node]]:
        self._flush()
        fields = self.frames[-1].fields
        if fields is None:
            raise Crossing
        return fields

    def close(self, bracket: Bracket | None) -> None:
        """End a structure."""
        fields = tuple(tuple(nodes) for nodes in self._end_field())
        assert bracket is not None
        self.nodes = self.frames.pop().outer
        start, end = self.place(bracket.start, False), self.place(bracket.end, True)
        if bracket.when:
            mark = step_mark(bracket.when, old=self.old)
            self.nodes.append(Schedule(fields[0], fields[1], mark, start, end))
        else:
            self.nodes.append(Alternate(fields, start, end))

    def finish(self) -> tuple[Node, ...]:
        """Close what is open and return the nodes."""
        while self.frames:
            self._close_group("", len(self.text))
        self._flush()
        self._put_tags(len(self.text))
        return tuple(self.nodes)


def step_mark(when: str, *, old: bool = False) -> str:
    """Return the canonical mark of a schedule, which has no exponents.

    With `old` only a number below 1 is a fraction, whatever its dots.
    """
    if not old and "e" not in when.lower():
        return ":" + when
    value = float(when)
    if value < 1 if old else "." in when:
        digits = f"{value:.9f}".rstrip("0")
        return ":" + (digits + "0" if digits.endswith(".") else digits)
    return f":{int(value)}"
