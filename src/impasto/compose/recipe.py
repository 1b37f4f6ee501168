"""Everything a composition is made of, so that it can be made again for another model."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple, Protocol

from impasto.compose import merge
from impasto.compose.composition import ComposedPart, Composition
from impasto.errors import OpenPromptError
from impasto.models.parameters import overridden
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase, split
from impasto.templates.fill import filled, has_marks
from impasto.variations.combinations import Space
from impasto.variations.draw import draw, is_open, part_seed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.styles.layer import Target
    from impasto.styles.library import Library
    from impasto.syntax.nodes import Node
    from impasto.syntax.prompt import Prompt
    from impasto.templates.template import Rendered, Skeleton
    from impasto.variations.wordlists import Wordlists


class Cut(NamedTuple):
    """The phrases of a skeleton; `marked` says that values stand in them."""

    parts: tuple[ComposedPart, ...]
    marked: bool
    is_open: bool
    prompt: Prompt


class Renders(Protocol):
    """What a prompt comes from: a template, or one that is rendered already."""

    @property
    def variables(self) -> frozenset[str]:
        """The names that it takes from outside."""

    def render(self, values: Mapping[str, object], seed: int | None = 0) -> Rendered:
        """Render with `values`; errors are those of `Template.render`."""


class Recipe(NamedTuple):
    """What to compose. Templates, or prompts as they are; `unwanted` is more of the negative."""

    positive: Renders | Prompt
    negative: Renders | Prompt | None
    values: Mapping[str, object]
    styles: tuple[str, ...]
    parameters: Mapping[str, object]
    seed: int | None
    library: Library
    combination: int | None = None
    lists: Wordlists | None = None
    model: str | None = None
    unwanted: tuple[Renders | Prompt, ...] = ()

    def compose(self, target: Target) -> Composition:
        """Return the composition for `target`.

        Raises:
            SourceError: in the template, a value, a style; with file, line and column.
            OpenPromptError: there are choices and no seed.
        """
        styles = self._stack(target)
        parts, folds = self._dressed(target, styles)
        sources = (self.negative, *self.unwanted) if self.negative else self.unwanted
        negative = tuple([p for source in sources for p in self._phrases(source, target)])
        negative, dropped = merge.fold(negative + styles.negative)
        wanted = parts[0].phrases if len(parts) == 1 else tuple(p for x in parts for p in x.phrases)
        clashes = merge.conflicts(wanted, negative)
        parameters = dict(styles.parameters)
        if self.parameters:
            parameters = overridden(parameters, self.parameters)
        merged = merge.Merged(folds + dropped, clashes, styles)
        return Composition(self, target, parts, negative, parameters, merged)

    def _dressed(
        self, target: Target, styles: merge.Stack
    ) -> tuple[tuple[ComposedPart, ...], tuple[merge.Fold, ...]]:
        """Return the parts inside the styles, folded."""
        found: list[ComposedPart] = []
        folds: tuple[merge.Fold, ...] = ()
        for part in self._parts(self.positive, target):
            phrases, dropped = merge.fold(merge.dress(part.phrases, styles))
            found.append(ComposedPart(phrases, part.mark))
            folds += dropped
        return tuple(found), folds

    def _stack(self, target: Target) -> merge.Stack:
        key = (self.styles, target.id)
        found: merge.Stack | None = self.library.recall(key)
        if found is None:
            found = merge.stack(self.styles, target, self.library)
            self.library.remember(key, found)
        return found

    def _phrases(self, source: Renders | Prompt, target: Target) -> tuple[Phrase, ...]:
        parts = self._parts(source, target)
        return parts[0].phrases if len(parts) == 1 else tuple(p for x in parts for p in x.phrases)

    def _parts(self, source: Renders | Prompt, target: Target) -> tuple[ComposedPart, ...]:
        from impasto.syntax.prompt import Prompt as PromptType  # noqa: PLC0415

        if isinstance(source, PromptType):
            return self._closed(cut(source), [])
        values = self.values
        if "model" in source.variables and "model" not in values:
            values = {**values, "model": target}
        rendered = source.render(values, self.seed)
        return self._closed(cut_skeleton(rendered.skeleton), rendered.values)

    def _closed(self, found: Cut, values: list[str]) -> tuple[ComposedPart, ...]:
        """Return the phrases with choices drawn and values in place."""
        parts = found.parts
        if found.is_open:
            parts = self._drawn(found.prompt)
        elif not found.marked:
            return parts
        return tuple(ComposedPart(filled(p.phrases, values), p.mark) for p in parts)

    def _drawn(self, prompt: Prompt) -> tuple[ComposedPart, ...]:
        """Return the parts with their choices closed by index or by seed."""
        if self.combination is not None:
            space = Space(self.lists)
            places = _places(prompt, self.combination, space)
            closed = [
                space.pick(part.children, place)
                for part, place in zip(prompt.parts, places, strict=True)
            ]
        elif self.seed is not None:
            closed = [
                draw(part.children, part_seed(self.seed, at), self.lists)
                for at, part in enumerate(prompt.parts)
            ]
        else:
            raise OpenPromptError(
                "the prompt has choices; give a seed to draw from them (seed=…, --seed …) "
                "or the number of a combination (index=…)"
            )
        return _cut_parts(prompt, closed)


def _places(prompt: Prompt, index: int, space: Space) -> list[int]:
    """Return the number of every part when the whole prompt has the number `index`."""
    sizes = [space.count(part.children) for part in prompt.parts]
    total = prod(sizes)
    if not 0 <= index < total:
        raise OpenPromptError(f"there is no combination {index:,}: they are 0 to {total - 1:,}")
    found: list[int] = []
    for size in reversed(sizes):
        index, own = divmod(index, size)
        found.append(own)
    return found[::-1]


def cut_skeleton(skeleton: Skeleton) -> Cut:
    """Return the phrases of a rendered skeleton, which keeps them."""
    found: Cut | None = skeleton.memory.get("cut")
    if found is None:
        found = keep_cut(skeleton, parse(skeleton.text, origin=skeleton.source))
    return found


def keep_cut(skeleton: Skeleton, prompt: Prompt) -> Cut:
    """Keep the phrases of a skeleton, which is parsed as `prompt`, for `cut_skeleton`."""
    found = skeleton.memory["cut"] = cut(prompt)
    return found


def cut(prompt: Prompt) -> Cut:
    """Return the phrases of a prompt."""
    ours = prompt.dialect == "impasto"
    may_be_open = not ours or "{" in prompt.text or "__" in prompt.text
    if may_be_open and any(is_open(part.children) for part in prompt.parts):
        return Cut((), marked=True, is_open=True, prompt=prompt)
    parts = _cut_parts(prompt, [part.children for part in prompt.parts])
    marked = any(has_marks(phrase) for part in parts for phrase in part.phrases)
    return Cut(parts, marked, is_open=False, prompt=prompt)


def _cut_parts(prompt: Prompt, closed: list[tuple[Node, ...]]) -> tuple[ComposedPart, ...]:
    source = prompt.source
    return tuple(
        ComposedPart(split(nodes, source), part.mark)
        for part, nodes in zip(prompt.parts, closed, strict=True)
    )
