"""Close the choices and wildcards of a prompt by seed.

The generator is our own (splitmix64, by Guy Steele and others, in the public domain), keyed by
seed and choice, so a draw is the same on every platform and Python version, and editing one
choice does not move the others behind it as long as their number stays.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.syntax.nodes import Choice, Node, Variable, Wildcard, Wrap
from impasto.syntax.variables import Settled, fill, settle
from impasto.syntax.walk import walk
from impasto.variations.plan import (
    Chosen,
    Held,
    Step,
    Steps,
    Unsettled,
    Worded,
    count_of,
    planned,
    stripped,
)
from impasto.variations.wordlists import Wordlists, is_open_text, placed, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["NO_LISTS", "Draws", "count_of", "draw", "is_open", "part_seed", "stripped"]

_MASK: Final = (1 << 64) - 1
_ROW: Final = 0xD1B54A32D192ED03
_STEP: Final = 0x9E3779B97F4A7C15
_PARTS: Final = 32
"""Rows of parts are numbered in these steps, apart from those of choices."""
NO_LISTS: Final = Wordlists()


class Draws:
    """An endless row of random integers for one (seed, choice)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, choice: int) -> None:
        # Both are mixed, or the row of one seed would be that of the next, moved by one.
        self._state = _mixed(_mixed(seed & _MASK) + choice * _ROW & _MASK)

    @classmethod
    def of(cls, mixed_seed: int, choice: int) -> Draws:
        """Return the row of a seed that is mixed already."""
        found = cls.__new__(cls)
        found._state = _mixed(mixed_seed + choice * _ROW & _MASK)  # noqa: SLF001
        return found

    def below(self, limit: int) -> int:
        """Return the next integer from 0 to `limit` - 1."""
        self._state = self._state + _STEP & _MASK
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


def part_seed(seed: int, part: int) -> int:
    """Return the seed of one of the prompts that AND composes; the first one has `seed` itself.

    Seeds side by side share nothing: the second part at seed 1 is not the first part at seed 2.
    """
    return Draws(seed, -(part << _PARTS)).below(1 << 63) if part else seed


def is_open(nodes: Iterable[Node]) -> bool:
    """Whether a choice, a wildcard, a variable or a wrapper is left in `nodes`."""
    return any(isinstance(node, (Choice, Wildcard, Variable, Wrap)) for node in walk(nodes))


class _Ready(NamedTuple):
    """A prompt ready for draws: its steps, or what is to be drawn once before there are any."""

    nodes: tuple[Node, ...]
    lists: Wordlists
    steps: Steps
    settled: Settled | None = None


_EMPTY: Final = _Ready((), NO_LISTS, [])


class _Memory:
    """The prompt that was drawn from last: many draws in a row need only one plan."""

    last = _EMPTY


def _ready(nodes: tuple[Node, ...], lists: Wordlists) -> _Ready:
    last = _Memory.last
    if last.nodes is nodes and last.lists is lists:
        return last

    def words(node: Wildcard) -> int:
        return len(lists.find(node.name))

    try:
        found = _Ready(nodes, lists, planned(nodes, words, counted=False))
    except Unsettled:
        settled = settle(nodes)
        steps = [] if settled.once else planned(settled.nodes, words, counted=False)
        found = _Ready(nodes, lists, steps, settled)
    _Memory.last = found
    return found


def draw(
    nodes: tuple[Node, ...],
    seed: int,
    lists: Wordlists | None = None,
    path: tuple[str, ...] = (),
) -> tuple[Node, ...]:
    """Return `nodes` with every choice and wildcard replaced by what is drawn with `seed`.

    Variables of dynamicprompts are drawn anew for each use, immediate ones once for all.

    Raises:
        UnknownNameError: a wildcard names no list, or a variable is never set.
        OpenPromptError: lists or variables name each other in a circle.
    """
    known = lists or NO_LISTS
    ready = _ready(nodes, known)
    if ready.settled and ready.settled.once:
        return _with_once(ready.settled, seed, known, path)
    return _drawn(ready.steps, seed, known, path)


def _with_once(
    settled: Settled, seed: int, lists: Wordlists, path: tuple[str, ...]
) -> tuple[Node, ...]:
    """Draw the variables that are drawn once, then the prompt with their values."""
    values: dict[str, tuple[Node, ...]] = {}
    for at, (name, value) in enumerate(settled.once, 1):
        own = Draws(seed, -at).below(1 << 63)
        values[name] = draw(fill(value, values), own, lists, path)
    return draw(fill(settled.nodes, values), seed, lists, path)


def _drawn(steps: Steps, seed: int, lists: Wordlists, path: tuple[str, ...]) -> tuple[Node, ...]:
    """Draw, without recursion: lists of brackets wait on a stack until they are whole."""
    key = _mixed(seed & _MASK)
    done: list[list[Node]] = [[]]
    work: list[Step | int | list[Held]] = list(reversed(steps))
    while work:
        step = work.pop()
        if type(step) is tuple:
            done[-1] += step
        elif isinstance(step, Chosen):
            if step.is_single:
                option = step.options[_single(step, key)]
                if len(option) == 1 and type(option[0]) is tuple:
                    done[-1] += option[0]
                else:
                    work += option[::-1]
                continue
            for chosen in _taken(step, Draws.of(key, step.number)):
                work += chosen
        elif isinstance(step, Worded):
            done[-1] += _drawn_word(step.node, Draws.of(key, step.number), lists, path)
        elif isinstance(step, Held):
            work.append([step])
            for part in reversed(step.parts):
                work += [*reversed(part), 0]
        elif isinstance(step, int):
            done.append([])
        elif isinstance(step, list):
            size = len(step[0].parts)
            parts = done[len(done) - size :]
            del done[len(done) - size :]
            done[-1] += step[0].closed(parts)
    return tuple(done[0])


def _single(step: Chosen, key: int) -> int:
    """Return the option that a choice of one gives: the second integer of its row says which."""
    state = _mixed(key + step.number * _ROW & _MASK) + 2 * _STEP & _MASK
    return step.place(_mixed(state) * step.total >> 64)


def _taken(step: Chosen, draws: Draws) -> Iterator[Steps]:
    """Yield what a choice gives, backwards: ready for a stack."""
    wanted = step.least + draws.below(step.most - step.least + 1)
    if wanted == 1 and step.total:
        yield step.options[step.place(draws.below(step.total))][::-1]
        return
    for turn, at in enumerate(reversed(_order(step.odds, wanted, draws))):
        if turn:
            yield [step.separator]
        yield step.options[at][::-1]


def _drawn_word(
    node: Wildcard, draws: Draws, lists: Wordlists, path: tuple[str, ...]
) -> tuple[Node, ...]:
    """Draw a line, and close what is open in it."""
    words, path = lists.find(node.name), within(node.name, path)
    word = words.lines[bisect_right(words.sums, draws.below(words.sums[-1]))]
    nodes = placed(word.nodes(), node)
    return draw(nodes, draws.below(1 << 63), lists, path) if is_open_text(word.text) else nodes


def _order(odds: list[int], wanted: int, draws: Draws) -> list[int]:
    """Return the numbers of `wanted` options, none twice.

    Options with odds of 0 come only when all others are used up.
    """
    urn = _Urn(odds)
    found: list[int] = []
    taken: set[int] = set()
    while len(found) < wanted:
        if not urn.total:
            urn = _Urn([int(at not in taken) for at in range(len(odds))])
        found.append(urn.take(draws.below(urn.total)))
        taken.add(found[-1])
    return found
