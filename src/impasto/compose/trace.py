"""Where each character of a composed text was written.

Composing joins, tidies and fills texts; here its steps are followed back. The tree of a source is
read again, and its texts are laid along the text that was made of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from impasto.compose.recipe import _places
from impasto.syntax.nodes import Choice, Text, Value, Variable, Wildcard
from impasto.syntax.parser import parse
from impasto.syntax.walk import walk, walk_prompt
from impasto.templates.marks import VALUE, value_index
from impasto.templates.origins import RenderedSource
from impasto.variations.combinations import Space
from impasto.variations.draw import draw, is_open, part_seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.compose.recipe import Recipe
    from impasto.source import Source
    from impasto.syntax.nodes import Node
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.runs import Run

_ATOM = re.compile(r"\\([()\[\]{}<>:|\\_#$,]|(?=BREAK|AND))?|[\s\S]")


class Stretch(NamedTuple):
    """A piece of a text that was written in one go, from `start` to `end` of its source.

    `is_value`: an expression of a template gave it, and `start` is its mark; `is_drawn`: it stood
    in a choice or came from a word list.
    """

    text: str
    start: int
    end: int
    is_value: bool = False
    is_drawn: bool = False


class _Atom(NamedTuple):
    """One character of a source, or the mark of a value."""

    text: str
    start: int
    end: int
    is_drawn: bool


class Tracer:
    """Follows texts back into one source; `values` are those of its marks, as far as known."""

    def __init__(self, source: Source, values: Sequence[str] | None, recipe: Recipe) -> None:
        self.source = source
        self._values = values
        prompt = parse(source.text, recover=True, origin=source)
        self._draws = _draws(prompt)
        self._leaves = [node for node in _nodes(prompt, recipe) if isinstance(node, (Text, Value))]
        self._at = {node.start: at for at, node in reversed(list(enumerate(self._leaves)))}
        self._starts = sorted(self._at)

    def stretches(self, run: Run) -> list[Stretch]:
        """Return the text of a run in pieces, each with its place."""
        found: list[Stretch] = []
        atoms = self._atoms(run.span.start)
        atom = next(atoms, None)
        text, at = run.text, 0
        while at < len(text) and atom is not None:
            piece = self._piece(text, at, atom)
            if piece:
                stretch = Stretch(
                    piece, atom.start, atom.end, _is_mark(atom.text), is_drawn=atom.is_drawn
                )
                self._append(found, stretch)
                at += len(piece)
            atom = next(atoms, None)
        if at < len(text):
            found.append(Stretch(text[at:], run.span.start, run.span.end))
        return found

    def _append(self, found: list[Stretch], stretch: Stretch) -> None:
        """Add a stretch, to the last one where it goes on from there."""
        last = found[-1] if found else None
        if last is not None and self._goes_on(last, stretch):
            found[-1] = last._replace(text=last.text + stretch.text, end=stretch.end)
        else:
            found.append(stretch)

    def _goes_on(self, last: Stretch, stretch: Stretch) -> bool:
        """Whether both are one text, written in one place."""
        if last.is_value or stretch.is_value or last.is_drawn != stretch.is_drawn:
            return False
        if not last.end <= stretch.start <= last.end + 1:
            return False
        source = self.source
        return not isinstance(source, RenderedSource) or source.is_one_piece(
            last.start, stretch.start
        )

    def _piece(self, text: str, at: int, atom: _Atom) -> str:
        """Return what the atom has become at `at`, "" if it is not there."""
        if _is_mark(atom.text):
            return self._value(text, at, atom)
        if text[at] == atom.text or (text[at].isspace() and atom.text.isspace()):
            return text[at]
        return ""

    def _value(self, text: str, at: int, atom: _Atom) -> str:
        """Return the value of a mark as it stands in the text."""
        index = value_index(atom.text)
        if self._values is None or index >= len(self._values):
            return text[at : self._next_literal(text, at, atom)]
        value = self._values[index]
        forms = (value, value.lstrip(), value.rstrip(), value.strip())
        return next((form for form in forms if form and text.startswith(form, at)), "")

    def _next_literal(self, text: str, at: int, atom: _Atom) -> int:
        """Return where the text goes on that follows a value of which nothing is known."""
        follows = ""
        for later in self._atoms(atom.end):
            if _is_mark(later.text):
                break
            follows += later.text
        words = follows.split()
        found = text.find(words[0], at) if words else -1
        if found < 0:
            return len(text)
        return found - (text[found - 1].isspace() and found > at and follows[0].isspace())

    def _atoms(self, start: int) -> Iterator[_Atom]:
        """Yield the characters from the offset `start` on, in the order of the result."""
        before = bisect_right(self._starts, start) - 1
        if before < 0:
            return
        for leaf in self._leaves[self._at[self._starts[before]] :]:
            exact = len(leaf.value) == leaf.end - leaf.start
            drawn = any(first <= leaf.start < last for first, last in self._draws)
            for found in _ATOM.finditer(leaf.value) if isinstance(leaf, Text) else _plain(leaf):
                begin, end = found.span()
                if exact and leaf.start + begin < start <= leaf.end:
                    continue
                text = (found[1] or found[0]) if found[0] != "\\" or found[1] is None else ""
                place = (leaf.start + begin, leaf.start + end) if exact else (leaf.start, leaf.end)
                yield _Atom(text, *place, drawn)


def _plain(leaf: Value) -> Iterator[re.Match[str]]:
    return re.finditer(r"()[\s\S]", leaf.value)


def _is_mark(text: str) -> bool:
    return VALUE.fullmatch(text) is not None


def _draws(prompt: Prompt) -> list[tuple[int, int]]:
    """Return where something is drawn."""
    kinds = (Choice, Wildcard, Variable)
    return [(node.start, node.end) for node in walk_prompt(prompt) if isinstance(node, kinds)]


def _nodes(prompt: Prompt, recipe: Recipe) -> Iterator[Node]:
    """Yield the nodes of a prompt with its choices closed."""
    if any(is_open(part.children) for part in prompt.parts):
        return walk(node for nodes in _closed(prompt, recipe) for node in nodes)
    return walk_prompt(prompt)


def _closed(prompt: Prompt, recipe: Recipe) -> Iterator[tuple[Node, ...]]:
    """Yield the nodes of each part as they were drawn."""
    space = Space(recipe.lists)
    index = recipe.combination
    places = None if index is None else _places(prompt, index, space)
    for at, part in enumerate(prompt.parts):
        if places is not None:
            yield space.pick(part.children, places[at])
        else:
            yield draw(part.children, part_seed(recipe.seed or 0, at), recipe.lists)
