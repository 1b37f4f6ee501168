"""The names of a recipe's images: filled in, and shown to differ before the first is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.recipes.axis import SEED
from impasto.recipes.combinations import FIXED
from impasto.recipes.names import (
    MAX_COMPARED,
    NUMBER,
    Pattern,
    check_length,
    parse_pattern,
    slug,
)
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.recipes.combinations import Combination, Combinations

_DIGITS = "0123456789"
_LONGEST_SEED = 10


class Namer:
    """Names the images of some combinations.

    Raises:
        FileError: the pattern is none, or two images would have one name.
    """

    def __init__(self, combinations: Combinations) -> None:
        self.combinations = combinations
        recipe = combinations.recipe
        variables = sorted({*recipe.variables, *recipe.model.matrix} - {*FIXED, NUMBER})
        if "output" in recipe.model.model_fields_set:
            origin = recipe.text(("output",))
        else:
            origin = Source(recipe.model.output, "the pattern of names")
        self.pattern: Pattern = parse_pattern(origin, (NUMBER, *FIXED, *variables))
        self._width = len(str(max(combinations.count - 1, 0)))
        self._check()

    def name(self, image: Combination) -> str:
        """Return the name of an image, without an extension."""
        slugs = {field: slug(image.fact(field)) for field in self.pattern.fields if field != NUMBER}
        return self.pattern.fill({**slugs, NUMBER: f"{image.number:0{self._width}}"})

    def _check(self) -> None:
        slugs = {field: self._slugs(field) for field in set(self.pattern.fields)}
        longest = {
            f: max((len(s.encode()) for s in found), default=0) for f, found in slugs.items()
        }
        check_length(self.pattern, longest)
        doubt = self._doubt(slugs)
        if not doubt:
            return
        if self.combinations.count > MAX_COMPARED:
            what = f"it cannot be told that {self.combinations.count:,} names all differ: {doubt}"
            raise self.pattern.error(what, "put {number} at the start or the end of the pattern")
        self._compare(doubt)

    def _slugs(self, field: str) -> Sequence[str]:
        """Return what a field can hold; of numbers in a row only the longest."""
        if field == NUMBER:
            return ("0" * self._width,)
        axes = [
            a.values for block in self.combinations.blocks for a in block.axes if a.name == field
        ]
        if field == SEED and not axes:
            return ("9" * _LONGEST_SEED,)
        if not axes:
            return (slug(self.combinations.recipe.model.variables.get(field)),)
        return list(_unlike(axes))

    def _doubt(self, slugs: dict[str, Sequence[str]]) -> str:
        """Return why two names could be the same, or nothing where the pattern rules it out."""
        pattern = self.pattern
        if pattern.has_number_outside:
            return ""
        alphabet = {c for field in pattern.fields for s in slugs[field] for c in s}
        alphabet.update(_DIGITS)
        if not pattern.is_separable(alphabet):
            return "it does not show where one field ends and the next begins"
        if NUMBER in pattern.fields:
            return ""
        for axis in self.combinations.axes:
            if axis.size > 1 and axis.name not in pattern.fields:
                return f'"{axis.name}" varies, and the pattern leaves it out'
        for field, found in slugs.items():
            if len(set(found)) < len(found):
                return f'values of "{field}" are written alike in names'
        if len(self.combinations.blocks) > 1:
            return '"include" may add what the matrix has'
        return ""

    def _compare(self, doubt: str) -> None:
        """Make all names; only few recipes need that, and none with more than some."""
        seen: dict[str, int] = {}
        for number in range(self.combinations.count):
            image = self.combinations.pick(number)
            name = self.name(image)
            first = seen.setdefault(name, number)
            if first != number:
                what = f'the images {first} and {number} would both be called "{name}"'
                raise self.pattern.error(f"{what}: {doubt}", "add {number} to the pattern")


def _unlike(axes: list[Sequence[Any]]) -> Iterator[str]:
    """Yield the slugs of values, each value once."""
    values: dict[tuple[type, str], Any] = {}
    for found in axes:
        if isinstance(found, range):
            yield str(found[-1])
        else:
            values.update({(type(value), repr(value)): value for value in found})
    yield from map(slug, values.values())
