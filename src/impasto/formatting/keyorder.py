"""The order of the keys of front matter and of style packs."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node

from impasto.formatting.yamltokens import LOADER

if TYPE_CHECKING:
    from collections.abc import Mapping


class Keys(NamedTuple):
    """The order of the keys of a mapping, and what is known of the mappings in it.

    Keys without a place stay in their order behind the others. "*" in `inside` is any key.
    """

    order: tuple[str, ...] = ()
    inside: Mapping[str, Keys] = {}


_TEXTS = ("text", "negative", "parameters")
_VARIANTS = Keys((), {"*": Keys(_TEXTS)})
_STYLE = Keys(
    (
        *("mixin", "title", "description", "tags", "aliases", "preview", "extends"),
        *("options", "weight", "order", *_TEXTS, "variants", "metadata"),
    ),
    {"variants": _VARIANTS},
)
PACK: Final = Keys(
    (
        *("format", "name", "version", "title", "license", "authors", "description"),
        *("requires", "metadata", "styles"),
    ),
    {"styles": Keys((), {"*": _STYLE})},
)
_VARIABLE = Keys(("type", "description", "default", "choices", "range"))
FRONT: Final = Keys(
    (
        *("format", "title", "description", "variables", "styles", "negative", "parameters"),
        "model",
    ),
    {"variables": Keys((), {"*": _VARIABLE})},
)


def ordered(text: str, keys: Keys) -> str:
    """Return a YAML file in canonical layout with its keys in order, comments with their keys.

    What stands above the first key of the file stays there. Mappings in one line, `{…}`, keep
    the order in which they were written.
    """
    root = yaml.compose(text, Loader=LOADER)
    if not isinstance(root, MappingNode) or not _is_block(root) or not text.endswith("\n"):
        return text
    order = _Order(text)
    first = order.line(root.value[0][0])
    found = order.of(root, keys, first, len(order.lines))
    return "".join([*order.lines[:first], *found])


class _Order:
    """The lines of a file, to be put in order."""

    def __init__(self, text: str) -> None:
        self.lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")]
        self.starts = [0, *accumulate([len(line) for line in self.lines])]

    def line(self, node: Node) -> int:
        """Return the line in which `node` begins; YAML itself counts more signs as line ends."""
        return bisect_right(self.starts, node.start_mark.index) - 1

    def of(self, mapping: MappingNode, keys: Keys, start: int, end: int) -> list[str]:
        """Return the lines [start, end), which are those of `mapping`, in order.

        Comments at its end stay there.
        """
        entries = mapping.value
        tail = end
        while self._leads(tail - 1, mapping.start_mark.column):
            tail -= 1
        return [*self._in_order(entries, keys, start, tail), *self.lines[tail:end]]

    def _in_order(
        self, entries: list[tuple[Node, Node]], keys: Keys, start: int, end: int
    ) -> list[str]:
        """Return the lines of `entries`, each with its comments."""
        starts = [start, *(self._first_line(a, b) for a, b in pairwise(entries)), end]
        found = [
            (name.value, self._entry(keys, name.value, value, *place))
            for (name, value), place in zip(entries, pairwise(starts), strict=True)
        ]
        places = {name: place for place, name in enumerate(keys.order)}
        moved = sorted(found, key=lambda entry: places.get(entry[0], len(places)))
        if moved == found:
            return [line for _, entry in found for line in entry]
        first = _without_empty(moved[0][1])
        return [*first, *(line for _, entry in moved[1:] for line in entry)]

    def _entry(self, keys: Keys, name: str, value: Node, start: int, end: int) -> list[str]:
        inner = keys.inside.get(name) or keys.inside.get("*")
        if inner is None or not isinstance(value, MappingNode) or not _is_block(value):
            return self.lines[start:end]
        first = self.line(value)
        column = value.start_mark.column
        while first > start and self._leads(first - 1, column):
            first -= 1
        return [*self.lines[start:first], *self.of(value, inner, first, end)]

    def _first_line(self, before: tuple[Node, Node], entry: tuple[Node, Node]) -> int:
        """Return the first line of an entry: its key's, or that of the comments above it."""
        column = entry[0].start_mark.column
        line = self.line(entry[0])
        least = self.line(before[0])
        while line - 1 > least and self._leads(line - 1, column):
            line -= 1
        return line

    def _leads(self, at: int, column: int) -> bool:
        """Whether a line is empty or a comment that belongs to the key below it."""
        text = self.lines[at].strip()
        indent = len(self.lines[at]) - len(self.lines[at].lstrip())
        return not text or (text.startswith("#") and indent <= column)


def _is_block(node: MappingNode) -> bool:
    return not node.flow_style and bool(node.value)


def _without_empty(lines: list[str]) -> list[str]:
    """Return `lines` without the empty ones at their start."""
    at = 0
    while at < len(lines) and not lines[at].strip():
        at += 1
    return lines[at:]
