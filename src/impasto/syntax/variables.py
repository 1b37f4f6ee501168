"""The variables of a prompt: what they are set to, in which order, and the prompt without them.

A variable may be set anywhere outside of brackets; the last time counts, for uses before it too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import OpenPromptError, UnknownNameError
from impasto.syntax.nodes import Node, Variable, Wrap
from impasto.syntax.walk import rebuild, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_NODES: Final = 100_000
"""A prompt whose variables, each written out, come to more nodes is refused."""


class Settled(NamedTuple):
    """A prompt whose variables are written out.

    `once` are those that are drawn once, in order; `nodes` and later ones hold a `Variable` of
    that name for each use.
    """

    nodes: tuple[Node, ...]
    once: tuple[tuple[str, tuple[Node, ...]], ...] = ()


def definitions(nodes: Iterable[Node]) -> dict[str, Variable]:
    """Return what the variables are set to."""
    return {n.name: n for n in nodes if isinstance(n, Variable) and n.is_definition}


def has_variables(nodes: Iterable[Node]) -> bool:
    """Whether a variable is set or used in `nodes`."""
    return any(isinstance(node, Variable) for node in walk(nodes))


def ordered(nodes: tuple[Node, ...], known: Mapping[str, Variable]) -> list[str]:
    """Return the names of the variables that `nodes` use, each behind those that it uses itself.

    Raises:
        OpenPromptError: variables use each other in a circle.
        UnknownNameError: a variable is used that is never set and has no default.
    """
    found: dict[str, None] = {}
    path: dict[str, None] = {}
    work = [(name, False) for name in reversed(_used(nodes, known))]
    while work:
        name, is_done = work.pop()
        if is_done:
            del path[name]
            found[name] = None
        elif name in path:
            circle = " -> ".join(f"${{{n}}}" for n in (*path, name))
            raise OpenPromptError(f"variables use each other in a circle: {circle}")
        elif name not in found:
            path[name] = None
            work.append((name, True))
            work += [(inner, False) for inner in reversed(_used(known[name].children, known))]
    return list(found)


def _used(nodes: tuple[Node, ...], known: Mapping[str, Variable]) -> list[str]:
    """Return the names of the set variables that are used directly in `nodes`."""
    found: dict[str, None] = {}
    for node in walk(n for n in nodes if not (isinstance(n, Variable) and n.is_definition)):
        if not isinstance(node, Variable):
            continue
        if node.name in known:
            found[node.name] = None
        elif not node.children:
            raise UnknownNameError("variable", node.name, tuple(known))
    return list(found)


def settle(nodes: tuple[Node, ...]) -> Settled:
    """Return `nodes` with what the variables stand for.

    Raises:
        OpenPromptError: variables use each other in a circle, or grow beyond all bounds.
        UnknownNameError: a variable is used that is never set and has no default.
    """
    if not has_variables(nodes):
        return Settled(nodes)
    known = definitions(nodes)
    values: dict[str, tuple[Node, ...]] = {}
    sizes: dict[str, int] = {}
    once: list[tuple[str, tuple[Node, ...]]] = []
    for name in ordered(nodes, known):
        sizes[name] = _size(known[name].children, sizes)
        value = _written_out(known[name].children, values, known)
        if known[name].is_immediate:
            once.append((name, value))
            sizes[name] = 1
        else:
            values[name] = value
    _size(nodes, sizes)
    return Settled(_written_out(nodes, values, known), tuple(once))


def _size(nodes: tuple[Node, ...], sizes: Mapping[str, int]) -> int:
    """Return how many nodes `nodes` come to when all variables in it are written out."""
    uses = (n for n in walk(nodes) if not (isinstance(n, Variable) and n.is_definition))
    size = sum(sizes.get(n.name, 1) if isinstance(n, Variable) else 1 for n in uses)
    if size > MAX_NODES:
        raise OpenPromptError(f"written out, the variables come to more than {MAX_NODES:,} parts")
    return size


def _written_out(
    nodes: tuple[Node, ...], values: Mapping[str, tuple[Node, ...]], known: Mapping[str, Variable]
) -> tuple[Node, ...]:
    def change(node: Node) -> Node | tuple[Node, ...]:
        if not isinstance(node, Variable):
            return node
        if node.is_definition:
            return ()
        if node.name in values:
            return values[node.name]
        return Variable(node.name) if node.name in known else node.children

    return rebuild(nodes, change)


def inlined(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` with every variable written out, those that are drawn once for each use, too.

    Raises:
        OpenPromptError: variables use each other in a circle, or grow beyond all bounds.
        UnknownNameError: a variable is used that is never set and has no default.
    """
    settled = settle(nodes)
    values: dict[str, tuple[Node, ...]] = {}
    for name, value in settled.once:
        values[name] = fill(value, values)
    return fill(settled.nodes, values)


def fill(nodes: tuple[Node, ...], values: Mapping[str, tuple[Node, ...]]) -> tuple[Node, ...]:
    """Return settled `nodes` with the values of the variables that were drawn once."""
    if not values:
        return nodes
    return rebuild(nodes, lambda n: values[n.name] if isinstance(n, Variable) else n)


_DOTS: Final = re.compile(r"\.{3,}+|…")


def cut_at_dots(text: str) -> tuple[str, str] | None:
    """Return what stands before and behind the place in a wrapper where the inner text goes."""
    found = _DOTS.search(text)
    return (text[: found.start()], text[found.end() :]) if found else None


def around(wrap: Wrap) -> tuple[Node, ...]:
    """Return a wrapper whose lists are closed as one list: the inner one in the place of the dots."""
    from impasto.syntax.nodes import Text, Value  # noqa: PLC0415

    placed = False

    def change(node: Node) -> Node | tuple[Node, ...]:
        nonlocal placed
        if placed or not isinstance(node, (Text, Value)):
            return node
        halves = cut_at_dots(node.value)
        if halves is None:
            return node
        placed = True
        kind = type(node)
        sides = [(kind(half, node.start, node.end),) if half else () for half in halves]
        return (*sides[0], *wrap.inner, *sides[1])

    found = rebuild(wrap.wrapper, change)
    return found if placed else (*found, *wrap.inner)
