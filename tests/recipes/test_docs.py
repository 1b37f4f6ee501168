"""The example of docs/recipes.md is the file, and its screens are what the command writes.

`PYTHONPATH=tests python tests/recipes/test_docs.py` writes the screens anew.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "recipes.md"
EXAMPLES = sorted((ROOT / "examples" / "recipes").iterdir())


def rewritten(text, folder):
    from cli.test_docs import rewritten as page_with_screens

    for example in EXAMPLES:
        shutil.copy(example, folder)
    return page_with_screens(text, folder)


def test_the_page_shows_what_the_command_writes(tmp_path):
    text = PAGE.read_text("utf-8")
    assert rewritten(text, tmp_path) == text


def test_the_recipe_of_the_page_is_the_example():
    shown = re.search(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]
    lines = (ROOT / "examples" / "recipes" / "campaign.yaml").read_text("utf-8").splitlines(True)
    assert shown == "".join(line for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_can_be_made(path):
    from impasto.recipes.images import ImageSet
    from impasto.recipes.recipe import load_recipe

    images = ImageSet(load_recipe(path))
    made = list(images.iterate())
    assert len(made) == images.count == 24
    assert len({image.output for image in made}) == 24
    assert all(d.severity != "error" for image in made for d in image.translation.diagnostics)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(rewritten(PAGE.read_text("utf-8"), scratch), "utf-8")
