r"""Reading prompt-control's brackets in one pass.

The real parser tries one rule after the other and goes back; its rules fail together: where one
open bracket cannot go on, none around it can, and all of them are text. What is inside them is
read as if they were not there. So one stack is enough, emptied at once where something fails.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from impasto.dialects.prompt_control_items import (
    FOREVER,
    PACE,
    Change,
    Sequence_,
    Timed,
    Turns,
)
from impasto.dialects.prompt_control_numbers import Numbers, PromptControlError, network
from impasto.dialects.switches import Item, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.source import Source

_TOKENS = re.compile(
    r"(?P<text>[^:\[\]()|\\<>#]++)|(?P<escape>\\[\\\[\]:#()])|(?P<comment>#[^\n]*+)"
    r"|<emb:(?P<embedding>[^:<>]++)>|(?P<load><lora(?:ctl)?:[^:<>]++:)|(?P<sign>.)",
    re.DOTALL,
)
_OUTSIDE = re.compile(r"[^\[\\#<]++")
_SYNTAX = re.compile(r"[\[<#\\]")
_TAG = re.compile(r"[A-Z_]++")
_SHOWN = re.compile(r"\\([\\\[\]:#])")

_DOUBTFUL = re.compile(r"[\[:,@][-+]?(?:\.|[0-9.]*+[^\0-\x7f])")
"""What may look like a number to the real parser and be none."""

MOST_COLONS: Final = 3
DEEPEST: Final = 60
"""Brackets in brackets; prompt-control runs out of Python's stack or of time before that."""

Nested: TypeAlias = "Item | list[Nested]"
"""Items, with lists in them that stand for what is in them."""


class Parsed(NamedTuple):
    """A prompt as items, its switches (inner before outer), and what prompt-control fails on."""

    items: list[Item]
    switches: list[Change]
    problems: list[PromptControlError]


class _Open:
    """An open bracket, or the prompt itself: its fields up to now and what separates them."""

    __slots__ = ("fields", "items", "round", "signs", "start")

    def __init__(self, start: int, items: list[Nested], *, is_round: bool = False) -> None:
        self.start = start
        self.items = items
        self.fields: list[list[Nested]] = []
        self.signs: list[int] = []
        self.round = is_round


class _When(NamedTuple):
    """The numbers at the end of a schedule, where they end, and its tag."""

    opens: float
    closes: float | None
    tag: str
    end: int


def parse(source: Source) -> Parsed:
    """Read a prompt; nothing is raised."""
    text = source.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return Parsed([], [], [])
    if not _SYNTAX.search(text):
        return Parsed([Piece(text[start:end], start, end)], [], [])
    return _Reader(source, start, end).run()


