from __future__ import annotations

from pathlib import Path

import pytest

from impasto import yamlsource
from impasto.errors import BadValueError, FileError, SourceError
from impasto.recipes.recipe import load_recipe

CASES = yamlsource.load_file(Path(__file__).parents[1] / "cases" / "recipe_errors.yaml").data
PORTRAIT = """\
    ---
    variables:
      subject: {description: who}
      light: {choices: [dawn, noon], default: noon}
    styles: [photorealistic/noir]
    model: flux-dev
    parameters: {steps: 20}
    ---
    {{ subject }} at {{ light }}
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["error"][:60])
def test_a_broken_recipe_is_told_with_its_place(case, images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as told:
        images(case["recipe"])
    message = str(told.value).replace(f"{tmp_path}/", "")
    assert message.startswith(case["error"])
    if "hint" in case:
        assert message.splitlines()[-1].startswith(f"  hint: {case['hint']}")


def test_toml_errors_have_a_place_too(images):
    with pytest.raises(FileError, match=r'r.toml:5:12: error: "subject" should be a list') as told:
        images(
            """\
            format = 1
            template = "a {{ subject }}"
            models = ["sdxl"]
            [matrix]
            subject  = "fox"
            """,
            "r.toml",
        )
    assert told.value.span.text == '"fox"'


def test_a_template_file_says_what_its_variables_take(images):
    recipe = "format: 1\ntemplate: p.prompt\nmatrix:\n  {}\n"
    with pytest.raises(BadValueError, match=r'r.yaml:4:36: error: "night" is no value for "light"'):
        images(recipe.format("{subject: [a fox], light: [dawn, night]}"), p__prompt=PORTRAIT)
    with pytest.raises(BadValueError, match=r'r.yaml:2:11: error: the variable "subject" of the'):
        images(recipe.format("{light: [dawn]}"), p__prompt=PORTRAIT)
    found = images(recipe.format("{subject: [a fox, 3]}"), p__prompt=PORTRAIT)
    assert [image.styles for image in found.iterate()] == [
        ("photorealistic/noir",),
        ("photorealistic/noir",),
    ]
    assert found.pick(1).translation.parameters["num_inference_steps"] == 20
    assert found.models == ("flux-dev",)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileError, match="there is no file"):
        load_recipe(tmp_path / "nothing.yaml")


def test_a_circle_of_templates_is_an_error(images):
    base = "---\nextends: {}\n---\n"
    with pytest.raises(SourceError, match=r"circle|cyclic|itself"):
        images(
            "format: 1\ntemplate: a.prompt\nmodels: [sdxl]\n",
            a__prompt=base.format("b.prompt"),
            b__prompt=base.format("a.prompt"),
        )
