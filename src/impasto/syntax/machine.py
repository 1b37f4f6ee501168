"""The table of grammars/impasto.lark at work on a text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from impasto.syntax._tables import ROWS, TERMINALS
from impasto.syntax.frames import CLOSE, LEAVES, SEPARATORS, Frame, Row, Step, parts_of
from impasto.syntax.nodes import Group, GroupKind, Part, Text

if TYPE_CHECKING:
    from collections.abc import Callable

_T = f"(?>{TERMINALS['TEXT']})"
WEIGHT = f"(?>{TERMINALS['WEIGHT']})"


@cache
def scanner() -> Callable[[str], list[tuple[str, ...]]]:
    """Return what cuts a text: count, odds, text; then a whole group of text, or one other terminal.

    Compiling it costs more than importing this module, and most texts never come here.
    """
    return re.compile(
        rf"({TERMINALS['COUNT']})?+({TERMINALS['ODDS']})?+({_T})?+"
        rf"(?:\(({_T})({WEIGHT})?+\)|\[({_T})({WEIGHT})?+\]|({WEIGHT})|({TERMINALS['ANDW']})"
        rf"|({TERMINALS['REF']}|{TERMINALS['WILDCARD']}|{TERMINALS['COMMENT']})"
        rf"|({TERMINALS['BREAK']}|{TERMINALS['AND']}|[()\[\]:{{|}}])|\Z)"
    ).findall


class Refused(Exception):  # noqa: N818 - a signal inside the parser
    """The table has no step for what comes next."""


class Problem(NamedTuple):
    """Something that the table refuses, and how to say so."""

    start: int
    end: int
    message: str
    expected: tuple[str, ...] = ()
    hint: str = ""


MESSAGES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "REF": (
        "a choice cannot stand inside a reference",
        (),
        "put whole references into the choice: {<lora:a:1>|<lora:b:1>}",
    ),
    "AND": ("AND cannot stand inside brackets", (), r"write \AND for the word"),
    "WEIGHT": (
        "a schedule has two texts and a number",
        ("[from:to:when]",),
        r"write \: for a colon that is text",
    ),
}


def _linked() -> Row:
    """Return the first row of the table, the numbers of rows replaced by the rows."""
    rows: list[Row] = [{} for _ in ROWS]
    for row, numbered in zip(rows, ROWS, strict=True):
        for name, (action, *targets) in numbered.items():
            row[name] = (action, *(rows[t] if isinstance(t, int) else t for t in targets))
    return rows[0]


_START = _linked()


class Machine:
    """The table at work on one text.

    Brackets at the offsets `as_text` are text. With `problems`, what the table refuses becomes
    text too and is noted there; without, it raises Refused.
    """

    __slots__ = ("as_text", "frame", "frames", "glue", "pos", "problems", "row", "source")

    def __init__(
        self,
        source: str,
        as_text: frozenset[int] = frozenset(),
        problems: list[Problem] | None = None,
    ) -> None:
        self.source = source
        self.as_text = as_text
        self.problems = problems
        self.frame = Frame(0, 0, _START)
        self.frames: list[Frame] = []
        self.row: Row = _START
        self.pos = 0
        self.glue = -1

    def run(self) -> tuple[Part, ...]:
        """Return the parts of the text."""
        for (
            count, odds, text, up, up_mark, down, down_mark, weight, part, leaf, sign
        ) in scanner()(self.source):  # fmt: skip
            if count:
                self.take("COUNT", count)
            if odds:
                self.take("ODDS", odds)
            if text:  # most of every prompt, so done here
                self.row = self.row["TEXT"][1]
                if self.glue < 0:
                    self.glue = self.pos
                self.pos += len(text)
            if sign:
                self.take(sign, sign)
            elif up:
                self.group("round", up, up_mark)
            elif leaf:
                if self.problems is None and holds_choice(leaf):
                    raise Refused
                self.take(_leaf_name(leaf), leaf)
            elif down:
                self.group("square", down, down_mark)
            elif weight:
                self.take("WEIGHT", weight)
            elif part:
                self.take("ANDW", part)
        self.flush()
        if self.frames or self.pos != len(self.source):
            raise Refused
        return parts_of(self.frame, self.row["$END"][1], self.source, self.pos)

    def take(self, name: str, token: str) -> None:
        """Do what the table says about `token` here."""
        step = self.row.get(name)
        if step is None or self.problems is not None:
            step = self.recovered(name, token, step)
        action = step[0]
        end = self.pos + len(token)
        if action == "item":
            self.row = step[1]
            if name not in LEAVES:
                if self.glue < 0:
                    self.glue = self.pos
                self.pos = end
                return
            self.flush()
            self.frame.nodes.append(LEAVES[name](token, self.pos, end))
        else:
            self.flush()
            if action == "open":
                self.frames.append(self.frame)
                self.frame = Frame(self.pos, end, step[2])
                self.row = step[1]
            elif action == "close":
                node = CLOSE[step[1]](self.frame, self.source, end)
                self.row = self.frame.resume
                self.frame = self.frames.pop()
                self.frame.nodes.append(node)
            else:
                self.mark(name, token)
                self.row = step[1]
        self.pos = end

    def mark(self, name: str, token: str) -> None:
        """Separate two fields, or keep a weight, odds or a count."""
        if name in SEPARATORS:
            self.frame.separate(token, self.pos)
        elif name == "COUNT":
            self.frame.count = token
            self.frame.start = self.pos + len(token)
        else:
            self.frame.mark = token

    def group(self, kind: GroupKind, text: str, mark: str) -> None:
        """Take a whole group that holds only text; the table allows one wherever it may open."""
        self.flush()
        self.row = self.row["(" if kind == "round" else "["][2]
        start = self.pos + 1
        child = Text(text, start, start + len(text))
        end = start + len(text) + len(mark) + 1
        self.frame.nodes.append(Group(kind, (child,), mark, self.pos, end))
        self.pos = end

    def flush(self) -> None:
        """End the run of text that was being gathered."""
        if self.glue >= 0:
            text = self.source[self.glue : self.pos]
            self.frame.nodes.append(Text(text, self.glue, self.pos))
            self.glue = -1

    def recovered(self, name: str, token: str, step: Step | None) -> Step:
        """Return the step for a token that may have to be text."""
        if self.problems is None:
            raise Refused
        end = self.pos + len(token)
        weighs_text = name == "WEIGHT" and end in self.as_text
        if step is not None and self.pos not in self.as_text and not weighs_text:
            return step
        if self.pos not in self.as_text and not weighs_text and name in MESSAGES:
            self.problems.append(Problem(self.pos, end, *MESSAGES[name]))
        return ("item", self.row)


def _leaf_name(leaf: str) -> str:
    return {"<": "REF", "_": "WILDCARD"}.get(leaf[0], "COMMENT")


def holds_choice(leaf: str) -> bool:
    """Whether `leaf` is a reference with a choice inside, which nothing could resolve."""
    return leaf[0] == "<" and "{" in leaf and bool(re.search(r"(?<!\\)(?:\\\\)*+[{}]", leaf))
