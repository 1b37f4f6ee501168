"""Close the choices of a prompt by seed.

The generator is our own (splitmix64, by Guy Steele and others, in the public domain), keyed by
seed and choice, so a draw is the same on every platform and Python version, and editing one
choice does not move the others behind it as long as their number stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.syntax.nodes import Choice, Node, Option, Text, Wildcard
from impasto.syntax.walk import rebuild, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

_MASK: Final = (1 << 64) - 1
_COUNT = re.compile(r"(\d*)(-?)(\d*)\$\$(?:(.*)\$\$)?\Z", re.DOTALL)
_ODDS_SCALE = 1_000_000


class Draws:
    """An endless row of random integers for one (seed, choice)."""

    def __init__(self, seed: int, choice: int) -> None:
        self._state = (seed * 0x9E3779B97F4A7C15 + choice * 0xD1B54A32D192ED03) & _MASK

    def below(self, limit: int) -> int:
        """Return the next integer from 0 to `limit` - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) * limit) >> 64


def is_open(nodes: Iterable[Node]) -> bool:
    """Whether a choice or a wildcard is left in `nodes`."""
    return any(isinstance(node, (Choice, Wildcard)) for node in walk(nodes))


def draw(nodes: tuple[Node, ...], seed: int) -> tuple[Node, ...]:
    """Return `nodes` with every choice replaced by options drawn with `seed`."""
    number = 0

    def close(node: Node) -> Node | tuple[Node, ...]:
        nonlocal number
        if not isinstance(node, Choice):
            return node
        number += 1
        return _drawn(node, Draws(seed, number))

    return rebuild(nodes, close)


def _drawn(choice: Choice, draws: Draws) -> tuple[Node, ...]:
    least, most, separator = count_of(choice)
    wanted = least + draws.below(most - least + 1)
    left = list(choice.options)
    found: list[Node] = []
    for turn in range(wanted):
        option = _pick(left, draws)
        left.remove(option)
        if turn:
            found.append(Text(separator))
        found += stripped(option.children)
    return tuple(found)


def _pick(options: list[Option], draws: Draws) -> Option:
    odds = [round(option.odds * _ODDS_SCALE) for option in options]
    at = draws.below(sum(odds) or len(options))
    if not sum(odds):
        return options[at]
    for option, share in zip(options, odds, strict=True):
        at -= share
        if at < 0:
            return option
    raise AssertionError("odds add up")


def count_of(choice: Choice) -> tuple[int, int, str]:
    """Return the least and most options that `choice` gives, and what goes between them."""
    total = len(choice.options)
    if not choice.mark:
        return 1, 1, ", "
    found = _COUNT.match(choice.mark)
    assert found is not None
    low, dash, high, separator = found.groups()
    least = int(low or 0) if dash or low else 1
    most = int(high) if high else (total if dash else least)
    least, most = sorted((min(least, total), min(most, total)))
    return least, most, ", " if separator is None else separator


def stripped(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` without the spaces at both ends."""
    found = list(nodes)
    if found and isinstance(found[0], Text):
        first = found[0]
        text = first.value.lstrip()
        found[0] = Text(text, first.end - len(text), first.end)
    if found and isinstance(found[-1], Text):
        last = found[-1]
        text = last.value.rstrip()
        found[-1] = Text(text, last.start, last.start + len(text))
    return tuple(found)
