"""Text to tree: run the folded table of grammars/impasto.lark.

Three loops, from the fastest: none for text without a special character; one that knows groups,
for the common weighted prompt; one that runs the table, for everything. The first two return
exactly what the third would. All are linear and none recurses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from impasto.errors import PromptSyntaxError
from impasto.source import Source
from impasto.syntax._tables import ROWS, TERMINALS
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    GroupKind,
    Node,
    Option,
    Part,
    Reference,
    Schedule,
    Text,
    Wildcard,
)
from impasto.syntax.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

_Step: TypeAlias = tuple[Any, ...]
_Row: TypeAlias = dict[str, _Step]
_Closer: TypeAlias = "Callable[[_Frame, str, int], Node]"

_T, _W = f"(?>{TERMINALS['TEXT']})", f"(?>{TERMINALS['WEIGHT']})"
_GROUP_TEXT = r"(?:[^\\()\[\]:]++|\\[\s\S]?)++"
"""TEXT where nothing but groups can occur; a test holds both readings together."""

_scan_groups = re.compile(
    rf"({_GROUP_TEXT})?+"
    rf"(?:\(({_GROUP_TEXT})({_W})?+\)|\[({_GROUP_TEXT})({_W})?+\]|({_W})|([()\[\]:])|\Z)"
).findall
_scan_all = re.compile(
    rf"({TERMINALS['COUNT']})?+({TERMINALS['ODDS']})?+({_T})?+"
    rf"(?:\(({_T})({_W})?+\)|\[({_T})({_W})?+\]|({_W})|({TERMINALS['ANDW']})"
    rf"|({TERMINALS['REF']}|{TERMINALS['WILDCARD']}|{TERMINALS['COMMENT']})"
    rf"|({TERMINALS['BREAK']}|{TERMINALS['AND']}|[()\[\]:{{|}}])|\Z)"
).findall
_special = re.compile(r"[()\[\]{}|<\\]").search
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}


def parse(
    text: str, *, recover: bool = False, name: str | None = None, origin: Source | None = None
) -> Prompt:
    """Return the tree of `text`, a prompt in the canonical syntax.

    `name` is what messages call the text; `origin` is its source where it stands in a file.
    With `recover` every text is accepted: what cannot be syntax is text, and `diagnostics` of
    the prompt say so.

    Raises:
        PromptSyntaxError: the first error of the text, unless `recover`.
        TypeError: `text` is not a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"a prompt is a str, not {type(text).__name__}: {text!r:.60}")
    called = name or "prompt"
    if "__" not in text and "BREAK" not in text and "AND" not in text and "# " not in text:
        if _special(text) is None:
            nodes = (Text(text, 0, len(text)),) if text else ()
            return Prompt((Part(nodes, "", 0, len(text)),), text, called, origin=origin)
        if "{" not in text and "|" not in text and "<" not in text and "}" not in text:
            found = _parse_groups(text)
            if found is not None:
                return Prompt((Part(found, "", 0, len(text)),), text, called, origin=origin)
    try:
        return Prompt(_Machine(text).run(), text, called, origin=origin)
    except _Refused:
        return _recover(text, called, origin, strict=not recover)


class _Refused(Exception):  # noqa: N818 - a signal inside this module
    """The table has no step for what comes next."""


