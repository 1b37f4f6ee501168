from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from impasto import config
from impasto.errors import FileError, UnknownNameError

KEY = "sk-Very0Secret1Key2"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "user" / "config.toml"))
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(folder, **variables):
    user = {"IMPASTO_CONFIG": str(folder / "user" / "config.toml")}
    return config.load(folder, {**user, **variables})


def test_defaults_need_no_file(project):
    found = load(project)
    assert found["model"] is None
    assert found.backend == "proof"
    assert found.is_unset
    assert (found["timeout"], found["concurrency"]) == (300.0, 4)
    assert found.origin("timeout") == "default"
    assert found.api_key == ""


def test_each_layer_wins_over_the_one_before(project):
    write(project / "user/config.toml", 'model = "user"\nbackend = "user"\ntimeout = 1\n')
    write(project / "impasto.toml", 'model = "project"\nbackend = "project"\n')
    found = load(project, IMPASTO_MODEL="environment").with_flags(backend="flag", model=None)
    assert (found["model"], found.origin("model")) == ("environment", "IMPASTO_MODEL")
    assert (found["backend"], found.origin("backend")) == ("flag", "--backend")
    assert found["timeout"] == 1.0
    assert found.origin("timeout").endswith("config.toml:3")
    assert load(project).origin("model") == "impasto.toml:1"


def test_the_project_is_found_from_below(project):
    write(project / "impasto.toml", 'model = "flux-dev"\noutput = "images"\n')
    (project / "style_packs").mkdir()
    below = project / "a" / "b"
    below.mkdir(parents=True)
    found = load(below)
    assert found["model"] == "flux-dev"
    assert found["output"] == project / "images"
    assert found["style_packs"] == (project / "style_packs",)
    assert found.root == project


def test_pyproject_counts_where_it_has_our_table(project):
    write(
        project / "pyproject.toml", '[tool.other]\nmodel = 1\n[tool.impasto]\nmodel = "flux-dev"\n'
    )
    found = load(project)
    assert found["model"] == "flux-dev"
    assert found.origin("model") == "pyproject.toml:4"


def test_a_pyproject_without_our_table_is_nobodys_business(project):
    write(project / "impasto.toml", 'model = "flux-dev"\n')
    write(project / "sub" / "pyproject.toml", "[tool.impasto-like]\nthis is = no TOML")
    assert load(project / "sub")["model"] == "flux-dev"


def test_an_address_makes_the_gateway_the_backend(project):
    found = load(project, IMPASTO_BASE_URL="http://127.0.0.1:1")
    assert found.backend == "gateway"
    assert not found.is_unset
    assert load(project, IMPASTO_BASE_URL="http://x", IMPASTO_BACKEND="proof").backend == "proof"


def test_the_key_comes_from_the_variable_that_is_named(project):
    write(project / "impasto.toml", 'api_key_env = "MY_KEY"\n')
    assert load(project, MY_KEY=KEY).api_key == KEY
    assert load(project, MY_KEY="other", IMPASTO_API_KEY=KEY).api_key == KEY
    assert KEY not in repr(load(project, MY_KEY=KEY))


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('modle = "flux-dev"', "impasto.toml:1:1", 'did you mean "model"?'),
        ('x = 1\nmodel = "a"', "impasto.toml:1:1", "known here: model, backend"),
        ("timeout = -1", "impasto.toml:1:1", "timeout: a number of seconds above 0"),
        ("timeout = true", "impasto.toml:1:1", "not True"),
        ("\n concurrency = 0", "impasto.toml:2:2", "a whole number from 1"),
        ('style_packs = "a"', "impasto.toml:1:1", "a list of folders"),
        ("model = 3", "impasto.toml:1:1", 'such as "flux-dev", not 3'),
        ("[section]\nmodel = 3", "impasto.toml:1:2", 'unknown key "section"'),
        ('model = "a"\nbackend', "impasto.toml:2:8", "no TOML"),
        ('model = "a', "impasto.toml", "no TOML"),
    ],
)
def test_a_mistake_in_a_file_has_its_place(project, text, place, said):
    write(project / "impasto.toml", text)
    with pytest.raises(FileError) as caught:
        load(project)
    assert str(caught.value).startswith(place)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f'api_key = "{KEY}"',
        f'token = "{KEY}"',
        f'api_key_env = "{KEY}"',
        f'api_key_env = "{KEY.replace("-", "_")}"',
        f'api_key = "{KEY}',
    ],
)
def test_a_key_in_a_file_is_refused_and_not_shown(project, text):
    write(project / "impasto.toml", f"# settings\n{text}\n")
    with pytest.raises(FileError) as caught:
        load(project)
    said = str(caught.value)
    assert said.startswith("impasto.toml:2:")
    assert "Secret1" not in said


def test_a_variable_of_the_wrong_kind_is_named(project):
    with pytest.raises(FileError, match="IMPASTO_TIMEOUT: a number of seconds above 0"):
        load(project, IMPASTO_TIMEOUT="soon")
    assert load(project, IMPASTO_TIMEOUT="2.5")["timeout"] == 2.5


def test_an_unknown_model_says_where_it_was_named(project):
    write(project / "impasto.toml", 'timeout = 3\nmodel = "flux-dv"\n')
    with pytest.raises(FileError, match=r'impasto.toml:2:1: error: unknown model "flux-dv"') as one:
        load(project).model()
    assert 'did you mean "flux-dev"?' in str(one.value)
    with pytest.raises(UnknownNameError, match="from IMPASTO_MODEL"):
        load(project, IMPASTO_MODEL="flux-dv").model()
    assert load(project, IMPASTO_MODEL="sdxl").model() == "sdxl"


def test_the_library_has_the_projects_styles_first(project):
    pack = 'format: 1\nname: anime\nstyles:\n  mine: {text: "{{ prompt }}, mine"}\n'
    write(project / "packs" / "anime.yaml", pack)
    write(project / "impasto.toml", 'style_packs = ["packs"]\n')
    found = config.library(load(project))
    assert found.find("anime/mine")[0].span.file == str(Path("packs") / "anime.yaml")
    assert found.find("photorealistic/portrait")


def test_a_missing_folder_of_styles_is_reported(project):
    write(project / "impasto.toml", 'style_packs = ["pakcs"]\n')
    with pytest.raises(
        FileError, match=r"impasto.toml:1:1: error: style_packs: there is no folder"
    ):
        config.library(load(project))


def test_a_broken_encoding_is_reported(project):
    (project / "impasto.toml").write_bytes(b'model = "\xff"')
    with pytest.raises(FileError, match="not UTF-8"):
        load(project)


def test_toml_is_read_only_where_there_is_a_file(project):
    code = "import sys; from impasto import config; config.load(); print('tomllib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
