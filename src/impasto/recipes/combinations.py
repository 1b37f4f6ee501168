"""The combinations of a recipe: matrix, choices, models and seeds, found by number."""

from __future__ import annotations

import json
from bisect import bisect_right
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.diagnostics import did_you_mean
from impasto.recipes.axis import CHOICE, MODEL, SEED, STYLES, Axis, same
from impasto.recipes.grid import MAX_NODES, Grid, TooManyRulesError
from impasto.recipes.shuffle import Shuffle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.recipes.recipe import RecipeFile

FIXED = (STYLES, CHOICE, MODEL, SEED)
"""Axes that are no variables."""


class Combination(NamedTuple):
    """What one image is made of. `choice` is the number of a combination of the prompt's choices.

    `seed` draws; `is_seeded` says that the recipe names it, so that it is sent, too.
    """

    number: int
    values: dict[str, Any]
    styles: tuple[str, ...]
    model: str
    seed: int
    is_seeded: bool
    choice: int | None

    def fact(self, name: str) -> Any:
        """Return the value of an axis or variable; None where there is none."""
        return getattr(self, name) if name in FIXED else self.values.get(name)


class Block(NamedTuple):
    """Combinations of some axes: those of the matrix, or those that one `include` adds."""

    axes: tuple[Axis, ...]
    grid: Grid

    def pick(self, index: int) -> dict[str, Any]:
        """Return the values of the combination number `index` of this block."""
        places = self.grid.pick(index)
        return {
            axis.name: axis.values[place] for axis, place in zip(self.axes, places, strict=True)
        }


class Combinations:
    """All combinations of `recipe` for `models`, numbered from 0 to `count` - 1.

    Those of the matrix come first, the first axis turning slowest, models and seeds fastest; then
    those of each `include`. `choices` is how many combinations the prompt's own choices have, or
    None to draw from them. With `sample` it is some of them, in the order in which they are drawn.

    Raises:
        FileError: a rule names what there is not, or the rules cannot be counted.
    """

    def __init__(
        self, recipe: RecipeFile, models: Sequence[str], choices: int | None = None
    ) -> None:
        self.recipe = recipe
        self.models = tuple(models)
        self.axes = self._axes(choices)
        self.blocks = (self._matrix(), *self._included())
        self._sums = list(accumulate(block.grid.count for block in self.blocks))
        self.total = self._sums[-1]
        sample = recipe.model.sample
        self._order = Shuffle(self.total, sample.seed) if sample and self.total else None
        self.count = min(sample.count, self.total) if sample else self.total

    def pick(self, number: int) -> Combination:
        """Return the combination with a number.

        Raises:
            IndexError: there are not so many.
        """
        if not 0 <= number < self.count:
            raise IndexError(number)
        index = self._order[number] if self._order else number
        at = bisect_right(self._sums, index)
        found = self.blocks[at].pick(index - (self._sums[at - 1] if at else 0))
        values = {name: value for name, value in found.items() if name not in FIXED}
        values = {**self.recipe.model.variables, **values}
        styles = found.get(STYLES, ())
        seed = found.get(SEED)
        return Combination(
            number,
            values,
            styles,
            found[MODEL],
            _own_seed(values, styles) if seed is None else seed,
            seed is not None,
            found.get(CHOICE),
        )

    def _axes(self, choices: int | None) -> tuple[Axis, ...]:
        found = list(self.recipe.axes)
        if choices is not None:
            found.append(Axis(CHOICE, range(choices)))
        found.append(Axis(MODEL, self.models))
        if self.recipe.seeds:
            found.append(Axis(SEED, self.recipe.seeds))
        return tuple(found)

    def _matrix(self) -> Block:
        rules = [self._rule(at) for at in range(len(self.recipe.model.exclude))]
        try:
            grid = Grid([axis.size for axis in self.axes], [rule for rule in rules if rule])
        except TooManyRulesError:
            hint = "write fewer rules, or parts of the matrix as recipes of their own"
            what = f"these rules overlap in more than {MAX_NODES:,} ways and cannot be counted"
            raise self.recipe.error(what, ("exclude",), hint=hint, key=True) from None
        return Block(self.axes, grid)

    def _rule(self, at: int) -> dict[int, int] | None:
        """Return a rule of `exclude` as places on axes, or None where it speaks of other models."""
        names = [axis.name for axis in self.axes]
        found: dict[int, int] = {}
        for name, written in self.recipe.model.exclude[at].items():
            path = ("exclude", at, name)
            if name not in names:
                what = f'"{name}" does not vary, so nothing can be left out by it'
                raise self.recipe.error(what, path, key=True)
            value = self.recipe.value(name, written, path)
            axis = names.index(name)
            place = _place(self.axes[axis], value)
            if place is None:
                if name == MODEL and value in self.recipe.variants:
                    return None
                raise self._no_value(self.axes[axis], value, path)
            found[axis] = place
        return found

    def _no_value(self, axis: Axis, value: Any, path: tuple[str | int, ...]) -> Exception:
        shown = [_shown(item) for item in axis.values[:50]]
        hint = did_you_mean(_shown(value), shown)
        hint = hint or f"its values are {', '.join(shown[:8])}{' …' if len(shown) > 8 else ''}"
        return self.recipe.error(f'"{axis.name}" is never {_shown(value)}', path, hint=hint)

    def _included(self) -> list[Block]:
        found: list[Block] = []
        for at, rule in enumerate(self.recipe.model.include):
            fixed = {
                name: self.recipe.value(name, value, ("include", at, name))
                for name, value in rule.items()
            }
            model = fixed.get(MODEL)
            if model is None or model in self.models or model not in self.recipe.variants:
                found.append(self._added(fixed))
        return found

    def _added(self, fixed: Mapping[str, Any]) -> Block:
        """Return the combinations of what is fixed with all of what is not."""
        known = {axis.name for axis in self.axes}
        more = [Axis(name, (value,)) for name, value in fixed.items() if name not in known]
        axes = [Axis(a.name, (fixed[a.name],)) if a.name in fixed else a for a in self.axes]
        axes = [*more, *axes]
        return Block(tuple(axes), Grid([axis.size for axis in axes]))


def _own_seed(values: Mapping[str, Any], styles: tuple[str, ...]) -> int:
    """Return the seed of a combination that has none.

    It follows from what the combination is, so that edits elsewhere do not change it, and for
    every model the same is drawn.
    """
    told = json.dumps([dict(values), styles], sort_keys=True)
    return int.from_bytes(blake2b(told.encode(), digest_size=4).digest(), "big")


def _place(axis: Axis, value: Any) -> int | None:
    if isinstance(axis.values, range):
        return axis.values.index(value) if value in axis.values else None
    return next((at for at, item in enumerate(axis.values) if same(item, value)), None)


def _shown(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_shown, value)) or "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)
