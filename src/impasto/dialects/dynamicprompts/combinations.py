"""What dynamicprompts makes of a text when it goes through the combinations itself.

Its combinatorial generator without word lists on disk, by experiment with 0.31.0: equal options
and repeated values are left out, separators at the ends go, `{@…}` gives its next value to
each prompt, an unknown wildcard repeats for ever. Our own `count` and `pick` do none of that.
"""

from __future__ import annotations

from itertools import islice, permutations, product
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import OpenPromptError
from impasto.syntax.nodes import Choice, Node, Value, Variable, Wildcard, Wrap
from impasto.syntax.variables import cut_at_dots, definitions, ordered
from impasto.syntax.walk import children

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST: Final = 32
_KEPT: Final = 4 * MOST
_PATIENCE: Final = 20_000


class RefusedError(OpenPromptError):
    """dynamicprompts raises on the text, gives another answer each time, or never ends."""


class _Row(NamedTuple):
    """The first texts that a node gives.

    An `endless` row begins again at its end. A row `in_turn` gives its next text to each prompt
    instead of multiplying the prompts.
    """

    texts: list[str]
    endless: bool = False
    in_turn: bool = False


def generate(text: str, nodes: tuple[Node, ...]) -> list[str]:
    """Return the first prompts that dynamicprompts generates from a text with the tree `nodes`.

    Raises:
        RefusedError: it gives none.
        UnknownNameError: a variable is used that is never set.
    """
    if not text:
        return []
    if len(nodes) == 1 and isinstance(nodes[0], Variable) and nodes[0].is_definition:
        raise RefusedError("there is no prompt beside the variable")
    known = definitions(n for n in nodes if isinstance(n, Variable) and n.children)
    values: dict[str, _Row] = {}
    for name in ordered(nodes, known):
        row = _Rows(text, values).of(known[name].children)
        texts = row.texts[:1] if known[name].is_immediate else row.texts
        values[name] = _Row(texts, row.endless and not known[name].is_immediate)
    return _Rows(text, values).of(nodes).texts[:MOST]


class _Rows:
    """The rows of a tree, the inner ones first."""

    def __init__(self, text: str, values: dict[str, _Row]) -> None:
        self.text = text
        self.values = values

    def of(self, nodes: tuple[Node, ...]) -> _Row:
        """Return the row of a list of nodes, without recursion."""
        done: dict[int, _Row] = {}
        work: list[tuple[Node, bool]] = [(node, False) for node in nodes]
        while work:
            node, is_ready = work.pop()
            if is_ready:
                done[id(node)] = self.node(node, [_sequence(part, done) for part in _parts(node)])
            else:
                work.append((node, True))
                work += [(inner, False) for part in _parts(node) for inner in part]
        return _sequence(nodes, done)

    def node(self, node: Node, rows: list[_Row]) -> _Row:
        """Return the row of a node whose lists have the rows `rows`."""
        match node:
            case Value():
                return _Row([node.value])
            case Wildcard():
                return _wildcard(node)
            case Variable() if not node.is_definition:
                return self.values.get(node.name) or rows[0]
            case Wrap():
                return _wrap(node, *rows)
            case Choice():
                return self.choice(node, rows)
            case _:
                return _Row([""])

    def choice(self, choice: Choice, rows: list[_Row]) -> _Row:
        first = choice.options[0].children
        if self.text.startswith("__", choice.start) and first and isinstance(first[0], Wildcard):
            return _wildcard(first[0])
        if choice.sampler == "@":
            return _turns(choice, rows)
        if choice.sampler == "~":
            return _random(choice, rows)
        return _every(choice, rows, self.text)


def _parts(node: Node) -> tuple[tuple[Node, ...], ...]:
    if isinstance(node, Variable) and node.is_definition:
        return ()
    return children(node)


def _wildcard(node: Wildcard) -> _Row:
    return _Row([node.value] * _KEPT, endless=True, in_turn=node.sampler in ("~", "@"))


