"""An open prompt made ready for many draws and picks: what is fixed, what is chosen, how often.

A plan is a list of steps: a tuple of nodes that never change, a choice, a wildcard, or a bracket
around other steps. Choices and wildcards are numbered in the order in which they end in the text;
a draw is keyed by that number.
"""

from __future__ import annotations

import operator
import re
from bisect import bisect_right
from itertools import accumulate
from math import factorial, perm, prod
from typing import TYPE_CHECKING, Final, TypeAlias

from impasto.syntax.nodes import Choice, Node, Text, Variable, Wildcard, Wrap
from impasto.syntax.variables import around
from impasto.syntax.walk import children, with_children
from impasto.variations.wordlists import ODDS_SCALE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_COUNT = re.compile(r"(\d*)(-?)(\d*)\$\$(?:(.*)\$\$)?\Z", re.DOTALL)
_MOST_ODDS: Final = 1_000_000_000_000


class Chosen:
    """A choice: its options as lists of steps, and how many of them are taken.

    `number` is its place among the choices; `counts` are the combinations of each option and
    `count` those of the whole, where they were asked for.
    """

    __slots__ = (
        *("count", "counts", "is_even", "is_single", "least", "most", "number", "odds", "options"),
        *("separator", "sums", "total"),
    )

    def __init__(self, choice: Choice, options: list[Steps], number: int) -> None:
        self.options = options
        self.number = number
        self.least, self.most, separator = count_of(choice)
        self.separator = (between(choice, separator),) if self.most > 1 else ()
        if any([option.mark for option in choice.options]):
            self.odds = [round(min(o.odds, _MOST_ODDS) * ODDS_SCALE) for o in choice.options]
            self.sums: list[int] = list(accumulate(self.odds))
            self.total: int = self.sums[-1]
        else:
            self.odds = [ODDS_SCALE] * len(options)
            self.sums = []
            self.total = len(options) * ODDS_SCALE
        self.is_single = self.least == self.most == 1 and self.total > 0
        self.counts: list[int] = []
        self.count = 1
        self.is_even = False

    def place(self, number: int) -> int:
        """Return the option that holds `number`, counted over the odds of all."""
        return bisect_right(self.sums, number) if self.sums else number // ODDS_SCALE

    def number_all(self, counts: list[int]) -> None:
        """Take over how many combinations each option has."""
        self.counts = counts
        self.is_even = min(counts) == max(counts)
        self.count = sum(self.ways(size) for size in range(self.least, self.most + 1))

    def ways(self, size: int) -> int:
        """Return in how many ways `size` of the options can stand in a row."""
        if self.is_even:
            rows: int = perm(len(self.counts), size) * self.counts[0] ** size
            return rows
        return arrangements(self.counts, size)


class Worded:
    """A wildcard, its number among the choices, and its combinations where they were asked for."""

    __slots__ = ("count", "node", "number")

    def __init__(self, node: Wildcard, number: int, count: int) -> None:
        self.node = node
        self.number = number
        self.count = count


class Held:
    """A bracket around steps; `counts` are the combinations of each of its lists."""

    __slots__ = ("count", "counts", "node", "parts")

    def __init__(self, node: Node, parts: list[Steps], counts: list[int]) -> None:
        self.node = node
        self.parts = parts
        self.counts = counts
        self.count = prod(counts)

    def closed(self, lists: list[list[Node]]) -> tuple[Node, ...]:
        """Return the bracket around what its lists became."""
        node = with_children(self.node, tuple(tuple(part) for part in lists))
        return around(node) if isinstance(node, Wrap) else (node,)


Step: TypeAlias = "tuple[Node, ...] | Chosen | Worded | Held"
Steps: TypeAlias = "list[Step]"


class Unsettled(Exception):  # noqa: N818 - a sign to the caller, who settles them
    """There are variables."""