def _parse_groups(source: str) -> tuple[Node, ...] | None:
    """Return the nodes of a text that holds only text and groups, None for any other."""
    nodes: list[Node] = []
    frames: list[tuple[str, list[Node], int]] = []
    mark = ""
    pos = 0
    glue = -1
    for text, up, up_mark, down, down_mark, weight, sign in _scan_groups(source):
        if text:
            begin = pos if glue < 0 else glue
            pos += len(text)
            if sign == ":":
                glue = begin
            else:
                glue = -1
                nodes.append(Text(source[begin:pos], begin, pos))
        elif glue >= 0 and sign != ":":
            nodes.append(Text(source[glue:pos], glue, pos))
            glue = -1
        if up:
            end = pos + 1 + len(up)
            child = Text(up, pos + 1, end)
            end += len(up_mark) + 1
            nodes.append(Group("round", (child,), up_mark, pos, end))
            pos = end
        elif sign:
            if sign == "(" or sign == "[":  # noqa: PLR1714 - a tuple costs more than it says
                frames.append((sign, nodes, pos))
                nodes = []
            elif sign == ":":
                if frames and frames[-1][0] == "[":
                    return None
                if glue < 0:
                    glue = pos
            else:
                if not frames:
                    return None
                opener, outer, opened = frames.pop()
                if _CLOSER[opener] != sign:
                    return None
                kind = "round" if opener == "(" else "square"
                outer.append(Group(kind, tuple(nodes), mark, opened, pos + 1))  # type: ignore[arg-type]
                nodes = outer
                mark = ""
            pos += 1
        elif down:
            end = pos + 1 + len(down)
            child = Text(down, pos + 1, end)
            end += len(down_mark) + 1
            nodes.append(Group("square", (child,), down_mark, pos, end))
            pos = end
        elif weight:
            if not frames:
                return None
            mark = weight
            pos += len(weight)
    return None if frames or pos != len(source) else tuple(nodes)


class _Frame:
    """What stands between an opening bracket and its closing one: fields and their marks."""

    __slots__ = ("count", "fields", "mark", "nodes", "opened", "resume", "start")

    def __init__(self, opened: int, start: int, resume: _Row) -> None:
        self.opened = opened
        self.start = start
        self.resume = resume
        self.nodes: list[Node] = []
        self.fields: list[_Field] = []
        self.mark = ""
        self.count = ""

    def separate(self, sign: str, pos: int) -> None:
        """End the field in which the parser is: `sign` stands at `pos`."""
        self.fields.append(_Field(sign, self.nodes, self.mark, self.start, pos))
        self.nodes, self.mark, self.start = [], "", pos + len(sign)


class _Field(NamedTuple):
    """One field of a frame and the sign that ended it."""

    sign: str
    nodes: list[Node]
    mark: str
    start: int
    end: int


class _Machine:
    """The table at work on one text.

    Brackets at the offsets `as_text` are text. With `problems`, what the table refuses becomes
    text too and is noted there; without, it raises _Refused.
    """

    __slots__ = ("as_text", "frame", "frames", "glue", "pos", "problems", "row", "source")

    def __init__(
        self,
        source: str,
        as_text: frozenset[int] = frozenset(),
        problems: list[_Problem] | None = None,
    ) -> None:
        self.source = source
        self.as_text = as_text
        self.problems = problems
        self.frame = _Frame(0, 0, _START)
        self.frames: list[_Frame] = []
        self.row: _Row = _START
        self.pos = 0
        self.glue = -1

    def run(self) -> tuple[Part, ...]:
        """Return the parts of the text."""
        for (
            count, odds, text, up, up_mark, down, down_mark, weight, part, leaf, sign
        ) in _scan_all(self.source):  # fmt: skip
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
                if self.problems is None and _holds_choice(leaf):
                    raise _Refused
                self.take(_leaf_name(leaf), leaf)
            elif down:
                self.group("square", down, down_mark)
            elif weight:
                self.take("WEIGHT", weight)
            elif part:
                self.take("ANDW", part)
        self.flush()
        if self.frames or self.pos != len(self.source):
            raise _Refused
        return _parts(self.frame, self.row["$END"][1], self.source, self.pos)

    def take(self, name: str, token: str) -> None:
        """Do what the table says about `token` here."""
        step = self.row.get(name)
        if step is None or self.problems is not None:
            step = self.recovered(name, token, step)
        action = step[0]
        end = self.pos + len(token)
        if action == "item":
            self.row = step[1]
            if name not in _LEAVES:
                if self.glue < 0:
                    self.glue = self.pos
                self.pos = end
                return
            self.flush()
            self.frame.nodes.append(_LEAVES[name](token, self.pos, end))
        else:
            self.flush()
            if action == "open":
                self.frames.append(self.frame)
                self.frame = _Frame(self.pos, end, step[2])
                self.row = step[1]
            elif action == "close":
                node = _CLOSE[step[1]](self.frame, self.source, end)
                self.row = self.frame.resume
                self.frame = self.frames.pop()
                self.frame.nodes.append(node)
            else:
                self.mark(name, token)
                self.row = step[1]
        self.pos = end

    def mark(self, name: str, token: str) -> None:
        """Separate two fields, or keep a weight, odds or a count."""
        if name in _SEPARATORS:
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

    def recovered(self, name: str, token: str, step: _Step | None) -> _Step:
        """Return the step for a token that may have to be text."""
        if self.problems is None:
            raise _Refused
        end = self.pos + len(token)
        weighs_text = name == "WEIGHT" and end in self.as_text
        if step is not None and self.pos not in self.as_text and not weighs_text:
            return step
        if self.pos not in self.as_text and not weighs_text and name in _MESSAGES:
            self.problems.append(_Problem(self.pos, end, *_MESSAGES[name]))
        return ("item", self.row)