def _sequence(nodes: tuple[Node, ...], done: dict[int, _Row]) -> _Row:
    rows = [done[id(node)] for node in nodes]
    if len(rows) == 1:
        return rows[0]
    if not all(row.texts for row in rows):
        raise RefusedError("a choice has nothing to give")
    fields = [[""] if row.in_turn else row.texts for row in rows]
    texts: list[str] = []
    for number, pieces in enumerate(islice(product(*fields), _KEPT)):
        shown = [
            row.texts[number % len(row.texts)] if row.in_turn else piece
            for row, piece in zip(rows, pieces, strict=True)
        ]
        texts.append("".join(shown))
    return _Row(texts, endless=any(row.endless and not row.in_turn for row in rows))


def _wrap(node: Wrap, wrapper: _Row, inner: _Row) -> _Row:
    if not node.wrapper or not node.inner:
        return _Row([])
    texts: list[str] = []
    for outside, text in islice(product(wrapper.texts, inner.texts), _KEPT):
        before, behind = cut_at_dots(outside) or (outside, "")
        texts.append(before + text + behind)
    return _Row(texts, endless=wrapper.endless or inner.endless)


def _bounds(choice: Choice) -> tuple[int, int, str]:
    """Return the least and most options, and the separator."""
    if not choice.mark:
        return 1, 1, ","
    counts, separator = choice.mark[:-2].split("$$", 1)
    low, _, high = counts.partition("-")
    most = len(choice.options)
    least = min(int(low[-9:]) if len(low) < 10 else most, most)
    last = most if not high and "-" in counts else least
    if high:
        last = min(int(high) if len(high) < 10 else most, most)
    return min(least, last), max(least, last), separator


def _every(choice: Choice, rows: list[_Row], text: str) -> _Row:
    """Return every arrangement of different options with different values."""
    options: dict[str, _Row] = {}
    for option, row in zip(choice.options, rows, strict=True):
        inside = [n for n in option.children if n.start >= 0]
        key = text[inside[0].start : inside[-1].end] if inside else ""
        options.setdefault(key, _Row(row.texts[:1]) if row.in_turn else row)
    if any(row.endless for row in options.values()):
        if len(options) == 1:
            return _Row([])
        raise RefusedError("a wildcard without a list makes a choice endless")
    least, most, separator = _bounds(choice)
    found: dict[tuple[str, ...], None] = {}
    lists = [row.texts for row in options.values()]
    for values in _arranged(lists, least, most):
        found[values] = None
        if len(found) == _KEPT:
            break
    return _Row([_joined(values, separator) for values in found])


def _joined(values: tuple[str, ...], separator: str) -> str:
    """Join values; one separator at each end goes, whether an empty value left it or not."""
    text = separator.join(values)
    return text if len(values) < 2 else text.removeprefix(separator).removesuffix(separator)


def _arranged(lists: Sequence[list[str]], least: int, most: int) -> Iterator[tuple[str, ...]]:
    """Yield the arrangements of different values, at most so many tries."""
    rows = (row for size in range(least, most + 1) for row in permutations(lists, size))
    every = (values for row in rows for values in product(*row))
    return (values for values in islice(every, _PATIENCE) if len(set(values)) == len(values))


def _turns(choice: Choice, rows: list[_Row]) -> _Row:
    """Return the arrangements in turn, each with its own next value."""
    least, most, separator = _bounds(choice)
    turns: list[list[str]] = []
    sizes = range(least, most + 1)
    for row in islice((r for size in sizes for r in permutations(rows, size)), _KEPT):
        values = islice(_arranged_once(row), _KEPT)
        turns.append([_joined(v, separator) for v in values])
    turns = [turn for turn in turns if turn]
    if not turns:
        raise RefusedError("a choice has nothing to give")
    texts = [
        turns[n % len(turns)][n // len(turns) % len(turns[n % len(turns)])] for n in range(_KEPT)
    ]
    return _Row(texts, endless=True, in_turn=True)


def _arranged_once(rows: Iterable[_Row]) -> Iterator[tuple[str, ...]]:
    every = islice(product(*(row.texts for row in rows)), _PATIENCE)
    return (values for values in every if len(set(values)) == len(values))


def _random(choice: Choice, rows: list[_Row]) -> _Row:
    least, most, separator = _bounds(choice)
    lists = [row.texts for row in rows]
    texts = {_joined(v, separator) for v in _arranged(lists, least, most)}
    if len(texts) != 1:
        raise RefusedError("a choice is drawn at random")
    return _Row([*texts] * _KEPT, endless=True, in_turn=True)
