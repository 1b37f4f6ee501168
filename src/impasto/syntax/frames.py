"""What stands between two brackets while the parser reads, and the nodes that it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

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

if TYPE_CHECKING:
    from collections.abc import Callable

Step: TypeAlias = tuple[Any, ...]
Row: TypeAlias = dict[str, Step]
Closer: TypeAlias = "Callable[[Frame, str, int], Node]"


class Frame:
    """What stands between an opening bracket and its closing one: fields and their marks."""

    __slots__ = ("count", "fields", "mark", "nodes", "opened", "resume", "start")

    def __init__(self, opened: int, start: int, resume: Row) -> None:
        self.opened = opened
        self.start = start
        self.resume = resume
        self.nodes: list[Node] = []
        self.fields: list[Field] = []
        self.mark = ""
        self.count = ""

    def separate(self, sign: str, pos: int) -> None:
        """End the field in which the parser is: `sign` stands at `pos`."""
        self.fields.append(Field(sign, self.nodes, self.mark, self.start, pos))
        self.nodes, self.mark, self.start = [], "", pos + len(sign)


class Field(NamedTuple):
    """One field of a frame and the sign that ended it."""

    sign: str
    nodes: list[Node]
    mark: str
    start: int
    end: int


def parts_of(frame: Frame, shape: str, source: str, end: int) -> tuple[Part, ...]:
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


def _joined(fields: list[Field], source: str) -> tuple[Node, ...]:
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


def _close_group(kind: GroupKind) -> Closer:
    def close(frame: Frame, _source: str, end: int) -> Node:
        return Group(kind, tuple(frame.nodes), frame.mark, frame.opened, end)

    return close


def _close_schedule(frame: Frame, _source: str, end: int) -> Node:
    before = tuple(frame.fields[0].nodes)
    return Schedule(before, tuple(frame.nodes), frame.mark, frame.opened, end)


def _close_text_with_colons(frame: Frame, source: str, end: int) -> Node:
    frame.separate("", end - 1)
    return Group("square", _joined(frame.fields, source), "", frame.opened, end)


def _close_alternate(frame: Frame, source: str, end: int) -> Node:
    """Close `[a|b]`; a number at its end is text."""
    frame.nodes = _with_text(frame.nodes, frame.mark, source, end - 1)
    frame.separate("", end - 1)
    fields: list[tuple[Node, ...]] = []
    run: list[Field] = []
    for field in frame.fields:
        run.append(field)
        if field.sign != ":":
            fields.append(_joined(run, source) if len(run) > 1 else tuple(field.nodes))
            run = []
    return Alternate(tuple(fields), frame.opened, end)


def _close_choice(frame: Frame, _source: str, end: int) -> Node:
    frame.separate("", end - 1)
    options = tuple(Option(tuple(f.nodes), f.mark, f.start, f.end) for f in frame.fields)
    return Choice(options, frame.count, frame.opened, end)


CLOSE: dict[str, Closer] = {
    "up": _close_group("round"),
    "down": _close_group("square"),
    "schedule": _close_schedule,
    "downtext": _close_text_with_colons,
    "alternate": _close_alternate,
    "choice": _close_choice,
}
LEAVES: dict[str, Callable[[str, int, int], Node]] = {
    "REF": Reference,
    "WILDCARD": Wildcard,
    "COMMENT": Comment,
    "BREAK": lambda _token, start, end: Break(start, end),
}
SEPARATORS = frozenset((":", "|", "AND"))