def _leaf_name(leaf: str) -> str:
    return {"<": "REF", "_": "WILDCARD"}.get(leaf[0], "COMMENT")


def _holds_choice(leaf: str) -> bool:
    """Whether `leaf` is a reference with a choice inside, which nothing could resolve."""
    return leaf[0] == "<" and "{" in leaf and bool(re.search(r"(?<!\\)(?:\\\\)*+[{}]", leaf))


def _parts(frame: _Frame, shape: str, source: str, end: int) -> tuple[Part, ...]:
    """Return the parts of a prompt; without AND the weight at its end is text."""
    if shape == "single":
        nodes = _with_text(frame.nodes, frame.mark, source, end)
        return (Part(tuple(nodes), "", 0, end),)
    frame.separate("", end)
    return tuple(Part(tuple(f.nodes), f.mark, f.start, f.end) for f in frame.fields)


def _with_text(nodes: list[Node], text: str, source: str, end: int) -> list[Node]:
    """Return `nodes` with `text`, which ends at `end`, joined to the last one."""
    if not text:
        return nodes
    last = nodes[-1] if nodes else None
    if isinstance(last, Text):
        return [*nodes[:-1], Text(source[last.start : end], last.start, end)]
    return [*nodes, Text(text, end - len(text), end)]


def _joined(fields: list[_Field], source: str) -> tuple[Node, ...]:
    """Return the nodes of `fields` as one list, the colons between them as text."""
    nodes: list[Node] = []
    begin = -1  # where the text that ends in a colon began
    for at, field in enumerate(fields):
        inner = field.nodes
        if begin >= 0:
            first = inner[0] if inner else None
            stop = first.end if isinstance(first, Text) else field.start
            inner = inner[1:] if isinstance(first, Text) else inner
            if inner or at == len(fields) - 1:
                nodes.append(Text(source[begin:stop], begin, stop))
                begin = -1
        nodes += inner
        if at < len(fields) - 1 and begin < 0:
            last = nodes[-1] if nodes else None
            begin = field.end
            if isinstance(last, Text) and last.end == field.end:
                begin = nodes.pop().start
    return tuple(nodes)


def _close_group(kind: GroupKind) -> _Closer:
    def close(frame: _Frame, _source: str, end: int) -> Node:
        return Group(kind, tuple(frame.nodes), frame.mark, frame.opened, end)

    return close


def _close_schedule(frame: _Frame, _source: str, end: int) -> Node:
    before = tuple(frame.fields[0].nodes)
    return Schedule(before, tuple(frame.nodes), frame.mark, frame.opened, end)


def _close_text_with_colons(frame: _Frame, source: str, end: int) -> Node:
    frame.separate("", end - 1)
    return Group("square", _joined(frame.fields, source), "", frame.opened, end)


def _close_alternate(frame: _Frame, source: str, end: int) -> Node:
    """Close `[a|b]`; a number at its end is text."""
    frame.nodes = _with_text(frame.nodes, frame.mark, source, end - 1)
    frame.separate("", end - 1)
    fields: list[tuple[Node, ...]] = []
    run: list[_Field] = []
    for field in frame.fields:
        run.append(field)
        if field.sign != ":":
            fields.append(_joined(run, source) if len(run) > 1 else tuple(field.nodes))
            run = []
    return Alternate(tuple(fields), frame.opened, end)


