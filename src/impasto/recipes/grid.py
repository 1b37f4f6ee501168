"""All combinations of some axes, without those that rules take out: counted, and found by number.

The first axis turns slowest. A rule fixes a place on some of the axes and takes out every
combination that has all of them. What is left is a decision diagram over the axes: a node stands
for an axis and the rules that can still apply, its runs are neighbouring places after which the
same rules apply. Equal nodes are one, so counts are exact however the rules overlap; that many
rules can be told apart is limited to `MAX_NODES`, for counting them all is as hard as it gets.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_NODES: Final = 20_000
"""How many nodes a diagram may have."""

Places = tuple[int, ...]
Live = frozenset[int]


class TooManyRulesError(Exception):
    """The rules overlap in more ways than `MAX_NODES` can tell apart."""


class _Run(NamedTuple):
    """Places from `first` on, `size` of them, each with `each` combinations behind it."""

    first: int
    size: int
    each: int
    rules: Live


class _Node(NamedTuple):
    """What can follow at an axis: runs, and how many combinations they have up to each."""

    runs: tuple[_Run, ...]
    sums: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0


class Grid:
    """The combinations of axes with `sizes` places, but for those that `rules` take out.

    A rule maps the number of an axis to a place on it, both counted from 0. An empty rule takes
    out everything.

    Raises:
        TooManyRulesError: the rules overlap in too many ways.
    """

    def __init__(self, sizes: Sequence[int], rules: Sequence[Mapping[int, int]] = ()) -> None:
        self.sizes = tuple(sizes)
        self._rules = tuple(rules)
        self._last = [max(rule, default=-1) for rule in self._rules]
        self._levels: list[dict[Live, _Node]] = []
        self.count = self._counted()

    def pick(self, index: int) -> Places:
        """Return the places of the combination number `index`, in work that grows with the axes.

        Raises:
            IndexError: there are not so many.
        """
        if not 0 <= index < self.count:
            raise IndexError(index)
        rules = frozenset(range(len(self._rules)))
        found: list[int] = []
        for level in self._levels:
            node = level[rules]
            at = bisect_right(node.sums, index)
            run = node.runs[at]
            place, index = divmod(index - (node.sums[at - 1] if at else 0), run.each)
            found.append(run.first + place)
            rules = run.rules
        return tuple(found)

    def _counted(self) -> int:
        """Make the diagram, and return how many combinations there are."""
        if any(last < 0 for last in self._last):
            return 0
        start: Live = frozenset(range(len(self._rules)))
        shapes = self._shapes(start)
        counts: dict[Live, int] = {frozenset(): 1}
        for shape in reversed(shapes):
            level = {rules: _node(runs, counts) for rules, runs in shape.items()}
            self._levels.insert(0, level)
            counts = {rules: node.total for rules, node in level.items()}
        return counts[start]

    def _shapes(self, start: Live) -> list[dict[Live, list[_Run]]]:
        """Return the runs of every node, axis by axis, as yet without counts."""
        shapes: list[dict[Live, list[_Run]]] = []
        heads = {start}
        nodes = 0
        for axis in range(len(self.sizes)):
            nodes += len(heads)
            if nodes > MAX_NODES:
                raise TooManyRulesError
            shape = {rules: self._runs(axis, rules) for rules in heads}
            shapes.append(shape)
            heads = {run.rules for runs in shape.values() for run in runs}
        return shapes

    def _runs(self, axis: int, rules: Live) -> list[_Run]:
        """Return the places of an axis, those together after which the same rules apply.

        A place that completes a rule is left out.
        """
        named: dict[int, list[int]] = {}
        for rule in rules:
            place = self._rules[rule].get(axis)
            if place is not None:
                named.setdefault(place, []).append(rule)
        free = rules.difference(*named.values()) if named else rules
        runs: list[_Run] = []
        at = 0
        for place in (*sorted(named), self.sizes[axis]):
            if place > at:
                runs.append(_Run(at, place - at, 0, free))
            here = named.get(place, [])
            if here and all(self._last[rule] > axis for rule in here):
                runs.append(_Run(place, 1, 0, free.union(here)))
            at = place + 1
        return runs


def _node(runs: list[_Run], counts: Mapping[Live, int]) -> _Node:
    counted = tuple(run._replace(each=counts[run.rules]) for run in runs if counts[run.rules])
    return _Node(counted, tuple(accumulate(run.size * run.each for run in counted)))
