"""What several rules know about weights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.syntax.nodes import Group, Node, Part, Text

if TYPE_CHECKING:
    from impasto.lint.check import Check

_ENDS_IN_NUMBER: Final = r"(?<![\w.])[0-9]{1,4}\Z"
LEAST, MOST = 0.3, 1.6
"""Weights outside of these rarely help. No host documents bounds except compel (0 to 2); these
are what guides and shared prompts stay within."""


def is_accident(node: Group | Part) -> bool:
    """Whether the weight of `node` looks like a part of its text: a time, a ratio, a year.

    It is a whole number, written without a dot, and stands behind a number that is a word of
    its own, or is 10 or more.
    """
    number = node.mark[1:].strip(" \t\n")
    if not (number.isdigit() and number.isascii()):
        return False
    return len(number.lstrip("0")) > 1 or follows_number(node.children)


def follows_number(nodes: tuple[Node, ...]) -> bool:
    """Whether the text of `nodes` ends in a number that is a word of its own."""
    last = nodes[-1] if nodes else None
    return isinstance(last, Text) and re.search(_ENDS_IN_NUMBER, last.value) is not None


def is_bounded(check: Check) -> bool:
    """Whether the weights in hand are factors that guides bound, and none of another scale.

    Midjourney's are relative to each other, NovelAI's mean something below 0 as well.
    """
    return not check.dialect.startswith(("midjourney", "novelai"))


def is_empty(node: Group) -> bool:
    """Whether a group holds nothing but spaces."""
    return all(isinstance(child, Text) and not child.value.strip() for child in node.children)


def colon_of(node: Group | Part) -> int:
    """Return where the colon of the weight stands."""
    closing = 1 if isinstance(node, Group) else 0
    return node.end - closing - len(node.mark)
