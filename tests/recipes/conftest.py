from __future__ import annotations

import textwrap

import pytest

from impasto.recipes.images import ImageSet
from impasto.recipes.recipe import load_recipe


@pytest.fixture
def recipe(tmp_path):
    """Write a recipe and read it."""

    def make(text, name="r.yaml", **files):
        for file, content in files.items():
            (tmp_path / file.replace("__", ".")).write_text(textwrap.dedent(content), "utf-8")
        (tmp_path / name).write_text(textwrap.dedent(text), "utf-8")
        return load_recipe(tmp_path / name)

    return make


@pytest.fixture
def images(recipe):
    """Write a recipe and return its images."""

    def make(text, name="r.yaml", models=(), **files):
        return ImageSet(recipe(text, name, **files), models=models)

    return make
