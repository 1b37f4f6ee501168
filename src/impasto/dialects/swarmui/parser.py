r"""What SwarmUI's text node makes of `[from:to:when]`, `[to:when]` and `[a|b]`.

A bracket belongs to the first kind of sign in it, colon or bar; three colons or none are no
schedule, and then the bracket only vanishes. A backslash keeps a sign from separating; on each
level of nested schedules one layer of backslashes is taken off, so what follows n of them
separates on level k where bit k of n is 0. Facts: SwarmTextHandling.py of
mcmonkeyprojects/SwarmUI at 062407c7bb.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.dialects.comfyui.switches import Item, Piece, Switch
from impasto.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source

DEEPEST: Final = 450
"""Levels of nested schedules; SwarmUI runs out of Python's stack a little later."""

_APART = re.compile(r"\0([\x01\x02])|\x03++")
"""A hidden bracket, and a tag that has given way to place holders."""
_SIGNS = re.compile(r"embedding:|(?P<slashes>\\++)|[\[\]:|]")
_LAYER = re.compile(r"\\([\\\[\]:|()<>])")


class SwarmUIError(SourceError):
    """A prompt on which SwarmUI's own node fails."""

    code = "IMP549"
    rule = "schedule-refused"


class Turns(Switch):
    """A bracket: its fields, and the steps that show each of them.

    `when` is the number as SwarmUI reads it, below 1 a part of the steps; None where fields take
    turns.
    """

    __slots__ = ("when",)

    def __init__(self, fields: list[list[Item]], when: float | None, start: int, end: int) -> None:
        order = None if when is None else ((0, _mark(when)), (1, ""))
        super().__init__(fields, order, start, end)
        self.when = when

    def masks(self, steps: int) -> list[int]:
        """Return for every field the steps that show it, as bits."""
        return _masks(self.when, len(self.fields), steps)

    def at(self, step: int, steps: int) -> list[Item]:
        """Return the field that a step shows; steps are counted from 0 here."""
        if self.when is None:
            return self.fields[step % len(self.fields)]
        when = self.when * steps if self.when < 1 else self.when
        return self.fields[0] if step < when else self.fields[1] if step >= when else []


@lru_cache(maxsize=512)
def _masks(when: float | None, count: int, steps: int) -> list[int]:
    if when is None:
        return [sum(1 << s for s in range(at, steps, count)) for at in range(count)]
    when = when * steps if when < 1 else when
    before = sum(1 << step for step in range(steps) if step < when)
    after = sum(1 << step for step in range(steps) if step >= when)
    return [before, after]


def _mark(when: float) -> str:
    """Return the number as the canonical syntax writes it: with a dot a part of the steps."""
    if when >= 1:
        return f":{min(math.ceil(min(when, 1e6)), 10**6)}"
    text = f"{max(when, 0.0):.6f}".rstrip("0")
    return f":{text}0" if text.endswith(".") else f":{text}"


