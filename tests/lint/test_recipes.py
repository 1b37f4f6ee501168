from __future__ import annotations

from pathlib import Path

import pytest

from impasto.lint.api import lint

GOOD = """\
format: 1
template: "{{ subject }}, wet street"
models: [sdxl]
matrix: {subject: [a fox, an owl]}
"""


@pytest.fixture
def found(tmp_path):
    def check(text, name="r.yaml", **options):
        (tmp_path / name).write_text(text, "utf-8")
        return [(f.rule, f.span.line, f.span.column) for f in lint(tmp_path / name, **options)]

    return check


def test_a_sound_recipe_has_no_findings(found):
    assert found(GOOD) == []
    toml = 'format = 1\ntemplate = "a fox"\nmodels = ["sdxl"]\n'
    assert found(toml, "r.toml") == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (GOOD.replace("models", "modles"), ("file-error", 3, 1)),
        (GOOD + "styles: [noirr]\n", ("file-error", 5, 10)),
        (GOOD.replace("wet", "(wet"), ("syntax-error", 2, 27)),
        (GOOD.replace("wet", "{% if"), ("template-error", 2, 12)),
        (GOOD + "negative: blurry\n", None),
        (GOOD.replace("sdxl", "flux-dev") + "negative: blurry\n", ("negative-unsupported", 5, 11)),
        (GOOD + "parameters: {steps: 100000}\n", ("parameter-range", 5, 14)),
        (GOOD + 'output: "{subject"\n', ("file-error", 5, 10)),
        (GOOD.replace("wet street", "{{ 1 // 0 }}"), ("template-error", 2, 12)),
        (GOOD.replace("wet street", "wet street (at 5:30)"), ("accidental-weight", 2, 43)),
    ],
)
def test_what_is_wrong_is_found_where_it_is(text, finding, found):
    rules = found(text)
    assert finding in rules if finding else rules == []


def test_toml_recipes_are_found_in_folders_and_other_toml_files_are_not(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    (tmp_path / "r.toml").write_text('format = 1\ntemplate = "((a fox))"\nmodles = []\n', "utf-8")
    assert {Path(f.span.file).name for f in lint(tmp_path)} == {"r.toml"}
    (other,) = lint(tmp_path / "pyproject.toml")
    assert other.message == "this is no recipe"


def test_a_style_pack_is_still_one(found):
    pack = "format: 1\nname: r\nstyles:\n  dusk: {text: '{{ prompt }}, blue hour'}\n"
    assert found(pack) == []
    assert found(pack.replace("text:", "txet:"))[0][0] == "style-pack-error"


def test_a_recipe_for_no_model_is_checked_for_the_targets(found):
    text = GOOD.replace("models: [sdxl]\n", "") + "negative: blurry\n"
    assert found(text) == []
    assert found(text, targets=["flux-dev"]) == [("negative-unsupported", 4, 11)]
