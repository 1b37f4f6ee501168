"""What several rules know about weights."""

from __future__ import annotations

import re

from impasto.syntax.nodes import Group, Node, Part, Text

_WHOLE = re.compile(r":[ \t]*([0-9]+)[ \t\n]*\Z")
_ENDS_IN_NUMBER = re.compile(r"(?<![\w.])[0-9]{1,4}\Z")
LEAST, MOST = 0.3, 1.6
"""Weights outside of these rarely help. No host documents bounds except compel (0 to 2); these
are what guides and shared prompts stay within."""


def is_accident(node: Group | Part) -> bool:
    """Whether the weight of `node` looks like a part of its text: a time, a ratio, a year.

    It is a whole number, written without a dot, and stands behind a number that is a word of
    its own, or is 10 or more.
    """
    found = _WHOLE.match(node.mark)
    if not found:
        return False
    return int(found[1]) >= 10 or follows_number(node.children)


def follows_number(nodes: tuple[Node, ...]) -> bool:
    """Whether the text of `nodes` ends in a number that is a word of its own."""
    last = nodes[-1] if nodes else None
    return isinstance(last, Text) and _ENDS_IN_NUMBER.search(last.value) is not None


def colon_of(node: Group | Part) -> int:
    """Return where the colon of the weight stands."""
    closing = 1 if isinstance(node, Group) else 0
    return node.end - closing - len(node.mark)
