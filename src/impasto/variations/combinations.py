"""How many prompts an open prompt stands for, and the one with a given number.

The leftmost choice turns slowest; variables that are drawn once turn before all others.
`{2$$a|b|c}` gives ordered arrangements without repetition: with c₁ … cₙ the combinations inside
the options, k of them can be arranged in k! · eₖ(c₁ … cₙ) ways, eₖ the elementary symmetric
polynomial. Work grows with the prompt, not with the number.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, chain
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import OpenPromptError
from impasto.syntax.variables import Settled, fill, settle
from impasto.variations.draw import NO_LISTS
from impasto.variations.plan import (
    Chosen,
    Held,
    Step,
    Steps,
    Unsettled,
    Worded,
    arrangements,
    planned,
    product,
)
from impasto.variations.wordlists import is_open_text, placed, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.syntax.nodes import Node, Wildcard
    from impasto.variations.wordlists import Word, Wordlists

_REMEMBERED: Final = 1024
_LEAVE = 0
_ENTER = 1


class _Plan(NamedTuple):
    """A counted prompt: its steps, and before them the variables that are drawn once."""

    nodes: tuple[Node, ...]
    steps: Steps
    total: int
    once: tuple[tuple[str, Steps, int], ...] = ()
    settled: Settled | None = None


class _Task(NamedTuple):
    """Something left to do while a combination is built: a step with its number, or a bracket."""

    step: Step
    number: int
    sign: int = _LEAVE - 1


class _Wheel:
    """A choice that turns while combinations are gone through; what it showed is remembered."""

    __slots__ = ("memory", "nodes", "number", "space", "step")

    def __init__(self, space: Space, step: Chosen | Worded | Held) -> None:
        self.space = space
        self.step = step
        self.number = 0
        self.nodes: tuple[Node, ...] = ()
        self.memory: dict[int, tuple[Node, ...]] = {}

    def turn(self, number: int) -> None:
        """Show the combination `number`."""
        self.number = number
        found = self.memory.get(number)
        if found is None:
            found = self.space.build(self.step, number)
            if len(self.memory) < _REMEMBERED:
                self.memory[number] = found
        self.nodes = found

    def next(self) -> bool:
        """Show the next combination; return whether it was the last one and this is the first."""
        number = self.number + 1
        is_round = number == self.step.count
        self.turn(0 if is_round else number)
        return is_round


class Space:
    """All prompts that open prompts over some word lists stand for."""

    def __init__(self, lists: Wordlists | None = None) -> None:
        self._lists = lists or NO_LISTS
        self._sums: dict[str, list[int]] = {}
        self._last = _Plan((), [], 1)

    def count(self, nodes: Sequence[Node]) -> int:
        """Return how many closed prompts `nodes` stand for.

        Raises:
            UnknownNameError: a wildcard names no list, or a variable is never set.
            OpenPromptError: lists or variables name each other in a circle.
        """
        return self._plan(nodes if isinstance(nodes, tuple) else tuple(nodes)).total

    def pick(self, nodes: tuple[Node, ...], index: int) -> tuple[Node, ...]:
        """Return the closed prompt number `index`, counted from 0.

        Raises:
            UnknownNameError: a wildcard names no list, or a variable is never set.
            OpenPromptError: there are not so many, or names go round in a circle.
        """
        plan = self._plan(nodes)
        if not 0 <= index < plan.total:
            raise OpenPromptError(
                f"there is no combination {index:,}: they are 0 to {plan.total - 1:,}"
            )
        return self._picked(plan, index)

    def iterate(self, nodes: tuple[Node, ...], start: int = 0) -> Iterator[tuple[Node, ...]]:
        """Yield the closed prompts from number `start` on, one at a time.

        Nothing is kept of those before, so to stop and go on later a number is all it needs.

        Raises:
            UnknownNameError: a wildcard names no list, or a variable is never set.
            OpenPromptError: names go round in a circle, or `start` is below 0.
        """
        plan = self._plan(nodes)
        if start < 0:
            raise OpenPromptError(f"there is no combination {start:,}: they start at 0")
        if plan.once:
            return (self._picked(plan, index) for index in range(start, plan.total))
        return self._walked(plan, start)

    def _walked(self, plan: _Plan, start: int) -> Iterator[tuple[Node, ...]]:
        """Go on from one combination to the next: only what turns is built, or remembered."""
        steps = [step if isinstance(step, tuple) else _Wheel(self, step) for step in plan.steps]
        wheels = [step for step in steps if isinstance(step, _Wheel)]
        index = start
        for wheel in reversed(wheels):
            index, share = divmod(index, wheel.step.count)
            wheel.turn(share)
        shown = [step if isinstance(step, tuple) else step.nodes for step in steps]
        places = [at for at, step in enumerate(steps) if isinstance(step, _Wheel)]
        for _ in range(start, plan.total):
            yield tuple(chain.from_iterable(shown))
            for wheel, place in zip(reversed(wheels), reversed(places), strict=True):
                is_round = wheel.next()
                shown[place] = wheel.nodes
                if not is_round:
                    break

    def build(self, step: Step, number: int) -> tuple[Node, ...]:
        """Return what a single step becomes in its own combination `number`."""
        work: list[_Task | tuple[Node, ...]] = []
        work.append(step if isinstance(step, tuple) else _Task(step, number))
        return self._finished(work)

    def _plan(self, nodes: tuple[Node, ...]) -> _Plan:
        """Return the plan of `nodes`; the last one is kept."""
        if self._last.nodes is not nodes:
            self._last = self._planned(nodes, ())
        return self._last

    def _planned(self, nodes: tuple[Node, ...], path: tuple[str, ...]) -> _Plan:
        def words(node: Wildcard) -> int:
            return self._word_sums(node, path)[-1]

        try:
            steps = planned(nodes, words, counted=True)
            return _Plan(nodes, steps, product(steps))
        except Unsettled:
            settled = settle(nodes)
        # A variable that is drawn once stands as itself in what comes after it: one combination.
        empty = {name: () for name, _ in settled.once}
        steps = planned(fill(settled.nodes, empty), words, counted=True)
        once: list[tuple[str, Steps, int]] = []
        for name, value in settled.once:
            own = planned(fill(value, empty), words, counted=True)
            once.append((name, own, product(own)))
        count = product(steps) * prod(size for _, _, size in once)
        return _Plan(nodes, steps, count, tuple(once), settled)

    def _picked(self, plan: _Plan, index: int) -> tuple[Node, ...]:
        if not plan.settled or not plan.once:
            return self._built(plan.steps, index)
        index, share = divmod(index, product(plan.steps))
        shares: list[int] = []
        for _, _, size in reversed(plan.once):
            index, own = divmod(index, size)
            shares.append(own)
        values: dict[str, tuple[Node, ...]] = {}
        for name, value in plan.settled.once:
            own_plan = self._planned(fill(value, values), ())
            values[name] = self._built(own_plan.steps, shares.pop())
        return self._built(self._planned(fill(plan.settled.nodes, values), ()).steps, share)

    def _word_sums(self, node: Wildcard, path: tuple[str, ...]) -> list[int]:
        """Return the running sums of the combinations of a wildcard's lines."""
        name = node.name
        path = within(name, path)
        if name not in self._sums:
            lines = self._lists.find(name).lines
            self._sums[name] = list(accumulate(self._of_word(word, path) for word in lines))
        return self._sums[name]

    def _of_word(self, word: Word, path: tuple[str, ...]) -> int:
        return self._planned(word.nodes(), path).total if is_open_text(word.text) else 1

    def _built(self, steps: Steps, index: int) -> tuple[Node, ...]:
        """Build a combination without recursion: lists wait on a stack until they are whole."""
        work: list[_Task | tuple[Node, ...]] = []
        _share(steps, index, work)
        return self._finished(work)

    def _finished(self, work: list[_Task | tuple[Node, ...]]) -> tuple[Node, ...]:
        done: list[list[Node]] = [[]]
        while work:
            task = work.pop()
            if not isinstance(task, _Task):
                done[-1] += task
                continue
            step, number, sign = task
            if isinstance(step, Chosen):
                _choose(step, number, work)
            elif isinstance(step, Worded):
                inner, share = self._word(step.node, number)
                done[-1] += self._built(self._planned(inner, ()).steps, share)
            elif isinstance(step, Held):
                if sign == _ENTER:
                    done.append([])
                elif sign == _LEAVE:
                    size = len(step.parts)
                    parts = done[len(done) - size :]
                    del done[len(done) - size :]
                    done[-1] += step.closed(parts)
                else:
                    _enter(step, number, work)
        return tuple(done[0])

    def _word(self, node: Wildcard, number: int) -> tuple[tuple[Node, ...], int]:
        """Return the line of a wildcard that holds the combination `number`, and its own number."""
        sums = self._word_sums(node, ())
        at = bisect_right(sums, number)
        share = number - (sums[at - 1] if at else 0)
        word = self._lists.find(node.name).lines[at]
        return placed(word.nodes(), node), share


