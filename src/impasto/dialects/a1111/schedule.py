r"""The schedule grammar of A1111: `[a:b:0.5]`, `[b:0.5]`, `[a|b]`.

The real one is an ambiguous grammar in an Earley parser, where any bracket and any colon may also
be plain text at the top level. Which reading wins, as measured: structures are kept wherever what
surrounds them allows it, but a bracket that holds a loose bracket or a loose colon is text, and so
is everything around it. Behind a structure, a row of an even number of brackets and colons that
are text swallows the structure's own closing bracket too, which makes it text as well. A bar
outside `[a|b]`, or a backslash with nothing or a line end behind it, makes the parser give up: the
whole text is left as it is. This reads the same in one pass forwards and one backwards.

Facts: get_learned_conditioning_prompt_schedules in modules/prompt_parser.py at 28bd8e1 of
AUTOMATIC1111/stable-diffusion-webui, run with lark 1.3.1.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from impasto.dialects.a1111.emphasis import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKENS = re.compile(r"\\.|[\\\[\]():|]|[^\\\[\]():|]++")
_NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
_WHEN = re.compile(rf"\s*+({_NUMBER})\s*+")
_WHEN_OLD = re.compile(rf"\s*+({_NUMBER})")


class Field(NamedTuple):
    """One of the texts of a bracket, [start, end), and the brackets in it."""

    start: int
    end: int
    brackets: list[Bracket]


class Bracket(NamedTuple):
    """A schedule of two fields or, where `when` is empty, an alternation."""

    start: int
    end: int
    fields: list[Field]
    when: str

    def field(self, step: int, steps: int, *, old: bool = False) -> Field:
        """Return the field that is there at `step` of `steps`."""
        if not self.when:
            return self.fields[(step - 1) % len(self.fields)]
        return self.fields[step > self.until(steps, old=old)]

    def until(self, steps: int, *, old: bool = False) -> int:
        """Return the last step of the first field.

        A number with a dot is a fraction of the steps; with `old` (up to version 1.5), a number
        below 1.

        Raises:
            ReadError: the number is beyond all measure.
        """
        when = float(self.when)
        if math.isinf(when):
            raise ReadError(f"{self.when} is no step", self.start, self.end)
        if when < 1 if old else "." in self.when:
            when *= steps
        return min(steps, int(when))


class _Token(NamedTuple):
    """A sign, or "" for text, its place; `row`: the first token of the row of signs it ends."""

    sign: str
    start: int
    row: int
    end: int


class _Frame:
    """An open bracket: the token that opened it and those that separate its fields."""

    __slots__ = ("bars", "opener", "seps", "sign")

    def __init__(self, sign: str, opener: int) -> None:
        self.sign = sign
        self.opener = opener
        self.seps: list[int] = []
        self.bars = 0


class _Refused(Exception):  # noqa: N818 - a signal inside this module
    """The real parser gives up on the text."""


@lru_cache(maxsize=4)
def brackets(text: str, *, old: bool = False) -> list[Bracket] | None:
    """Return the schedules and alternations of `text`; None where the real parser gives up.

    The last few are remembered, for a text that was read is mostly asked for its weights next.
    """
    if "[" not in text or (":" not in text and "|" not in text):
        return []
    try:
        scan = _Scan(text, old=old)
    except _Refused:
        return None
    return scan.build() if scan.structured else []


class _Scan:
    """The tokens of a text, and for every closing bracket what it closes."""

    __slots__ = ("barred", "frames", "matches", "structured", "text", "tokens", "when")

    def __init__(self, text: str, *, old: bool) -> None:
        self.text = text
        self.when = _WHEN_OLD if old else _WHEN
        self.tokens: list[_Token] = []
        self.frames: list[_Frame] = []
        self.matches: dict[int, tuple[_Frame, str | None]] = {}
        self.structured = False
        self.barred = 0
        for found in _TOKENS.finditer(text):
            self._take(found[0], found.start(), found.end())
        self._give_up_frames()

    def _take(self, piece: str, start: int, end: int) -> None:
        at = len(self.tokens)
        row = -1
        if len(piece) == 1 and piece in "()[]:|\\":
            if piece == "\\":
                raise _Refused
            if piece != "|" and not self.barred:
                before = self.tokens[-1].row if at else -1
                row = before if before >= 0 else at
            self._sign(piece, at, start)
        else:
            piece = ""
        self.tokens.append(_Token(piece, start, row, end))

    def _sign(self, sign: str, at: int, start: int) -> None:
        frames = self.frames
        if sign in "([":
            frames.append(_Frame(sign, at))
        elif sign in ")]":
            if frames and (frames[-1].sign == "(") == (sign == ")"):
                self._close(frames.pop(), at, start)
            else:
                self._give_up_frames()
        elif frames and (sign == ":" or frames[-1].sign == "["):
            frames[-1].seps.append(at)
            if sign == "|":
                frames[-1].bars += 1
                self.barred += frames[-1].bars == 1
        elif sign == "|":
            raise _Refused

    def _close(self, frame: _Frame, at: int, start: int) -> None:
        self.barred -= frame.bars > 0
        if self._is_valid(frame, start):
            when = None
            if frame.sign == "[" and frame.seps:
                when = "" if frame.bars else self._number(frame, start)
                self.structured = True
            self.matches[at] = (frame, when)
        else:
            self.frames.append(frame)
            self._give_up_frames()

    def _is_valid(self, frame: _Frame, end: int) -> bool:
        seps = len(frame.seps)
        if frame.bars:
            return frame.bars == seps
        if frame.sign == "(" or not seps:
            return seps <= 1
        return seps <= 2 and bool(self._number(frame, end))

    def _number(self, frame: _Frame, end: int) -> str:
        found = self.when.fullmatch(self.text, self.tokens[frame.seps[-1]].start + 1, end)
        return found[1] if found else ""

    def _give_up_frames(self) -> None:
        """Take all open brackets for text; a bar in one of them cannot be."""
        if self.barred or any(frame.bars for frame in self.frames):
            raise _Refused
        self.frames.clear()

    def build(self) -> list[Bracket]:
        """Return the outermost structures that stay structures, in order."""
        found: list[Bracket] = []
        at = len(self.tokens)
        while at:
            sign, _, row, _ = self.tokens[at - 1]
            match = self.matches.get(at - 1)
            if match:
                first = match[0].opener
                found += reversed(self._inside(first, at))
                at = first
            elif not sign:
                at -= 1
            else:
                at = row if (at - row) % 2 else row + 1
        found.reverse()
        return found

    def _inside(self, first: int, last: int) -> list[Bracket]:
        """Return the structures of the tokens first to last, where every bracket is matched."""
        found: list[Bracket] = []
        opened: list[_Open] = []
        ends = {
            frame.opener: (at, frame, when)
            for at in range(first, last)
            for frame, when in [self.matches.get(at, (None, None))]
            if frame is not None and when is not None
        }
        for at in range(first, last):
            top = opened[-1] if opened else None
            if at in ends:
                end, frame, when = ends[at]
                opened.append(_Open(frame, end, when, self._fields(frame, end, when)))
            elif top and at == top.next_separator:
                top.region += 1
            elif top and at == top.end:
                opened.pop()
                start = self.tokens[top.frame.opener].start
                made = Bracket(start, self.tokens[at].end, top.fields, top.when)
                (opened[-1].field.brackets if opened else found).append(made)
        return found

    def _fields(self, frame: _Frame, end: int, when: str) -> list[Field]:
        tokens = self.tokens
        signs = frame.seps[:-1] if when else frame.seps
        starts = [tokens[at].end for at in (frame.opener, *signs)]
        ends = [tokens[at].start for at in (*signs, frame.seps[-1] if when else end)]
        fields = [Field(first, last, []) for first, last in zip(starts, ends, strict=True)]
        return fields if not when or signs else [Field(starts[0], starts[0], []), *fields]


class _Open:
    """A structure whose fields are being filled: in which of them the tokens are."""

    __slots__ = ("end", "fields", "frame", "region", "when")

    def __init__(self, frame: _Frame, end: int, when: str, fields: list[Field]) -> None:
        self.frame = frame
        self.end = end
        self.when = when
        self.fields = fields
        self.region = 0

    @property
    def next_separator(self) -> int:
        """The token that ends the field, -1 behind the last one."""
        seps = self.frame.seps
        return seps[self.region] if self.region < len(seps) else -1

    @property
    def field(self) -> Field:
        """The field that is being filled; one that adds later has only its second written."""
        later = bool(self.when) and len(self.frame.seps) == 1
        return self.fields[min(self.region + later, len(self.fields) - 1)]


def steps_of(found: list[Bracket], steps: int, *, old: bool = False) -> list[int]:
    """Return the last step of every stretch in which the text stays the same, up to `steps`.

    Raises:
        ReadError: a number is beyond all measure.
    """
    last = {steps}
    work = list(found)
    while work:
        bracket = work.pop()
        if bracket.when:
            last.add(bracket.until(steps, old=old))
        else:
            last.update(range(1, steps + 1))
        work += [inner for field in bracket.fields for inner in field.brackets]
    return sorted(step for step in last if step >= 1)


def slices(
    found: list[Bracket], length: int, step: int, steps: int, *, old: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the stretches [start, end) of the text that are there at `step`."""
    at = 0
    work = [(iter(found), length, length)]
    while work:
        rest, end, behind = work[-1]
        bracket = next(rest, None)
        if bracket is None:
            if at < end:
                yield at, end
            at = behind
            work.pop()
            continue
        if at < bracket.start:
            yield at, bracket.start
        field = bracket.field(step, steps, old=old)
        at = field.start
        work.append((iter(field.brackets), field.end, bracket.end))
