"""Whether the parts of a recipe fit together: names that the template takes, values that suit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError
from impasto.recipes.axis import MODEL, SEED, STYLES, Where
from impasto.templates.values import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.recipes.recipe import RecipeFile
    from impasto.templates.promptfile import PromptFile

_FIXED: Final = (STYLES, MODEL, SEED)
"""What rules may name beside variables."""


def check(recipe: RecipeFile) -> None:
    """Refuse a recipe whose parts contradict each other.

    Raises:
        FileError: a name that the template does not take, or a rule without one.
        BadValueError: a value that its variable does not accept, or a variable without one.
    """
    _check_names(recipe)
    _check_rules(recipe)
    if recipe.file:
        _check_values(recipe, recipe.file)
        _check_given(recipe, recipe.file)


def _check_names(recipe: RecipeFile) -> None:
    for name in recipe.model.variables:
        path = ("variables", name)
        if name in recipe.model.matrix:
            hint = "leave it where it varies, in the matrix"
            raise recipe.error(f'"{name}" stands in "matrix", too', path, hint=hint, key=True)
        if name in _FIXED:
            hint = f'write "{name if name == STYLES else name + "s"}" at the left'
            raise recipe.error(f'"{name}" is no variable', path, hint=hint, key=True)
        _check_name(recipe, name, path, recipe.variables)
    for axis in recipe.axes:
        _check_name(recipe, axis.name, ("matrix", axis.name), recipe.variables | {STYLES})


def _check_rules(recipe: RecipeFile) -> None:
    model = recipe.model
    known = {"exclude": set(model.matrix), "include": {*recipe.variables, *model.matrix}}
    for kind, rules in (("exclude", model.exclude), ("include", model.include)):
        for at, rule in enumerate(rules):
            if not rule:
                what = "a rule without a value speaks of every image"
                raise recipe.error(what, (kind, at), hint="name a variable and its value")
            for name in rule:
                _check_name(recipe, name, (kind, at, name), {*known[kind], *_FIXED})


def _check_name(recipe: RecipeFile, name: str, path: Where, known: Iterable[str]) -> None:
    if name in known:
        return
    names = sorted(set(known) - set(_FIXED)) + [n for n in _FIXED if n in known]
    hint = did_you_mean(name, names)
    hint = hint or (f"it knows {', '.join(names)}" if names else "it has no variables")
    what = "the matrix has no" if path[0] == "exclude" else "the template has no variable"
    raise recipe.error(f'{what} "{name}"', path, hint=hint, key=True)


def _check_values(recipe: RecipeFile, file: PromptFile) -> None:
    """Check every value with the type of its variable."""
    for name, value in recipe.model.variables.items():
        _check_value(recipe, file, name, value, ("variables", name))
    for axis in recipe.axes:
        for at, value in enumerate(axis.values):
            _check_value(recipe, file, axis.name, value, ("matrix", axis.name, at))
    for at, rule in enumerate(recipe.model.include):
        for name, value in rule.items():
            _check_value(recipe, file, name, value, ("include", at, name))


def _check_value(
    recipe: RecipeFile, file: PromptFile, name: str, value: object, path: Where
) -> None:
    variable = file.variables.get(name)
    if variable is not None:
        place = recipe.document.span(path)
        Checker({name: variable}).check({name: value}, lambda _: place)


def _check_given(recipe: RecipeFile, file: PromptFile) -> None:
    given = {*recipe.model.variables, *recipe.model.matrix}
    for name, variable in file.variables.items():
        if variable.required and name not in given:
            place = recipe.document.span(("template",))
            what = f'the variable "{name}" of the template has no value'
            hint = 'give it one in "variables", or several in "matrix"'
            raise BadValueError(what, place, hint=hint)
