"""The images of a recipe: each composed and translated when it is asked for."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from impasto.compose.recipe import Recipe, cut_skeleton
from impasto.errors import OpenPromptError
from impasto.models.parameters import overridden
from impasto.models.preview import preview
from impasto.models.registry import load_model
from impasto.recipes.axis import CHOICE, MODEL, SEED
from impasto.recipes.combinations import Combination, Combinations
from impasto.recipes.naming import Namer
from impasto.recipes.schema import UNCHANGED
from impasto.styles.api import default_library
from impasto.translate.api import translate
from impasto.variations.combinations import Space
from impasto.variations.wordlists import Wordlists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from impasto.models.preview import Preview
    from impasto.recipes.recipe import RecipeFile
    from impasto.styles.library import Library
    from impasto.templates.template import Skeleton
    from impasto.translate.translation import Translation


class Image(Struct, frozen=True):
    """One image of a recipe: what it is made of, what its model hears, what it is called.

    `output` has no extension: what kind of file an image is, is known when it is there. `preview`
    tells what stands in for the image of the recipe's model, where it is only to be seen quickly.
    """

    combination: Combination
    output: str
    translation: Translation
    styles: tuple[str, ...]
    preview: Preview | None = None

    def to_json(self) -> dict[str, object]:
        """Return the image as a JSON-ready object, format 1."""
        made, heard = self.combination, self.translation
        choice = {} if made.choice is None else {CHOICE: made.choice}
        of = {"preview_of": self.preview.of.id} if self.preview else {}
        return {
            "format": 1,
            "number": made.number,
            "output": self.output,
            "model": heard.model,
            "backend": heard.backend,
            "values": made.values,
            "styles": list(self.styles),
            "seed": made.seed,
            **choice,
            **of,
            "prompt": heard.prompt,
            "negative_prompt": heard.negative_prompt,
            "parameters": heard.parameters,
            "losses": [loss.to_json() for loss in heard.losses],
            "diagnostics": [finding.to_json() for finding in heard.diagnostics],
        }


class ImageSet:
    """The images of `recipe`, numbered from 0 to `count` - 1; none is made before it is asked for.

    Args:
        recipe: what to make.
        models: for these instead of those that the recipe names.
        library: where styles are looked up; the built-in packs by default.
        wildcards: folders of word lists.
        backend: where images come from whose recipe does not say it.
        adapt: change parameters that a model refuses to the nearest it takes.
        preview: make a quick and cheap preview of each image.

    Raises:
        FileError: the recipe names styles or values that there are not, or two images alike.
        UnknownNameError: a model that nobody defines, or no model at all.
        OpenPromptError: the choices of the prompt cannot be counted.
    """

    def __init__(
        self,
        recipe: RecipeFile,
        *,
        models: Sequence[str] = (),
        library: Library | None = None,
        wildcards: Sequence[Path] = (),
        backend: str | None = None,
        adapt: bool = False,
        preview: bool = False,
    ) -> None:
        self.recipe = recipe
        self._backend = backend
        self._adapt = adapt
        self._previews = preview
        self.library = library or default_library()
        self._lists = Wordlists(tuple(wildcards))
        recipe.check_styles(self.library)
        self.models = self._models(models)
        self._choices: int | None = None
        if recipe.model.choices == "all":
            first = Combinations(recipe, self.models, 1)
            self._choices = self._count_choices(first.pick(0)) if first.count else 0
        self.combinations = Combinations(recipe, self.models, self._choices)
        self.count = self.combinations.count
        self._namer = Namer(self.combinations)

    def pick(self, number: int) -> Image:
        """Return the image with a number, whatever comes before it.

        Raises:
            IndexError: there are not so many.
            SourceError: it cannot be composed: a value, a style or the template is to blame.
            OpenPromptError: it has other choices than the first image, so they have no number.
        """
        made = self.combinations.pick(number)
        if self._choices is not None and self._count_choices(made) != self._choices:
            raise self._other_choices(number)
        recipe = self._recipe(made)
        card = load_model(made.model)
        variant = self.recipe.variants.get(card.id, UNCHANGED)
        parameters = {SEED: made.seed} if made.is_seeded and SEED not in recipe.parameters else {}
        composition = recipe._replace(parameters={**recipe.parameters, **parameters}).compose(card)
        backend = variant.backend or self._backend
        heard = translate(composition, card.id, backend, adapt=self._adapt)
        found = preview(card, backend, heard.parameters) if self._previews else None
        if found:  # what was said for one model may be wrong for its sibling
            changes = found.parameters
            heard = translate(composition, found.card.id, backend, parameters=changes, adapt=True)
        return Image(made, self._namer.name(made), heard, recipe.styles, found)

    def iterate(self, start: int = 0) -> Iterator[Image]:
        """Yield the images from number `start` on; memory does not grow with their number.

        Raises:
            SourceError: as `pick`.
        """
        return map(self.pick, range(start, self.count))

    def name(self, number: int) -> str:
        """Return what the image with a number is called, without an extension."""
        return self._namer.name(self.combinations.pick(number))

    def _models(self, wanted: Sequence[str]) -> tuple[str, ...]:
        front = self.recipe.file.front.model if self.recipe.file else None
        found = wanted or tuple(self.recipe.variants) or ((front,) if front else ())
        if not found:
            hint = 'name some, "models: [flux-dev]"; "impasto models" lists those that are known'
            raise self.recipe.error("the recipe names no model", (), hint=hint)
        return tuple(dict.fromkeys(load_model(name).id for name in found))

    def _recipe(self, made: Combination) -> Recipe:
        """Return everything that an image is composed of."""
        recipe, file = self.recipe, self.recipe.file
        variant = recipe.variants.get(made.model, UNCHANGED)
        more = (recipe.negative, recipe.variant_negatives.get(made.model))
        parameters = overridden(file.parameters if file else {}, recipe.parameters)
        return Recipe(
            positive=recipe.template,
            negative=file.negative if file else None,
            values=self._values(made.values),
            styles=(
                *(file.front.styles if file else ()),
                *recipe.model.styles,
                *variant.styles,
                *made.styles,
            ),
            parameters=overridden(parameters, recipe.variant_parameters.get(made.model, {})),
            seed=made.seed,
            library=self.library,
            combination=made.choice,
            lists=self._lists,
            model=made.model,
            unwanted=tuple(template for template in more if template),
        )

    def _values(self, values: dict[str, Any]) -> dict[str, object]:
        """Return values as the variables of the `.prompt` file take them."""
        file = self.recipe.file
        if file is None:
            return dict(values)
        known = file.used | file.variables.keys()
        own = {name: value for name, value in values.items() if name in known}
        return {**values, **file.check(own)}

    # Choices.

    def _count_choices(self, made: Combination) -> int:
        """Return how many combinations the choices of an image's prompt have.

        Raises:
            OpenPromptError: its negative prompt has choices, too.
        """
        recipe = self._recipe(made)
        for template in (recipe.negative, *recipe.unwanted):
            if template and cut_skeleton(self._skeleton(template, recipe)).is_open:
                raise OpenPromptError(
                    "the negative prompt has choices, and only those of the prompt are numbered\n"
                    '  hint: draw from them instead, with "choices: draw" and seeds'
                )
        skeleton = self._skeleton(self.recipe.template, recipe)
        found: int | None = skeleton.memory.get("combinations")
        if found is None:
            space = Space(self._lists)
            parts = cut_skeleton(skeleton).prompt.parts
            found = prod(space.count(part.children) for part in parts)
            skeleton.memory["combinations"] = found
        return found

    def _skeleton(self, template: Any, recipe: Recipe) -> Skeleton:
        """Return what a template of the recipe, prompt or negative, is for an image."""
        values = {MODEL: load_model(str(recipe.model)), **recipe.values}
        found: Skeleton = template.render(values, recipe.seed).skeleton
        return found

    def _other_choices(self, number: int) -> OpenPromptError:
        return OpenPromptError(
            f"image {number} has other choices than the first one, so they cannot be numbered\n"
            '  hint: draw from them instead, with "choices: draw" and seeds'
        )
