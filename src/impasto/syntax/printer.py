"""Tree to text. A parsed tree prints as it was written; values print with escapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.syntax.escapes import escape
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Group,
    Node,
    Part,
    Schedule,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOINT = re.compile(
    r"(?<![0-9A-Za-z_\\])(?:BREAK|AND)(?![0-9A-Za-z_])|(?<![^\n])# |__(?:[^\W_]|[-./*]|_(?!_))+__"
)


def print_parts(parts: Iterable[Part]) -> str:
    """Return the text of a whole prompt."""
    return "AND".join(print_nodes(part.children) + part.mark for part in parts)


def print_nodes(nodes: Iterable[Node]) -> str:
    """Return the text of `nodes`: parsing it gives the same tree, values read as text."""
    pieces: list[tuple[str, bool]] = []  # a piece and whether it came from a value
    work: list[tuple[Node | str, bool]] = [(node, False) for node in reversed(tuple(nodes))]
    while work:
        item, squared = work.pop()
        match item:
            case str():
                pieces.append((item, False))
            case Value():
                pieces.append((escape(item.value, in_brackets=squared), True))
            case Break():
                pieces.append(("BREAK", False))
            case Group() | Schedule() | Alternate() | Choice():
                inner = squared or not (isinstance(item, Group) and item.kind == "round")
                work += [(part, inner) for part in reversed(_unfold(item))]
            case _:
                pieces.append((item.value, False))
    text = "".join(piece for piece, _ in pieces)
    return _guard(text, pieces) if any(valued for _, valued in pieces) else text


def _unfold(node: Group | Schedule | Alternate | Choice) -> list[Node | str]:
    """Return the signs and children of a bracket in the order in which they are written."""
    if isinstance(node, Group):
        opener, closer = ("(", ")") if node.kind == "round" else ("[", "]")
        return [opener, *node.children, node.mark, closer]
    if isinstance(node, Schedule):
        return ["[", *node.before, ":", *node.after, node.mark, "]"]
    if isinstance(node, Alternate):
        return ["[", *_separated(node.fields), "]"]
    return ["{", node.mark, *_separated(tuple((o.mark, *o.children) for o in node.options)), "}"]


def _separated(fields: tuple[tuple[Node | str, ...], ...]) -> list[Node | str]:
    found: list[Node | str] = list(fields[0])
    for field in fields[1:]:
        found += ["|", *field]
    return found


def _guard(text: str, pieces: list[tuple[str, bool]]) -> str:
    """Escape what only became a keyword, comment or wildcard because a value met its neighbour."""
    valued: list[tuple[int, int]] = []
    at = 0
    for piece, is_value in pieces:
        if is_value:
            valued.append((at, at + len(piece)))
        at += len(piece)
    cuts = [
        m.start()
        for m in _JOINT.finditer(text)
        if any(start < m.end() and m.start() < end for start, end in valued)
    ]
    for cut in reversed(cuts):
        text = f"{text[:cut]}\\{text[cut:]}"
    return text