def _share(steps: Steps, index: int, work: list[_Task | tuple[Node, ...]]) -> None:
    """Put steps on a stack, each with its own share of a number; the last one turns fastest."""
    for step in reversed(steps):
        if isinstance(step, tuple):
            work.append(step)
        else:
            index, share = divmod(index, step.count)
            work.append(_Task(step, share))


def _enter(step: Held, number: int, work: list[_Task | tuple[Node, ...]]) -> None:
    """Put what rebuilds a bracket around its lists on a stack."""
    work.append(_Task(step, 0, _LEAVE))
    for part, count in zip(reversed(step.parts), reversed(step.counts), strict=True):
        number, share = divmod(number, count)
        _share(part, share, work)
        work.append(_Task(step, 0, _ENTER))


def _choose(step: Chosen, index: int, work: list[_Task | tuple[Node, ...]]) -> None:
    """Put what the combination `index` of a choice consists of on a stack."""
    size = step.least
    while size < step.most:
        ways = step.ways(size)
        if index < ways:
            break
        index -= ways
        size += 1
    left = list(range(len(step.options)))
    found: list[tuple[int, int]] = []
    for turn in range(size):
        place, index, share = _next(step, left, size - turn - 1, index)
        found.append((left.pop(place), share))
    for turn, (at, share) in enumerate(reversed(found)):
        if turn:
            work.append(step.separator)
        _share(step.options[at], share, work)


def _next(step: Chosen, left: list[int], others: int, index: int) -> tuple[int, int, int]:
    """Return the place in `left` of the option that comes next, the rest's number, its own."""
    if step.is_even:
        own = step.counts[0]
        behind = own**others
        for k in range(others):
            behind *= len(left) - 1 - k
        place, index = divmod(index, own * behind)
        share, remaining = divmod(index, behind)
        return place, remaining, share
    for place, at in enumerate(left):
        own = step.counts[at]
        behind = 1
        if others:
            behind = arrangements([step.counts[o] for o in left if o != at], others)
        if index < own * behind:
            share, remaining = divmod(index, behind)
            return place, remaining, share
        index -= own * behind
    raise AssertionError("the numbers of the options add up")
