"""Tree to text: what was parsed prints as it was written, values and changed texts with escapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from impasto.syntax.escapes import escape, literal
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    Node,
    Part,
    Schedule,
    Text,
    Value,
    Variable,
    Wrap,
)
from impasto.syntax.variables import around, inlined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ends_word = re.compile(r"[0-9A-Za-z_\\]\Z").search
_starts_word = re.compile(r"[0-9A-Za-z_]").match


class _Words:
    """Texts and values side by side: they are escaped as one, so no joint becomes syntax.

    `kept` says that the neighbours are those it was parsed with.
    """

    __slots__ = ("kept", "nodes", "squared")

    def __init__(self, node: Text | Value, *, squared: bool, kept: bool) -> None:
        self.nodes = [node]
        self.squared = squared
        self.kept = kept

    def print(self, *, at_line_start: bool) -> str:
        first = self.nodes[0]
        alone = self.kept and len(self.nodes) == 1
        if alone and isinstance(first, Text):
            starts_comment = at_line_start and first.value.startswith("# ")
            return f"\\{first.value}" if starts_comment else first.value
        meant = [n.value if isinstance(n, Value) else literal(n.value) for n in self.nodes]
        return escape("".join(meant), in_brackets=self.squared)


class _Page:
    """What is printed so far; keeps keywords apart from words beside them."""

    __slots__ = ("after_keyword", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.after_keyword = False

    @property
    def at_line_start(self) -> bool:
        return not self.pieces or self.pieces[-1].endswith("\n")

    def sign(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.after_keyword = False

    def words(self, text: str) -> None:
        apart = self.after_keyword and _starts_word(text)
        self.sign(f" {text}" if apart else text)

    def keyword(self, word: str) -> None:
        apart = self.pieces and _ends_word(self.pieces[-1])
        self.sign(f" {word}" if apart else word)
        self.after_keyword = True


_Item: TypeAlias = Node | _Words | str


def print_parts(parts: Iterable[Part]) -> str:
    """Return the text of a whole prompt."""
    page = _Page()
    for at, part in enumerate(parts):
        if at:
            page.keyword("AND")
        nodes = _without_definitions(part.children)
        _print(_gathered(nodes, squared=False, written=part.start >= 0), page)
        page.sign(part.mark)
    return "".join(page.pieces)


def print_nodes(nodes: Iterable[Node]) -> str:
    """Return the text of `nodes`: parsing it gives the same tree, values read as text."""
    found = tuple(nodes)
    quick = _flat(found)
    if quick is not None:
        return quick
    page = _Page()
    found = _without_definitions(found)
    _print(_gathered(found, squared=False, written=True), page)
    return "".join(page.pieces)


def _flat(nodes: tuple[Node, ...]) -> str | None:
    """Return the text of words and of groups around one text, or None where there is more.

    That is what most drawn prompts are, and millions of them are printed in a row.
    """
    pieces: list[str] = []
    words: list[str] = []
    for at, node in enumerate(nodes):
        if type(node) is Text:
            words.append(node.value if "\\" not in node.value else literal(node.value))
        elif type(node) is Value:
            words.append(node.value)
        elif type(node) is Group and _is_plain(node):
            opener, closer = "()" if node.kind == "round" else "[]"
            inner = node.children[0].value  # type: ignore[union-attr]
            pieces += [_run(nodes, at, words), opener, inner, node.mark, closer]
            words = []
        else:
            return None
    pieces.append(_run(nodes, len(nodes), words))
    return None if any(["# " in piece for piece in pieces]) else "".join(pieces)


def _run(nodes: tuple[Node, ...], end: int, words: list[str]) -> str:
    """Return words that stand before place `end`; a single one that still stands as it was."""
    if len(words) == 1:
        first = nodes[end - 1]
        before = end < 2 or nodes[end - 2].end == first.start >= 0
        after = end == len(nodes) or nodes[end].start == first.end
        if before and after and isinstance(first, Text):
            return first.value
    return escape("".join(words))


def _is_plain(group: Group) -> bool:
    """Whether a group holds one text as it was parsed."""
    if len(group.children) != 1 or group.start < 0:
        return False
    return type(group.children[0]) is Text


def _without_definitions(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return `nodes` with variables written out: the canonical syntax has none."""
    if any([isinstance(node, Variable) for node in nodes]):
        return inlined(nodes)
    return nodes


def _print(items: list[tuple[_Item, bool]], page: _Page) -> None:
    """Append the texts of `items`, each with whether a colon separates there."""
    work = items[::-1]
    while work:
        item, squared = work.pop()
        match item:
            case str():
                page.sign(item)
            case _Words():
                page.words(item.print(at_line_start=page.at_line_start))
            case Break():
                page.keyword("BREAK")
            case Comment():
                page.sign(item.value if page.at_line_start else f"\n{item.value}")
            case Group() | Schedule() | Alternate() | Choice():
                inner = squared or not (isinstance(item, Group) and item.kind == "round")
                work += reversed(_unfold(item, squared=inner))
            case Variable():
                work += reversed(_gathered(item.children, squared=squared, written=False))
            case Wrap():
                work += reversed(_gathered(around(item), squared=squared, written=False))
            case _:
                page.words(item.value)


def _unfold(
    node: Group | Schedule | Alternate | Choice, *, squared: bool
) -> list[tuple[_Item, bool]]:
    """Return the signs and contents of a bracket in the order in which they are written."""
    written = node.start >= 0
    if isinstance(node, Group):
        opener, closer = ("(", ")") if node.kind == "round" else ("[", "]")
        fields = [(opener, node.children), (node.mark + closer, ())]
    elif isinstance(node, Schedule):
        fields = [("[", node.before), (":", node.after), (f"{node.mark}]", ())]
    elif isinstance(node, Alternate):
        fields = [("|" if at else "[", field) for at, field in enumerate(node.fields)]
        fields.append(("]", ()))
    else:
        signs = ["{" + node.mark, *"|" * (len(node.options) - 1)]
        pairs = zip(signs, node.options, strict=True)
        fields = [(sign + option.mark, option.children) for sign, option in pairs]
        fields.append(("}", ()))
    found: list[tuple[_Item, bool]] = []
    for sign, nodes in fields:
        found += [(sign, squared), *_gathered(nodes, squared=squared, written=written)]
    return found


def _gathered(nodes: Sequence[Node], *, squared: bool, written: bool) -> list[tuple[_Item, bool]]:
    """Return `nodes`, those that are words gathered; `written`: they are all of their list."""
    found: list[tuple[_Item, bool]] = []
    last: _Words | None = None
    for at, node in enumerate(nodes):
        if not isinstance(node, (Text, Value)):
            last = None
            found.append((node, squared))
        elif last is not None:
            last.nodes.append(node)
        else:
            before = nodes[at - 1].end == node.start >= 0 if at else written
            after = nodes[at + 1].start == node.end if at + 1 < len(nodes) else written
            last = _Words(node, squared=squared, kept=before and after)
            found.append((last, squared))
    return found
