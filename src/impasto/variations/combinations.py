"""How many prompts an open prompt stands for, and the one with a given number.

The leftmost choice turns slowest. `{2$$a|b|c}` gives ordered arrangements without repetition:
with c₁ … cₙ the combinations inside the options, k of them can be arranged in k! · eₖ(c₁ … cₙ)
ways, eₖ the elementary symmetric polynomial. Work grows with the prompt, not with the number.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

from impasto.errors import OpenPromptError
from impasto.syntax.nodes import Choice, Node, Option, Text, Wildcard
from impasto.syntax.walk import children, rebuild, walk, with_children
from impasto.variations.draw import count_of, stripped

if TYPE_CHECKING:
    from collections.abc import Sequence

_Counts = dict[int, int]


def count(nodes: Sequence[Node]) -> int:
    """Return how many closed prompts `nodes` stand for.

    Raises:
        OpenPromptError: there is a wildcard, whose words are not known here.
    """
    tidy = _tidy(tuple(nodes))
    return _product(tidy, _counts(tidy))


def pick(nodes: tuple[Node, ...], index: int) -> tuple[Node, ...]:
    """Return the closed prompt number `index`, counted from 0.

    Raises:
        OpenPromptError: there are not so many, or there is a wildcard.
    """
    nodes = _tidy(nodes)
    counts = _counts(nodes)
    total = _product(nodes, counts)
    if not 0 <= index < total:
        raise OpenPromptError(f"there is no combination {index:,}: they are 0 to {total - 1:,}")
    return _picked(nodes, index, counts)


def _tidy(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` with the spaces around options taken off."""

    def strip(node: Node) -> Node:
        if not isinstance(node, Choice):
            return node
        options = (Option(stripped(o.children), o.mark, o.start, o.end) for o in node.options)
        return Choice(tuple(options), node.mark, node.start, node.end)

    return rebuild(nodes, strip)


def _counts(nodes: Sequence[Node]) -> _Counts:
    """Return the count of every node below, by its identity; the inner ones come first."""
    counts: _Counts = {}
    for node in reversed(list(walk(nodes))):
        if isinstance(node, Wildcard):
            raise OpenPromptError(f"the words of the wildcard {node.value} are not known")
        inner = [_product(part, counts) for part in children(node)]
        if isinstance(node, Choice):
            least, most, _ = count_of(node)
            counts[id(node)] = sum(_arrangements(inner, k) for k in range(least, most + 1))
        else:
            total = 1
            for number in inner:
                total *= number
            counts[id(node)] = total
    return counts


def _product(nodes: Sequence[Node], counts: _Counts) -> int:
    total = 1
    for node in nodes:
        total *= counts[id(node)]
    return total


def _arrangements(numbers: Sequence[int], picked: int) -> int:
    """Return in how many ways `picked` of the options can stand in a row."""
    sums = [1] + [0] * picked
    for number in numbers:
        for k in range(picked, 0, -1):
            sums[k] += sums[k - 1] * number
    return factorial(picked) * sums[picked]


def _picked(nodes: tuple[Node, ...], index: int, counts: _Counts) -> tuple[Node, ...]:
    """Build the combination without recursion: lists wait on a stack until they are whole."""
    done: list[list[Node]] = [[]]
    work: list[tuple[str, Node, int]] = _shares(nodes, index, counts)
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
        elif what == "text" or not children(node):
            done[-1].append(node)
        else:
            work.append(("close", node, 0))
            parts = children(node)
            shares = _split(parts, number, counts)
            for part, share in zip(reversed(parts), reversed(shares), strict=True):
                work += [*_shares(part, share, counts), ("open", node, 0)]
    return tuple(done[0])


def _split(parts: Sequence[Sequence[Node]], index: int, counts: _Counts) -> list[int]:
    """Return the number of each list when all together have the number `index`."""
    shares: list[int] = []
    for part in reversed(parts):
        index, share = divmod(index, _product(part, counts))
        shares.append(share)
    return shares[::-1]


def _shares(nodes: Sequence[Node], index: int, counts: _Counts) -> list[tuple[str, Node, int]]:
    """Return the nodes with their own numbers, the last one first, ready for a stack.

    The last node turns fastest.
    """
    found: list[tuple[str, Node, int]] = []
    for node in reversed(nodes):
        index, share = divmod(index, counts[id(node)])
        found.append(("node", node, share))
    return found


def _chosen(choice: Choice, index: int, counts: _Counts) -> list[tuple[str, Node, int]]:
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
    found: list[tuple[str, Node, int]] = []
    for turn in range(size):
        option, index, share = _next(left, size - turn - 1, index, counts)
        left.remove(option)
        if turn:
            found.append(("text", Text(separator), 0))
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