def planned(
    nodes: tuple[Node, ...], count_word: Callable[[Wildcard], int], *, counted: bool
) -> Steps:
    """Return the steps of `nodes`.

    `count_word` gives the number of combinations of a wildcard and raises where it has none.

    Raises:
        Unsettled: there are variables.
    """
    done: list[list[Node | Step]] = [[]]
    work: list[Node | tuple[Node, int] | None] = list(reversed(nodes))
    number = 0
    while work:
        item = work.pop()
        if item is None:
            done.append([])
        elif isinstance(item, tuple):
            node, size = item
            lists = [_joined(part) for part in done[len(done) - size :]]
            del done[len(done) - size :]
            number += isinstance(node, Choice)
            done[-1].append(_step(node, lists, number, counted=counted))
        elif isinstance(item, Wildcard):
            number += 1
            done[-1].append(Worded(item, number, count_word(item)))
        else:
            if isinstance(item, Variable):
                raise Unsettled
            inner = _lists(item)
            if inner:
                work.append((item, len(inner)))
                for part in reversed(inner):
                    work += [*reversed(part), None]
            else:
                done[-1].append(item)
    return _joined(done[0])


def _lists(node: Node) -> tuple[tuple[Node, ...], ...]:
    if isinstance(node, Choice):
        return tuple([stripped(option.children) for option in node.options])
    return () if isinstance(node, Text) else children(node)


def _joined(items: list[Node | Step]) -> Steps:
    """Return steps; neighbours that never change are one."""
    found: Steps = []
    fixed: list[Node] = []
    for item in items:
        if isinstance(item, (Chosen, Worded, Held)):
            if fixed:
                found.append(tuple(fixed))
                fixed = []
            found.append(item)
        elif isinstance(item, tuple):
            fixed += item
        else:
            fixed.append(item)
    if fixed:
        found.append(tuple(fixed))
    return found


def _step(node: Node, lists: list[Steps], number: int, *, counted: bool) -> Node | Step:
    """Return the step of a node with lists inside; one that never changes is itself."""
    if isinstance(node, Choice):
        chosen = Chosen(node, lists, number)
        if counted:
            chosen.number_all([product(part) for part in lists])
        return chosen
    fixed: list[tuple[Node, ...]] = []
    for part in lists:
        if len(part) > 1 or (part and not isinstance(part[0], tuple)):
            break
        fixed.append(part[0] if part and isinstance(part[0], tuple) else ())
    else:
        return _fixed(node, tuple(fixed))
    return Held(node, lists, [product(part) for part in lists] if counted else [])


def _fixed(node: Node, lists: tuple[tuple[Node, ...], ...]) -> Node | Step:
    """Return a bracket in which nothing is open, as it was if nothing was closed in it either."""
    if isinstance(node, Wrap):
        return around(Wrap(lists[0], lists[1], node.start, node.end))
    old = children(node)
    same = all(
        len(x) == len(y) and all(map(operator.is_, x, y)) for x, y in zip(old, lists, strict=True)
    )
    return node if same else with_children(node, lists)


def product(steps: Steps) -> int:
    """Return how many combinations `steps` have."""
    return prod([step.count for step in steps if not isinstance(step, tuple)])


def arrangements(numbers: Sequence[int], picked: int) -> int:
    """Return in how many ways `picked` of the options can stand in a row."""
    sums = [1] + [0] * picked
    for number in numbers:
        for k in range(picked, 0, -1):
            sums[k] += sums[k - 1] * number
    return factorial(picked) * sums[picked]


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


def between(choice: Choice, separator: str) -> Text:
    """Return the text between two drawn options; its span is where it was written, if it was."""
    start, end = choice.start, choice.end
    if start >= 0 and choice.mark.endswith(f"{separator}$$") and choice.mark.count("$$") > 1:
        end = start + 1 + len(choice.mark) - len("$$")
        start = end - len(separator)
    return Text(separator, start, end)


def stripped(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` without the spaces at both ends."""
    if not nodes or not (isinstance(nodes[0], Text) or isinstance(nodes[-1], Text)):
        return nodes
    found = list(nodes)
    if isinstance(found[0], Text):
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
