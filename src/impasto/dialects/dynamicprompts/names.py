"""Wildcards whose name holds choices or variables: `__colors-${warmth:cold}__`."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec.structs import replace

from impasto.syntax.nodes import Choice, Node, Option, Value, Variable, Wildcard

if TYPE_CHECKING:
    from collections.abc import Iterator

Values: TypeAlias = dict[str, tuple[Node, ...]]
"""What variables are set to."""

_MOST: Final = 64
_DEPTH: Final = 16


def named(wildcard: Wildcard, name: tuple[Node, ...], values: Values) -> Wildcard | Choice:
    """Return `wildcard` with its name, or a choice of as many as its name has readings.

    A variable that nobody sets stands for its own name, as in dynamicprompts.
    """
    if len(name) == 1 and isinstance(name[0], Value):
        return replace(wildcard, value=f"__{name[0].value}__")
    texts = list(islice(dict.fromkeys(_texts(name, values, _DEPTH)), _MOST))
    found = [replace(wildcard, value=f"__{text}__") for text in texts]
    if len(found) == 1:
        return found[0]
    start, end = wildcard.start, wildcard.end
    return Choice(tuple(Option((w,), "", start, end) for w in found), "", start, end)


def _texts(nodes: tuple[Node, ...], values: Values, depth: int) -> Iterator[str]:
    """Yield what `nodes` may become; what lies too deep is left out."""
    if depth:
        fields = [list(islice(_of_node(node, values, depth - 1), _MOST)) for node in nodes]
        yield from ("".join(texts) for texts in islice(product(*fields), _MOST))


def _of_node(node: Node, values: Values, depth: int) -> Iterator[str]:
    if isinstance(node, Choice):
        for option in node.options:
            yield from _texts(option.children, values, depth)
    elif isinstance(node, Variable):
        inner = values.get(node.name) or node.children or (Value(node.name),)
        yield from _texts(inner, values, depth)
    elif isinstance(node, (Value, Wildcard)):
        yield node.value
