"""The images of a recipe for a command: its models, styles and word lists come from the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.cli.preflight import Wishes
    from impasto.config import Config
    from impasto.recipes.images import Image, ImageSet


def images_of(
    path: str,
    config: Config,
    models: Sequence[str] = (),
    backend: str | None = None,
    wishes: Wishes | None = None,
) -> ImageSet:
    """Return the images of the recipe at `path`, for `models` where they are given, as is wished.

    Without models in the recipe it is the configured one.

    Raises:
        FileError: the recipe cannot be read, or contradicts itself.
        UnknownNameError: a model that nobody defines, or no model at all.
    """
    from impasto import config as settings
    from impasto.recipes.images import ImageSet
    from impasto.recipes.recipe import load_recipe

    recipe = load_recipe(Path(path))
    front = recipe.file.front.model if recipe.file else None
    configured = config.model() if not (models or recipe.variants or front) else None
    return ImageSet(
        recipe,
        models=models or ((configured,) if configured else ()),
        library=settings.library(config),
        wildcards=settings.folders(config, "wildcards"),
        backend=backend,
        adapt=wishes is not None and wishes.adapt,
        preview=wishes is not None and wishes.preview,
    )


def made(images: ImageSet) -> Iterator[tuple[int, Image | ImpastoError]]:
    """Yield every image of a recipe with its number; one that cannot be composed as its error."""
    for number in range(images.count):
        try:
            yield number, images.pick(number)
        except ImpastoError as error:
            yield number, error
