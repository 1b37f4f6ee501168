"""How many prompts an open prompt stands for, and the one with a given number.

The leftmost choice turns slowest. `{2$$a|b|c}` gives ordered arrangements without repetition:
with c₁ … cₙ the combinations inside the options, k of them can be arranged in k! · eₖ(c₁ … cₙ)
ways, eₖ the elementary symmetric polynomial. Work grows with the prompt, not with the number.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import factorial, prod
from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import OpenPromptError
from impasto.syntax.nodes import Choice, Node, Option, Text, Wildcard
from impasto.syntax.walk import children, rebuild, walk, with_children
from impasto.variations.draw import NO_LISTS, count_of, stripped
from impasto.variations.wordlists import is_open_text, placed, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.variations.wordlists import Word, Wordlists

_Counts = dict[int, int]


class _Step(NamedTuple):
    """Something left to do while a combination is built: a node with its number, or a sign."""

    what: str
    node: Node
    number: int = 0


class Space:
    """All prompts that open prompts over some word lists stand for."""

    def __init__(self, lists: Wordlists | None = None) -> None:
        self._lists = lists or NO_LISTS
        self._sums: dict[str, list[int]] = {}

    def count(self, nodes: Sequence[Node]) -> int:
        """Return how many closed prompts `nodes` stand for.

        Raises:
            UnknownNameError: a wildcard names no list.
            OpenPromptError: lists name each other in a circle.
        """
        tidy = _tidy(tuple(nodes))
        return _product(tidy, self._counts(tidy, ()))

    def pick(self, nodes: tuple[Node, ...], index: int) -> tuple[Node, ...]:
        """Return the closed prompt number `index`, counted from 0.

        Raises:
            UnknownNameError: a wildcard names no list.
            OpenPromptError: there are not so many, or lists name each other in a circle.
        """
        nodes = _tidy(nodes)
        counts = self._counts(nodes, ())
        total = _product(nodes, counts)
        if not 0 <= index < total:
            raise OpenPromptError(f"there is no combination {index:,}: they are 0 to {total - 1:,}")
        return self._built(nodes, index, counts)

    def _counts(self, nodes: Sequence[Node], path: tuple[str, ...]) -> _Counts:
        """Return the count of every node below, by its identity; the inner ones come first."""
        counts: _Counts = {}
        for node in reversed(list(walk(nodes))):
            inner = [_product(part, counts) for part in children(node)]
            if isinstance(node, Wildcard):
                counts[id(node)] = self._word_sums(node, path)[-1]
            elif isinstance(node, Choice):
                least, most, _ = count_of(node)
                counts[id(node)] = sum(_arrangements(inner, k) for k in range(least, most + 1))
            else:
                counts[id(node)] = prod(inner)
        return counts

    def _word_sums(self, node: Wildcard, path: tuple[str, ...]) -> list[int]:
        """Return the running sums of the combinations of a wildcard's lines."""
        name = node.name
        path = within(name, path)
        if name not in self._sums:
            lines = self._lists.find(name).lines
            self._sums[name] = list(accumulate(self._of_word(word, path) for word in lines))
        return self._sums[name]

    def _of_word(self, word: Word, path: tuple[str, ...]) -> int:
        if not is_open_text(word.text):
            return 1
        nodes = _tidy(word.nodes())
        return _product(nodes, self._counts(nodes, path))

    def _built(self, nodes: tuple[Node, ...], index: int, counts: _Counts) -> tuple[Node, ...]:
        """Build a combination without recursion: lists wait on a stack until they are whole."""
        done: list[list[Node]] = [[]]
        work = _shares(nodes, index, counts)
        kept: list[object] = []  # nodes whose identity `counts` relies on
        while work:
            what, node, number = work.pop()
            if what == "open":
                done.append([])
            elif what == "close":
                size = len(children(node))
                lists = tuple(tuple(part) for part in done[len(done) - size :])
                del done[len(done) - size :]
                done[-1].append(with_children(node, lists))
            elif isinstance(node, Choice):
                work += reversed(_chosen(node, number, counts))
            elif isinstance(node, Wildcard):
                inner, share = self._word(node, number)
                kept.append(inner)
                counts.update(self._counts(inner, ()))
                work += _shares(inner, share, counts)
            elif what == "text" or not children(node):
                done[-1].append(node)
            else:
                work += _around(node, number, counts)
        return tuple(done[0])

    def _word(self, node: Wildcard, number: int) -> tuple[tuple[Node, ...], int]:
        """Return the line of a wildcard that holds the combination `number`, and its own number."""
        sums = self._word_sums(node, ())
        at = bisect_right(sums, number)
        share = number - (sums[at - 1] if at else 0)
        word = self._lists.find(node.name).lines[at]
        return _tidy(placed(word.nodes(), node)), share


def _tidy(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` with the spaces around options taken off."""

    def strip(node: Node) -> Node:
        if not isinstance(node, Choice):
            return node
        options = (Option(stripped(o.children), o.mark, o.start, o.end) for o in node.options)
        return Choice(tuple(options), node.mark, node.start, node.end)

    return rebuild(nodes, strip)


def _product(nodes: Sequence[Node], counts: _Counts) -> int:
    return prod([counts[id(node)] for node in nodes])


def _arrangements(numbers: Sequence[int], picked: int) -> int:
    """Return in how many ways `picked` of the options can stand in a row."""
    sums = [1] + [0] * picked
    for number in numbers:
        for k in range(picked, 0, -1):
            sums[k] += sums[k - 1] * number
    return factorial(picked) * sums[picked]


def _around(node: Node, number: int, counts: _Counts) -> list[_Step]:
    """Return the steps that rebuild a bracket around its lists."""
    steps = [_Step("close", node)]
    for part in reversed(children(node)):
        number, share = divmod(number, _product(part, counts))
        steps += [*_shares(part, share, counts), _Step("open", node)]
    return steps


def _shares(nodes: Sequence[Node], index: int, counts: _Counts) -> list[_Step]:
    """Return the nodes with their own numbers, the last one first, ready for a stack.

    The last node turns fastest.
    """
    found: list[_Step] = []
    for node in reversed(nodes):
        index, share = divmod(index, counts[id(node)])
        found.append(_Step("node", node, share))
    return found


def _chosen(choice: Choice, index: int, counts: _Counts) -> list[_Step]:
    """Return what the combination `index` of a choice consists of, in order."""
    least, most, separator = count_of(choice)
    left = list(choice.options)
    size = least
    while size < most:
        ways = _arrangements([_product(o.children, counts) for o in left], size)
        if index < ways:
            break
        index -= ways
        size += 1
    found: list[_Step] = []
    for turn in range(size):
        option, index, share = _next(left, size - turn - 1, index, counts)
        left = [o for o in left if o is not option]
        if turn:
            found.append(_Step("text", Text(separator)))
        found += reversed(_shares(option.children, share, counts))
    return found


def _next(left: list[Option], others: int, index: int, counts: _Counts) -> tuple[Option, int, int]:
    """Return the option that comes next, the number of the rest, and its own number."""
    for option in left:
        rest = [_product(o.children, counts) for o in left if o is not option]
        own, behind = _product(option.children, counts), _arrangements(rest, others)
        if index < own * behind:
            share, remaining = divmod(index, behind)
            return option, remaining, share
        index -= own * behind
    raise AssertionError("the numbers of the options add up")
