"""A prompt as a flat list of signs: words, commas, brackets, and the spaces between them.

The signs tile the text: each begins where the one before ends. Each knows how it is spelled in
the canonical layout; for spaces that depends on their neighbours, see `layout`.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from impasto.formatting.numbers import mark, shortest
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    Node,
    Part,
    Schedule,
    Text,
)
from impasto.templates.marks import value_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.syntax.prompt import Prompt

EXPRESSION: Final = value_mark(0)
"""Stands in a template's own text for `{{ … }}`."""
TAG: Final = value_mark(1)
"""Stands there for a tag or a comment, which write nothing themselves."""
LINE_TAG: Final = value_mark(2)
"""Stands there for one that takes the end of its line along."""


class Kind(Enum):
    """What a sign is."""

    WORD = auto()
    SPACE = auto()
    COMMA = auto()
    TAG = auto()
    KEYWORD = auto()
    COMMENT = auto()
    OPEN = auto()
    CLOSE = auto()
    PART_WEIGHT = auto()
    HOLE_WEIGHT = auto()
    FIELDS = auto()
    NEXT_FIELD = auto()
    END_FIELDS = auto()
    CHOICE = auto()
    COUNTED_CHOICE = auto()
    NEXT_OPTION = auto()
    END_CHOICE = auto()
    END_COUNTED_CHOICE = auto()
    ODDS = auto()
    DROPPED = auto()


class Sign(NamedTuple):
    """A stretch [start, end) of a prompt; `text` is its canonical spelling."""

    kind: Kind
    start: int
    end: int
    text: str


_PIECE = re.compile(
    rf"(?P<WORD>(?:\\[\s\S]?|[^\\ \t\n,{TAG}{LINE_TAG}]|(?<=[0-9]),(?=[0-9]))+)"
    rf"|(?P<SPACE>[ \t\n]+)|(?P<COMMA>,)|(?P<TAG>[{TAG}{LINE_TAG}])"
)
"""A comma between two digits belongs to a number, as everywhere in impasto."""

_HOLE_WEIGHT = re.compile(rf"(?<!\\):[ \t]*({EXPRESSION})[ \t]*\Z")
"""A weight that a template fills in: text as long as nothing is filled in."""

_Work: TypeAlias = "Node | Sign"


def signs_of(prompt: Prompt) -> list[Sign]:
    """Return the signs of `prompt`, which is in the canonical syntax."""
    found: list[Sign] = []
    for at, part in enumerate(prompt.parts):
        if at:
            found.append(Sign(Kind.KEYWORD, part.start - 3, part.start, "AND"))
        found += _signs_of_part(part, prompt.text)
    return found


def _signs_of_part(part: Part, source: str) -> Iterator[Sign]:
    work: list[_Work] = list(reversed(part.children))
    while work:
        item = work.pop()
        if isinstance(item, Sign):
            yield item
        elif isinstance(item, Text):
            yield from _pieces(item)
        else:
            work += reversed(_unfolded(item, source))
    if part.mark:
        start = part.end - len(part.mark)
        end = part.end - (len(part.mark) - len(part.mark.rstrip()))
        yield Sign(Kind.PART_WEIGHT, start, end, mark(part.mark))
        if end < part.end:
            yield Sign(Kind.SPACE, end, part.end, source[end : part.end])


def _pieces(text: Text) -> Iterator[Sign]:
    for piece in _PIECE.finditer(text.value):
        kind = Kind[piece.lastgroup or "WORD"]
        yield Sign(kind, text.start + piece.start(), text.start + piece.end(), piece[0])


def _unfolded(node: Node, source: str) -> list[_Work]:
    """Return the signs of a bracket with the nodes inside it, or the one sign of another node."""
    match node:
        case Group():
            return _group(node, source)
        case Schedule():
            return _fields(node, (node.before, node.after), mark(node.mark, dotted=True) + "]")
        case Alternate():
            return _fields(node, node.fields, "]")
        case Choice():
            return _choice(node, source)
        case Break():
            return [Sign(Kind.KEYWORD, node.start, node.end, "BREAK")]
        case Comment():
            line = f"# {node.value[2:].rstrip()}" + "\n" * node.value.endswith("\n")
            return [Sign(Kind.COMMENT, node.start, node.end, line)]
        case _:
            return [Sign(Kind.WORD, node.start, node.end, source[node.start : node.end])]


def _group(node: Group, source: str) -> list[_Work]:
    """Return a group; a template may fill in its weight, or make a schedule of it."""
    inner: tuple[_Work, ...] = node.children
    closing = mark(node.mark)
    start = node.end - 1 - len(node.mark)
    last = inner[-1] if inner else None
    hole = isinstance(last, Text) and not node.mark and _HOLE_WEIGHT.search(last.value)
    if isinstance(last, Text) and hole:
        colon = last.start + hole.start()
        rest = (*inner[:-1], Text(last.value[: hole.start()], last.start, colon))
        if node.kind == "square" and _has_colon(rest):
            return [Sign(Kind.WORD, node.start, node.end, source[node.start : node.end])]
        start = last.start + hole.end(1)
        weight = Sign(Kind.HOLE_WEIGHT, colon, start - 1, ":")
        inner = (*rest, weight, Sign(Kind.WORD, start - 1, start, EXPRESSION))
    return [
        Sign(Kind.OPEN, node.start, node.start + 1, source[node.start]),
        *inner,
        Sign(Kind.CLOSE, start, node.end, closing + source[node.end - 1]),
    ]


def _has_colon(nodes: tuple[_Work, ...]) -> bool:
    return any([isinstance(node, Text) and ":" in node.value for node in nodes])


def _fields(
    node: Schedule | Alternate, fields: tuple[tuple[Node, ...], ...], closing: str
) -> list[_Work]:
    found: list[_Work] = [Sign(Kind.FIELDS, node.start, node.start + 1, "[")]
    sign = "|" if isinstance(node, Alternate) else ":"
    at = node.start + 1
    for number, field in enumerate(fields):
        if number:
            found.append(Sign(Kind.NEXT_FIELD, at, at + 1, sign))
            at += 1
        found += field
        at = field[-1].end if field else at
    return [*found, Sign(Kind.END_FIELDS, at, node.end, closing)]


def _choice(node: Choice, source: str) -> list[_Work]:
    at = node.start + 1 + len(node.mark)
    start = Kind.COUNTED_CHOICE if node.mark else Kind.CHOICE
    end = Kind.END_COUNTED_CHOICE if node.mark else Kind.END_CHOICE
    found: list[_Work] = [Sign(start, node.start, at, source[node.start : at])]
    for number, option in enumerate(node.options):
        if number:
            found.append(Sign(Kind.NEXT_OPTION, option.start - 1, option.start, "|"))
        if option.mark:
            odds = f"{shortest(option.mark.rstrip(':'))}::"
            found.append(Sign(Kind.ODDS, option.start, option.start + len(option.mark), odds))
        found += option.children
    return [*found, Sign(end, node.end - 1, node.end, "}")]