class _Bracket:
    """A matched pair: where it stands, what separates in it, the pairs directly inside."""

    __slots__ = ("end", "inside", "signs", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = -1
        self.signs: list[tuple[int, int]] = []
        self.inside: list[_Bracket] = []

    def separators(self, text: str, level: int) -> list[int]:
        """Return where fields end on this level: all signs of the kind that comes first."""
        found = [at for at, slashes in self.signs if not slashes >> level & 1]
        return [at for at in found if text[at] == text[found[0]]] if found else []


class _Field(NamedTuple):
    """A stretch to read on a level, and where its items go.

    It was cut out on the level `cut`: up to there, layers were taken off with its end in sight.
    """

    start: int
    end: int
    brackets: list[_Bracket]
    level: int
    cut: int
    target: list[Item]


class Parsed(NamedTuple):
    """A prompt as items, its switches (outer before inner), and what SwarmUI fails on."""

    items: list[Item]
    switches: list[Turns]
    problems: list[SwarmUIError]


def parse(source: Source, tags: re.Pattern[str] | None = None) -> Parsed:
    """Read a prompt; stretches that match `tags` are one sign-free text each."""
    return _Reader(source, tags).run()


class _Reader:
    def __init__(self, source: Source, tags: re.Pattern[str] | None) -> None:
        self.source = source
        text = _hidden(source.text)
        self.text = text
        self.plain = tags.sub(lambda m: "\3" * len(m[0]), text) if tags else text
        self.switches: list[Turns] = []
        self.problems: list[SwarmUIError] = []
        self.waiting: list[_Field] = []

    def run(self) -> Parsed:
        items: list[Item] = []
        roots, end, alone = self._brackets()
        if alone and roots:
            self._problem("SwarmUI fails on a last bracket that is not closed", end, end + 1)
        self.waiting.append(_Field(0, end, roots, 0, 0, items))
        for field in self.waiting:  # grows while it is read
            if field.level > DEEPEST:
                self._problem("the schedules are nested too deep for SwarmUI", field.start, end)
                break
            self._read(field)
        if not self.switches:
            items = list(self._text(0, len(self.text), 0))
        else:
            items += self._text(end, len(self.text), 0)
        self.problems.sort(key=lambda problem: problem.span.start if problem.span else 0)
        return Parsed(items, self.switches, self.problems)

    def _brackets(self) -> tuple[list[_Bracket], int, bool]:
        """Return the outermost pairs, where the first open bracket stands, whether it is alone."""
        opened: list[_Bracket] = []
        roots: list[_Bracket] = []
        slashes = last = -1
        for sign in _SIGNS.finditer(self.plain):
            at = sign.start()
            if sign.lastgroup:
                slashes, last = len(sign[0]), sign.end()
            elif sign[0] == "[":
                opened.append(_Bracket(at))
            elif sign[0] == "]" and opened:
                closed = opened.pop()
                closed.end = at
                (opened[-1].inside if opened else roots).append(closed)
            elif sign[0] in (":", "|") and opened:
                opened[-1].signs.append((at, slashes if last == at else 0))
        if not opened:
            return roots, len(self.text), False
        first = opened[0].start
        return [root for root in roots if root.start < first], first, len(opened) == 1

    def _read(self, field: _Field) -> None:
        """Cut a stretch into texts and brackets."""
        at = field.start
        for bracket in field.brackets:
            field.target.extend(self._text(at, bracket.start, field.level))
            at = bracket.end + 1
            signs = bracket.separators(self.text, field.level)
            bars = bool(signs) and self.text[signs[0]] == "|"
            if not signs or (not bars and len(signs) > 2):
                field.target.extend(self._text(bracket.start + 1, bracket.end, field.level))
            else:
                self._switch(field, bracket, signs, bars=bars)
        field.target.extend(self._text(at, field.end, field.level, field.cut))

    def _switch(self, field: _Field, bracket: _Bracket, signs: list[int], *, bars: bool) -> None:
        edges = [bracket.start, *signs, bracket.end]
        ranges = [(a + 1, b) for a, b in pairwise(edges)]
        when = None if bars else self._number(*ranges.pop(), field.level)
        fields: list[list[Item]] = [[] for _ in ranges]
        shown = fields if bars or len(fields) == 2 else [[], *fields]
        switch = Turns(shown, when, bracket.start, bracket.end + 1)
        self.switches.append(switch)
        field.target.append(switch)
        inside = iter(bracket.inside)
        inner = next(inside, None)
        for (start, end), items in zip(ranges, fields, strict=True):
            found: list[_Bracket] = []
            while inner is not None and inner.start < end:
                found.append(inner)
                inner = next(inside, None)
            level = field.level + 1 if found else field.level
            self.waiting.append(_Field(start, end, found, level, field.level, items))

    def _number(self, start: int, end: int, level: int) -> float:
        text = "".join(
            piece.text for piece in self._text(start, end, level) if isinstance(piece, Piece)
        )
        try:
            return float(text)
        except ValueError:
            self._problem(f'SwarmUI takes "{text[:40]}" for a number and fails', start, end)
            return 1.0

    def _problem(self, message: str, start: int, end: int) -> None:
        hint = "write the step or a fraction last, or escape the bracket: \\["
        self.problems.append(SwarmUIError(message, self.source.span(start, end), hint=hint))

    def _text(self, start: int, end: int, level: int, cut: int = DEEPEST) -> Iterator[Piece]:
        r"""Yield a stretch as it reads on a level; `\[`, `\]` and tags are pieces of their own."""
        at = start
        for apart in _APART.finditer(self.plain, start, end):
            first, last = apart.span()
            if at < first:
                yield self._piece(at, first, level, DEEPEST)
            sign = apart[1]
            yield Piece("[]"[ord(sign) - 1] if sign else self.source.text[first:last], first, last)
            at = last
        if at < end:
            yield self._piece(at, end, level, cut)

    def _piece(self, start: int, end: int, level: int, cut: int) -> Piece:
        text = self.text[start:end]
        for layer in range(level if "\\" in text else 0):
            beside = self.text[end : end + 1] if layer < cut else ""
            fewer = _LAYER.sub(r"\1", text + beside)
            fewer = fewer[: len(fewer) - len(beside)]
            if fewer == text and text[-1:] != "\\":
                break
            text = fewer
        return Piece(text, start, end)


def _hidden(text: str) -> str:
    r"""Return the text with `\[` and `\]` as two other characters, as SwarmUI hides them."""
    if "\\" not in text:
        return text
    return text.replace("\\[", "\0\1").replace("\\]", "\0\2")


def steps_of(parsed: Parsed, steps: int) -> list[list[Piece]]:
    """Return the pieces that each step shows."""
    shown: list[list[Piece]] = [[] for _ in range(steps)]
    work: list[tuple[Item, int]] = [(item, (1 << steps) - 1) for item in reversed(parsed.items)]
    while work:
        item, mask = work.pop()
        if isinstance(item, Turns):
            for field, bits in zip(reversed(item.fields), reversed(item.masks(steps)), strict=True):
                if mask & bits:
                    work += [(inner, mask & bits) for inner in reversed(field)]
        elif isinstance(item, Piece):
            for step in range(steps):
                if mask >> step & 1:
                    shown[step].append(item)
    return shown


def pieces_at(items: list[Item], step: int, steps: int) -> list[Piece]:
    """Return the pieces that one step shows, counted from 1."""
    found: list[Piece] = []
    work = list(reversed(items))
    while work:
        item = work.pop()
        if isinstance(item, Piece):
            found.append(item)
        elif isinstance(item, Turns):
            work += reversed(item.at(step - 1, steps))
    return found
