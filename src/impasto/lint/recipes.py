"""Checking recipes: what they say, and what some of their images compose to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.errors import FileError, ImpastoError, SourceError
from impasto.recipes.kind import is_recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.diagnostics import Diagnostic
    from impasto.lint.check import Check
    from impasto.recipes.images import Image, ImageSet
    from impasto.recipes.recipe import RecipeFile
    from impasto.source import Span

_SOME_MODEL = "stable-diffusion-xl"
"""For whom a recipe without models is composed; what this model would say is not reported."""
_PROBES = 12
"""How many images are composed: the linter looks at the recipe, `impasto build --check` at more."""


def check_yaml(check: Check) -> None:
    """Check a YAML file: a recipe where it looks like one, else a style pack."""
    if is_recipe(check.source.text):
        check_recipe(check)
        return
    from impasto.lint.packs import check_pack  # noqa: PLC0415 - a file is one or the other

    check_pack(check)


def check_toml(check: Check) -> None:
    """Check a TOML file, which must be a recipe.

    Raises:
        FileError: it is none.
    """
    if not is_recipe(check.source.text):
        hint = "of TOML files only recipes are checked; they have a template or a matrix"
        raise FileError("this is no recipe", check.source.span(0, 0), hint=hint)
    check_recipe(check)


def check_recipe(check: Check) -> None:
    """Check a recipe: its own errors, the text of its template, some of its images."""
    from impasto.errors import TemplateError  # noqa: PLC0415
    from impasto.lint.promptfiles import check_own_text, stop_at_template  # noqa: PLC0415
    from impasto.recipes.recipe import RecipeFile  # noqa: PLC0415 - pydantic is slow to import

    try:
        recipe = RecipeFile(check.source, check.folder or Path())
    except TemplateError as error:
        stop_at_template(error, check)
        return
    for template in recipe.own_templates:
        check.note_scalar(template.source)
        check_own_text(template, check)
    check.home = _home(recipe)
    images = _images(recipe, check)
    if images is not None:
        _check_images(images, check)


def _home(recipe: RecipeFile) -> Callable[[Span], Span | None]:
    """Return what says where the recipe brings in a text of another file."""

    def home(span: Span) -> Span | None:
        if span.file == recipe.name:
            return None
        is_template = recipe.file is not None and span.file in recipe.file.files
        return recipe.document.span(("template",)) if is_template else _styles_place(recipe)

    return home


def _styles_place(recipe: RecipeFile) -> Span:
    for path in (("styles",), ("matrix", "styles"), ("models",), ("template",)):
        if recipe.has(path):
            return recipe.document.key_span(path)
    return recipe.document.span(())


def _images(recipe: RecipeFile, check: Check) -> ImageSet | None:
    """Return the images of the recipe; what stands in the way is a finding."""
    from impasto.recipes.images import ImageSet  # noqa: PLC0415

    front = recipe.file.front.model if recipe.file else None
    targets = tuple(target.card.id for target in check.linter.targets)
    models = () if recipe.variants or front else targets or (_SOME_MODEL,)
    try:
        return ImageSet(
            recipe,
            models=models,
            library=check.linter.library,
            wildcards=check.linter.surroundings.words,
        )
    except SourceError as error:
        check.stop(error)
    except ImpastoError as error:
        check.stop(FileError(str(error), recipe.document.span(("template",))))
    return None


def _check_images(images: ImageSet, check: Check) -> None:
    from impasto.recipes.probe import probe  # noqa: PLC0415

    found = probe(images, _PROBES)
    for number, error in found.failed.items():
        check.add(_failure(images, number, error))
    for image in found.made:
        _show(image, images.recipe, check)


def _failure(images: ImageSet, number: int, error: ImpastoError) -> Diagnostic:
    """Return the finding about an image that cannot be composed."""
    if isinstance(error, SourceError) and error.span:
        return error.diagnostic
    place = images.recipe.document.span(("template",))
    message = error.message if isinstance(error, SourceError) else str(error).partition("\n")[0]
    made = images.combinations.pick(number)
    values = ", ".join(f"{name}={value}" for name, value in made.values.items())
    hint = f"so it is with {values}" if values else ""
    return FileError(message, place, hint=hint).diagnostic


def _show(image: Image, recipe: RecipeFile, check: Check) -> None:
    """Show the rules an image: its composition, and what its model makes of it."""
    from impasto.lint.targets import LintTarget, check_composition_for, placed  # noqa: PLC0415
    from impasto.lint.views import CompositionView  # noqa: PLC0415
    from impasto.models.registry import load_model  # noqa: PLC0415

    composition = image.translation.composition
    assert composition is not None

    def place(parameter: str) -> Span | None:
        return _place(recipe, image, parameter)

    check.show("composition", CompositionView(composition))
    for finding in composition.diagnostics:
        check.add(placed(finding, place))
    front = recipe.file.front.model if recipe.file else None
    if not (recipe.variants or front or check.linter.targets):
        return
    target = LintTarget(load_model(image.translation.model), image.translation.backend or None)
    check_composition_for(target, composition, check, place)


def _place(recipe: RecipeFile, image: Image, parameter: str) -> Span | None:
    """Return where the recipe says something of a parameter, or names the model."""
    model = recipe.written_as(image.translation.model)
    paths: list[tuple[Any, ...]] = [
        *recipe.parameter_paths(image.translation.model, parameter),
        *([("negative",)] if parameter == "negative_prompt" else []),
        *([("template",)] if parameter == "prompt" else []),
        *([("models", model)] if model is not None else []),
    ]
    for path in paths:
        if recipe.has(path):
            return recipe.document.key_span(path)
    return recipe.document.span(("template",))