class _Reader(Numbers):
    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, end)
        self.at = start
        self.top: list[Nested] = []
        self.opened: list[_Open] = []
        self.here = self.top
        self.switches: list[Change] = []
        self.doubtful = _DOUBTFUL.search(self.text) is not None
        self.depth = 0

    def run(self) -> Parsed:
        end = len(self.text)
        while self.at < end:
            text = None if self.opened else _OUTSIDE.match(self.text, self.at)
            if text is not None:
                self.top.append(Piece(text[0], self.at, text.end()))
                self.at = text.end()
                continue
            token = _TOKENS.match(self.text, self.at)
            assert token is not None
            self.at = token.end()
            self._take(token)
        self._fail()
        for switch in self.switches:
            switch.fields = [_flat(field, self.text) for field in switch.fields]
        self.problems.sort(key=lambda problem: problem.span.start if problem.span else 0)
        return Parsed(_flat(self.top, self.text), self.switches, self.problems)

    def _take(self, token: re.Match[str]) -> None:
        start, end = token.span()
        match token.lastgroup:
            case "text":
                self.here.append(Piece(token[0], start, end))
            case "escape":
                self.here.append(Piece(_SHOWN.sub(r"\1", token[0]), start, end))
            case "comment":
                self.here.append(Piece("", start, end))
            case "embedding":
                self.here.append(Piece(f"embedding:{token['embedding']}", start, end))
            case "load":
                self._load(token)
            case _:
                self._sign(token[0], start)

    def _sign(self, sign: str, at: int) -> None:
        """Open, separate, close; what cannot go on here is text, and so is all that is open."""
        inner = self.opened[-1] if self.opened else None
        piece = Piece(sign, at, at + 1)
        match sign:
            case "[" if self.depth >= DEEPEST:
                self.problem("brackets are nested too deep for prompt-control", at, at + 1)
                self._fail()
                self.here.append(piece)
            case "[":
                self.depth += 1
                self.here = []
                self.opened.append(_Open(at, self.here))
            case "(":
                self.here.append(piece)
                self.opened.append(_Open(at, self.here, is_round=True))
            case ")" if inner and inner.round:
                self.here.append(piece)
                self.opened.pop()
            case ":" if inner is None or inner.round:
                self.here.append(piece)
            case ":" | "|" if inner and not inner.round:
                self.here = []
                inner.fields.append(inner.items)
                inner.items = self.here
                inner.signs.append(at)
            case "]" if inner and not inner.round:
                self._close(inner, at)
            case _:
                self._fail()
                self.here.append(piece)

    def _close(self, inner: _Open, at: int) -> None:
        found = self._resolved(inner, at)
        if found is None:
            self._fail(len(self.opened) - 1)
            self.here.append(Piece("]", at, at + 1))
            return
        self.opened.pop()
        self.depth -= 1
        self.here = self.opened[-1].items if self.opened else self.top
        self.here.append(found)

    def _fail(self, tried: int = -1) -> None:
        """Make text of all that is open; only the number `tried` was looked at before."""
        for place, opened in enumerate(self.opened):
            if opened.round:
                continue
            if place != tried and self.doubtful:
                self._resolved(opened, -1)
            self.top.append(Piece("[", opened.start, opened.start + 1))
            for field, sign in zip(opened.fields, opened.signs, strict=True):
                self.top += [field, Piece(self.text[sign], sign, sign + 1)]
            self.top.append(opened.items)
        self.opened.clear()
        self.depth = 0
        self.here = self.top

    def _resolved(self, opened: _Open, end: int) -> Nested | None:
        """Return what a bracket that closes at `end` means; None where no rule fits.

        The rules read numbers where they expect some, whether or not they fit in the end, and
        prompt-control fails on what looks like a number and is none.
        """
        if not opened.signs and end >= 0:
            left = Piece("[", opened.start, opened.start + 1)
            return [left, opened.items, Piece("]", end, end + 1)]
        found = self._sequence(opened, end) or self._timed(opened, end) or self._turns(opened, end)
        if found is not None:
            self.switches.append(found)
        return found

    def _sequence(self, opened: _Open, end: int) -> Change | None:
        signs, text = opened.signs, self.text
        first = opened.start + 1
        if not text.startswith("SEQ:", first) or not signs or signs[0] != first + 3:
            return None
        fields: list[list[Nested]] = []
        ends: list[float] = []
        fields_of = [*opened.fields, opened.items]
        for at in range(0, len(signs) - 1, 2):
            if text[signs[at]] != ":" or text[signs[at + 1]] != ":":
                return None
            value, stop = self.number(signs[at + 1] + 1)
            if stop < 0:
                return None
            fields.append(fields_of[at + 1])
            ends.append(value)
            if stop == end and at + 2 == len(signs):
                return Sequence_(fields, ends, (opened.start, end + 1))  # type: ignore[arg-type]
            if at + 2 >= len(signs) or stop != signs[at + 2]:
                return None
        return None

    def _timed(self, opened: _Open, end: int) -> Change | None:
        colons = 0
        for sign in opened.signs[:MOST_COLONS]:
            if self.text[sign] != ":":
                break
            colons += 1
        when = self._when(opened.signs[colons - 1] + 1 if colons else opened.start + 1)
        if when is None or when.end != end or colons != len(opened.signs):
            return None
        given = opened.fields[:colons]
        fields = _shown(given, when)
        closes = FOREVER if when.closes is None else when.closes
        return Timed(fields, when.opens, closes, when.tag, (opened.start, end + 1))  # type: ignore[arg-type]

    def _when(self, at: int) -> _When | None:
        """Return the numbers of a schedule that stand at `at`."""
        opens, stop = self.number(at)
        tag = ""
        if stop < 0:
            word = _TAG.match(self.text, at)
            if word is None:
                return None
            opens, tag, stop = 0.0, word[0], word.end()
        if self.text.startswith(",", stop):
            closes, later = self.number(stop + 1)
            if later >= 0:
                return _When(opens, closes, tag, later)
        return _When(opens, None, tag, stop)

    def _turns(self, opened: _Open, end: int) -> Change | None:
        fields = [*opened.fields, opened.items]
        count = 0
        while count < len(fields) and fields[count]:
            count += 1
            if count > len(opened.signs) or self.text[opened.signs[count - 1]] != "|":
                break
        last = count - 1 == len(opened.signs)
        pace = PACE
        if count and not last and self.text[opened.signs[count - 1]] == ":":
            pace, stop = self.number(opened.signs[count - 1] + 1)
            if stop != end or count != len(opened.signs):
                return None
        elif not last or not count:
            return None
        if end < 0:
            return None
        if int(pace * 100) == 0:
            self.problem("prompt-control fails on alternations faster than 0.01", opened.start, end)
            pace = PACE
        return Turns(fields[:count], pace, (opened.start, end + 1))  # type: ignore[arg-type]

    def _load(self, token: re.Match[str]) -> None:
        """Read a network; where it is none, its angle bracket is text."""
        kind, name, _ = token[0].split(":")
        control = kind == "<loractl"
        model, stop = self.weights(token.end(), control=control)
        clip = model
        if model and self.text.startswith(":", stop):
            second, later = self.weights(stop + 1, control=control)
            clip, stop = (second, later) if second else (model, stop)
        if not model or not self.text.startswith(">", stop):
            self.at = token.start() + 1
            self._fail()
            self.here.append(Piece("<", token.start(), self.at))
            return
        self.at = stop + 1
        self.here.append(network(name, model, clip, (token.start(), self.at), control=control))


