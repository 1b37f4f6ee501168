"""Text to tree: run the folded table of grammars/impasto.lark.

Three loops, from the fastest: none for text without a special character; one that knows groups,
for the common weighted prompt; one that runs the table, for everything. The first two return
exactly what the third would. All are linear and none recurses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.syntax.machine import WEIGHT, Machine, Refused
from impasto.syntax.nodes import Group, Node, Part, Text
from impasto.syntax.prompt import Prompt

if TYPE_CHECKING:
    from impasto.source import Source

_GROUP_TEXT = r"(?:[^\\()\[\]:]++|\\[\s\S]?)++"
"""TEXT where nothing but groups can occur; a test holds both readings together."""

_scan_groups = re.compile(
    rf"({_GROUP_TEXT})?+(?:\(({_GROUP_TEXT})({WEIGHT})?+\)|\[({_GROUP_TEXT})({WEIGHT})?+\]"
    rf"|({WEIGHT})|([()\[\]:])|\Z)"
).findall
_special = re.compile(r"[()\[\]{}|<\\]").search


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
        return Prompt(Machine(text).run(), text, called, origin=origin)
    except Refused:
        from impasto.syntax.recovery import recovered_prompt  # noqa: PLC0415 - errors alone need it

        return recovered_prompt(text, called, origin, strict=not recover)


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
                if (opener == "(") != (sign == ")"):
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
