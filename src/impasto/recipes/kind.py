"""Which files are recipes, by what they look like: for whoever goes through folders."""

from __future__ import annotations

import re

_LOOKS_LIKE_A_RECIPE = re.compile(
    r"^(?:template|matrix)[ \t]*[:=]|^\[[ \t]*matrix[ \t]*\]", re.MULTILINE
)


def is_recipe(text: str) -> bool:
    """Whether a YAML or TOML file is a recipe: it has a `template` or a `matrix` at the left."""
    return _LOOKS_LIKE_A_RECIPE.search(text) is not None