def _shown(given: list[list[Nested]], when: _When) -> list[list[Nested]]:
    """Return the fields of a schedule in the order of its numbers."""
    first, second = given[0], given[1] if len(given) > 1 else None
    if when.tag or when.closes is None:
        return [[], first] if second is None else [first, second]
    if second is None:
        return [[], first, []]
    return [*given] if len(given) == MOST_COLONS else [[], first, second]


def _flat(nested: Sequence[Nested], text: str) -> list[Item]:
    """Return the items of nested lists in order, neighbouring stretches of the text joined."""
    found: list[Item] = []
    work: list[Nested] = list(reversed(nested))
    joins = -1  # where a stretch of the text ends that the next piece may continue
    while work:
        item = work.pop()
        if isinstance(item, list):
            work += reversed(item)
            continue
        if not isinstance(item, Piece):
            found.append(item)
            joins = -1
        elif len(item.text) != item.end - item.start:
            if item.text:
                found.append(item)
            joins = -1
        elif item.start == joins:
            last = found[-1]
            assert isinstance(last, Piece)
            found[-1] = Piece("", last.start, item.end)
            joins = item.end
        else:
            found.append(item)
            joins = item.end
    return [
        Piece(text[item.start : item.end], item.start, item.end)
        if isinstance(item, Piece) and not item.text
        else item
        for item in found
    ]
