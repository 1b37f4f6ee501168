"""Close the choices and wildcards of a prompt by seed.

The generator is our own (splitmix64, by Guy Steele and others, in the public domain), keyed by
seed and choice, so a draw is the same on every platform and Python version, and editing one
choice does not move the others behind it as long as their number stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from impasto.syntax.nodes import Choice, Node, Text, Wildcard
from impasto.syntax.walk import rebuild, walk
from impasto.variations.wordlists import ODDS_SCALE, Wordlists, is_open_text, placed, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MASK: Final = (1 << 64) - 1
_COUNT = re.compile(r"(\d*)(-?)(\d*)\$\$(?:(.*)\$\$)?\Z", re.DOTALL)
NO_LISTS: Final = Wordlists()
_MOST_ODDS = 1_000_000_000_000


class Draws:
    """An endless row of random integers for one (seed, choice)."""

    def __init__(self, seed: int, choice: int) -> None:
        # Both are mixed, or the row of one seed would be that of the next, moved by one.
        self._state = _mixed(_mixed(seed & _MASK) + choice * 0xD1B54A32D192ED03 & _MASK)

    def below(self, limit: int) -> int:
        """Return the next integer from 0 to `limit` - 1."""
        self._state = self._state + 0x9E3779B97F4A7C15 & _MASK
        return (_mixed(self._state) * limit) >> 64


def _mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class _Urn:
    """Lots of different sizes, from which one is drawn at a time without being put back.

    A binary indexed tree of the sizes: taking one of n lots is log n steps.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.total = sum(sizes)
        self._sizes = list(sizes)
        self._sums = [0, *sizes]
        for at in range(1, len(self._sums)):
            above = at + (at & -at)
            if above < len(self._sums):
                self._sums[above] += self._sums[at]

    def take(self, number: int) -> int:
        """Take the lot that holds `number`, counted over all lots left; return its place."""
        at = 0
        step = 1 << (len(self._sizes).bit_length() - 1)
        while step:
            if at + step < len(self._sums) and self._sums[at + step] <= number:
                at += step
                number -= self._sums[at]
            step >>= 1
        size, self._sizes[at] = self._sizes[at], 0
        self.total -= size
        place = at + 1
        while place < len(self._sums):
            self._sums[place] -= size
            place += place & -place
        return at


def is_open(nodes: Iterable[Node]) -> bool:
    """Whether a choice or a wildcard is left in `nodes`."""
    return any(isinstance(node, (Choice, Wildcard)) for node in walk(nodes))


def draw(
    nodes: tuple[Node, ...],
    seed: int,
    lists: Wordlists | None = None,
    path: tuple[str, ...] = (),
) -> tuple[Node, ...]:
    """Return `nodes` with every choice and wildcard replaced by what is drawn with `seed`.

    Raises:
        UnknownNameError: a wildcard names no list.
        OpenPromptError: lists name each other in a circle.
    """
    number = 0

    def close(node: Node) -> Node | tuple[Node, ...]:
        nonlocal number
        if not isinstance(node, (Choice, Wildcard)):
            return node
        number += 1
        draws = Draws(seed, number)
        if isinstance(node, Choice):
            return _drawn(node, draws)
        return _drawn_word(node, draws, lists or NO_LISTS, path)

    return rebuild(nodes, close)


def _drawn_word(
    node: Wildcard, draws: Draws, lists: Wordlists, path: tuple[str, ...]
) -> tuple[Node, ...]:
    """Draw a line, and close what is open in it."""
    words, path = lists.find(node.name), within(node.name, path)
    word = words.lines[bisect_right(words.sums, draws.below(words.sums[-1]))]
    nodes = placed(word.nodes(), node)
    return draw(nodes, draws.below(1 << 63), lists, path) if is_open_text(word.text) else nodes


def _drawn(choice: Choice, draws: Draws) -> tuple[Node, ...]:
    least, most, separator = count_of(choice)
    wanted = least + draws.below(most - least + 1)
    found: list[Node] = []
    for turn, at in enumerate(_order(choice, wanted, draws)):
        if turn:
            found.append(_between(choice, separator))
        found += stripped(choice.options[at].children)
    return tuple(found)


def _order(choice: Choice, wanted: int, draws: Draws) -> list[int]:
    """Return the numbers of `wanted` options, none twice.

    Options with odds of 0 come only when all others are used up.
    """
    odds = [round(min(o.odds, _MOST_ODDS) * ODDS_SCALE) for o in choice.options]
    urn = _Urn(odds)
    found: list[int] = []
    taken: set[int] = set()
    while len(found) < wanted:
        if not urn.total:
            urn = _Urn([int(at not in taken) for at in range(len(odds))])
        found.append(urn.take(draws.below(urn.total)))
        taken.add(found[-1])
    return found


def _between(choice: Choice, separator: str) -> Text:
    """Return the text between two drawn options; its span is where it was written, if it was."""
    start, end = choice.start, choice.end
    if start >= 0 and choice.mark.endswith(f"{separator}$$") and choice.mark.count("$$") > 1:
        end = start + 1 + len(choice.mark) - len("$$")
        start = end - len(separator)
    return Text(separator, start, end)


def count_of(choice: Choice) -> tuple[int, int, str]:
    """Return the least and most options that `choice` gives, and what goes between them."""
    total = len(choice.options)
    if not choice.mark:
        return 1, 1, ", "
    found = _COUNT.match(choice.mark)
    assert found is not None
    low, dash, high, separator = found.groups()
    least = _clamped(low, total)
    most = _clamped(high, total) if high else (total if dash else least)
    least, most = sorted((least, most))
    return least, most, ", " if separator is None else separator


def _clamped(digits: str, most: int) -> int:
    """Return the number, at most `most`; it may have any length, which `int` would refuse."""
    digits = digits.lstrip("0")
    return min(int(digits or 0), most) if len(digits) < 10 else most


def stripped(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` without the spaces at both ends."""
    found = list(nodes)
    if found and isinstance(found[0], Text):
        first = found[0]
        text = first.value.lstrip()
        start = first.end - len(text) if first.start >= 0 else -1
        found[:1] = [Text(text, start, first.end)] if text else []
    if found and isinstance(found[-1], Text):
        last = found[-1]
        text = last.value.rstrip()
        end = last.start + len(text) if last.start >= 0 else -1
        found[-1:] = [Text(text, last.start, end)] if text else []
    return tuple(found)
