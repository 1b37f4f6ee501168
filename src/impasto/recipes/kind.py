"""Which files are recipes, by what they look like: for whoever goes through folders."""

from __future__ import annotations

import re

_LOOKS_LIKE_A_RECIPE = r"^(?:template|matrix)[ \t]*[:=]|^\[[ \t]*matrix[ \t]*\]"


def is_recipe(text: str) -> bool:
    """Whether a YAML or TOML file is a recipe: it has a `template` or a `matrix` at the left."""
    return re.search(_LOOKS_LIKE_A_RECIPE, text, re.MULTILINE) is not None