def _close_choice(frame: _Frame, _source: str, end: int) -> Node:
    frame.separate("", end - 1)
    options = tuple(Option(tuple(f.nodes), f.mark, f.start, f.end) for f in frame.fields)
    return Choice(options, frame.count, frame.opened, end)


_CLOSE: dict[str, _Closer] = {
    "up": _close_group("round"),
    "down": _close_group("square"),
    "schedule": _close_schedule,
    "downtext": _close_text_with_colons,
    "alternate": _close_alternate,
    "choice": _close_choice,
}
_LEAVES: dict[str, Callable[[str, int, int], Node]] = {
    "REF": Reference,
    "WILDCARD": Wildcard,
    "COMMENT": Comment,
    "BREAK": lambda _token, start, end: Break(start, end),
}
_SEPARATORS = frozenset((":", "|", "AND"))


def _linked() -> _Row:
    """Return the first row of the table, the numbers of rows replaced by the rows."""
    rows: list[_Row] = [{} for _ in ROWS]
    for row, numbered in zip(rows, ROWS, strict=True):
        for name, (action, *targets) in numbered.items():
            row[name] = (action, *(rows[t] if isinstance(t, int) else t for t in targets))
    return rows[0]


_START = _linked()


# Recovery: what the strict parser refuses, said well.


class _Problem(NamedTuple):
    start: int
    end: int
    message: str
    expected: tuple[str, ...] = ()
    hint: str = ""


_MESSAGES: dict[str, tuple[str, tuple[str, ...], str]] = {
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


def _recover(text: str, name: str, origin: Source | None, *, strict: bool) -> Prompt:
    """Parse any text; with `strict`, raise its first problem."""
    problems = _unmatched(text)
    as_text = frozenset(p.start for p in problems)
    parts = _Machine(text, as_text, problems).run()
    source = origin or Source(text, name)
    if strict and problems:
        raise _error(min(problems), source)
    found = tuple(_error(problem, source).diagnostic for problem in sorted(problems))
    return Prompt(parts, text, name, diagnostics=found, origin=origin)


def _error(problem: _Problem, source: Source) -> PromptSyntaxError:
    start, end, message, expected, hint = problem
    return PromptSyntaxError(message, source.span(start, end), expected=expected, hint=hint)


def _unmatched(text: str) -> list[_Problem]:
    """Return a problem for every bracket without a partner, and for misplaced references.

    A closer that matches a deeper opener leaves the openers between without one.
    """
    problems: list[_Problem] = []
    opened: list[tuple[str, int]] = []
    open_kinds = dict.fromkeys(_CLOSER, 0)
    pos = 0
    for groups in _scan_all(text):
        sign, token = groups[-1], "".join(groups)
        pos += len(token) + 2 * bool(groups[3] or groups[5])
        at = pos - len(sign)
        if groups[-2] and _holds_choice(groups[-2]):
            problems.append(_Problem(pos - len(groups[-2]), pos, *_MESSAGES["REF"]))
        if sign in _CLOSER:
            opened.append((sign, at))
            open_kinds[sign] += 1
        elif sign in _OPENER:
            opener = _OPENER[sign]
            if not open_kinds[opener]:
                problems.append(_never_opened(sign, at))
                continue
            while True:
                last, where = opened.pop()
                open_kinds[last] -= 1
                if last == opener:
                    break
                problems.append(_never_closed(last, where))
    return problems + [_never_closed(sign, at) for sign, at in opened]


def _never_closed(sign: str, at: int) -> _Problem:
    closer = _CLOSER[sign]
    hint = f"add '{closer}', or write \\{sign} for the character itself"
    return _Problem(at, at + 1, f"'{sign}' is never closed", (f"'{closer}'",), hint)


def _never_opened(sign: str, at: int) -> _Problem:
    hint = f"write \\{sign} for the character itself"
    return _Problem(at, at + 1, f"'{sign}' was never opened", (), hint)
