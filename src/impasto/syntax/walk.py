"""Walking and rebuilding trees, without recursion: depth is the author's choice, not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.syntax.nodes import (
    Alternate,
    Choice,
    Group,
    Node,
    Option,
    Part,
    Schedule,
    Variable,
    Wrap,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from impasto.syntax.prompt import Prompt


def children(node: Node) -> tuple[tuple[Node, ...], ...]:
    """Return the lists of nodes directly inside `node`: one for a group, one for each field."""
    match node:
        case Group():
            return (node.children,)
        case Schedule():
            return (node.before, node.after)
        case Alternate():
            return node.fields
        case Choice():
            return tuple(option.children for option in node.options)
        case Variable():
            return (node.children,)
        case Wrap():
            return (node.wrapper, node.inner)
        case _:
            return ()


def with_children(node: Node, lists: tuple[tuple[Node, ...], ...]) -> Node:
    """Return `node` with other children, without a span."""
    match node:
        case Group():
            return Group(node.kind, lists[0], node.mark)
        case Schedule():
            return Schedule(lists[0], lists[1], node.mark)
        case Alternate():
            return Alternate(lists)
        case Choice():
            marks = (option.mark for option in node.options)
            options = tuple(Option(c, m) for c, m in zip(lists, marks, strict=True))
            return Choice(options, node.mark, sampler=node.sampler)
        case Variable():
            return Variable(node.name, lists[0], node.mark)
        case Wrap():
            return Wrap(lists[0], lists[1])
        case _:
            return node


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield every node of `nodes` and below, each before what it holds, in the order written."""
    stack = [iter(tuple(nodes))]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        yield node
        stack += [iter(inner) for inner in reversed(children(node))]


def walk_prompt(prompt: Prompt) -> Iterator[Node]:
    """Yield every node of `prompt`."""
    return walk(node for part in prompt.parts for node in part.children)


def rebuild(
    nodes: tuple[Node, ...], change: Callable[[Node], Node | tuple[Node, ...]]
) -> tuple[Node, ...]:
    """Return `nodes` with `change` applied to every node, the innermost first.

    `change` returns the node itself, another one, or a tuple of nodes to stand there (an empty
    one takes it out). What did not change is shared with the old tree.
    """
    done: list[list[Node]] = [[]]
    work: list[Node | tuple[Node, tuple[tuple[Node, ...], ...]] | None] = list(reversed(nodes))
    while work:
        item = work.pop()
        if item is None:  # a list of children begins
            done.append([])
        elif isinstance(item, tuple):
            node, old = item
            lists = tuple(tuple(part) for part in done[len(done) - len(old) :])
            del done[len(done) - len(old) :]
            same = all(a is b for x, y in zip(old, lists, strict=True) for a, b in _pairs(x, y))
            _put(done[-1], change(node if same else with_children(node, lists)))
        else:
            inner = children(item)
            if not inner:
                _put(done[-1], change(item))
                continue
            work.append((item, inner))
            for part in reversed(inner):
                work += [*reversed(part), None]
    return tuple(done[0])


def _pairs(old: tuple[Node, ...], new: tuple[Node, ...]) -> Iterator[tuple[object, object]]:
    if len(old) != len(new):
        return iter([(old, new)])
    return zip(old, new, strict=True)


def _put(target: list[Node], found: Node | tuple[Node, ...]) -> None:
    if isinstance(found, tuple):
        target += found
    else:
        target.append(found)


def with_part_children(part: Part, nodes: tuple[Node, ...]) -> Part:
    """Return `part` with other nodes, without a span."""
    return Part(nodes, part.mark)
