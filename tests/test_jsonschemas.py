"""The JSON Schemas accept our own files and refuse broken ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from findings import ALL, FAILED, run
from impasto import _lintconfig, config, jsonschemas, yamlsource
from impasto.errors import FileError, UnknownNameError
from impasto.jsonschemas.__main__ import outdated
from impasto.lint.report import load
from impasto.source import Source
from impasto.templates.fences import divide

ROOT = Path(__file__).parents[1]


def checker(name: str, *, closed: bool = False) -> jsonschema.Draft202012Validator:
    schema = jsonschemas.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(without_more(schema) if closed else schema)


def without_more(schema: Any) -> Any:
    """Return a schema that takes no key which it does not name."""
    if isinstance(schema, list):
        return [without_more(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: without_more(value) for key, value in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in schema else inner


def test_the_files_in_the_docs_are_up_to_date():
    assert outdated() == [], "run python -m impasto.jsonschemas --write"


@pytest.mark.parametrize("name", jsonschemas.names())
def test_every_schema_is_one_and_says_what_it_is(name: str):
    schema = jsonschemas.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == jsonschemas.DIALECT
    assert schema["title"].startswith("impasto ")


def test_an_unknown_name_is_refused():
    with pytest.raises(UnknownNameError, match="style-pakc") as told:
        jsonschemas.schema("style-pakc")
    assert "style-pack" in told.value.hint


# What people write.


@pytest.mark.parametrize("path", sorted(ROOT.glob("style_packs/*.yaml")), ids=lambda p: p.stem)
def test_the_built_in_packs_are_accepted(path: Path):
    data = yamlsource.load(Source(path.read_text("utf-8"), str(path))).data
    checker("style-pack").validate(data)


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/prompts/*.prompt")))
def test_the_prompt_files_are_accepted(path: Path):
    front = divide(Source(path.read_text("utf-8"), str(path)))[0]
    checker("prompt-file").validate(yamlsource.load(front).data)


@pytest.mark.parametrize("path", sorted(ROOT.glob("src/impasto/models/cards/*.yaml")))
def test_the_model_cards_are_accepted(path: Path):
    data = yamlsource.load(Source(path.read_text("utf-8"), str(path))).data
    checker("model-cards").validate(data)


BAD = {
    "style-pack": (
        {},
        {"format": 2, "name": "a", "styles": {}},
        {"format": 1, "name": "A b", "styles": {}},
        {"format": 1, "name": "a", "styles": {"x": {"txet": "a"}}},
    ),
    "prompt-file": (
        {"titel": "x"},
        {"variables": {"x": {"type": "text"}}},
        {"styles": "noir"},
        {"format": 3},
    ),
    "model-cards": ({}, [{}], [{"id": "x", "titel": "X"}]),
    "lint-baseline": ({}, {"format": 2, "findings": []}, {"format": 1, "findings": [{}]}),
}


@pytest.mark.parametrize(
    ("name", "data"), [(name, data) for name, bad in BAD.items() for data in bad]
)
def test_broken_files_are_refused(name: str, data: object):
    assert not checker(name).is_valid(data)


# Settings: the schema and what reads them say the same.

GOOD_SETTINGS = """
model = "flux-dev"
base_url = "https://api.example.com"
api_key_env = "EXAMPLE_KEY"
timeout = 60
concurrency = 2
style_packs = ["looks"]
output = "images"
cache = "results"

[keys]
bfl = "env:OUR_BFL_KEY"
fal = "keyring:impasto/fal"

[lint]
select = ["IMP1", "empty-group"]
extend-select = ["ACME"]
ignore = ["IMP107"]
targets = ["flux-dev", "dall-e-3@gateway"]
dialect = "a1111"
column = "caption"
baseline = "impasto-baseline.json"

[lint.per-file-ignores]
"old/*" = ["IMP"]

[lint.severity]
IMP107 = "warning"

[lint.per-file-dialects]
"comfy/*.txt" = "comfyui"
"""
BAD_SETTINGS = (
    'modle = "flux-dev"',
    "model = 3",
    "timeout = -1",
    'timeout = "long"',
    "concurrency = 0",
    "concurrency = 1.5",
    'style_packs = "looks"',
    "style_packs = [1]",
    'api_key_env = "sk-123456"',
    "[lint]\nselects = []",
    '[lint]\nselect = "IMP"',
    "[lint]\ntargets = []",
    "[lint]\ndialect = 3",
    '[lint.severity]\nIMP101 = "fatal"',
    '[lint.per-file-ignores]\n"a" = "IMP"',
    "lint = 3",
    "cache = 3",
    'keys = "env:A"',
    '[keys]\nbfl = "sk-123456"',
    '[keys]\nbfl = "keyring:impasto"',
)


def test_the_schema_has_the_keys_that_are_read():
    schema = jsonschemas.schema("settings")
    assert set(schema["properties"]) == set(config.DEFAULTS)
    assert set(schema["$defs"]["LintTable"]["properties"]) == set(_lintconfig._CHECKS)


def test_good_settings_are_accepted_by_both(tmp_path: Path):
    (tmp_path / "impasto.toml").write_text(GOOD_SETTINGS, "utf-8")
    assert config.load(tmp_path, {})["model"] == "flux-dev"
    checker("settings").validate(tomllib.loads(GOOD_SETTINGS))


@pytest.mark.parametrize("text", BAD_SETTINGS)
def test_bad_settings_are_refused_by_both(text: str, tmp_path: Path):
    (tmp_path / "impasto.toml").write_text(text, "utf-8")
    with pytest.raises(FileError):
        config.load(tmp_path, {})
    assert not checker("settings").is_valid(tomllib.loads(text))


# What impasto writes: tests take no key that the schema does not name.


def impasto(*arguments: str, cwd: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPASTO_")}
    done = subprocess.run(
        [sys.executable, "-m", "impasto", *arguments],
        cwd=cwd,
        env={**kept, "IMPASTO_CONFIG": str(cwd / "none")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    impasto("init", ".", cwd=folder)
    return folder


def test_a_new_project_is_accepted(project: Path):
    checker("settings").validate(tomllib.loads((project / "impasto.toml").read_text("utf-8")))
    pack = (project / "style_packs" / "house.yaml").read_text("utf-8")
    checker("style-pack").validate(yamlsource.load(Source(pack)).data)


ODD = "((a (b:1.2)), [c:d:0.5] (at 5:30), <lora:x:0.8> BREAK (e:-1) (f"
OUTPUTS = {
    "composition": ("compose", "-f", "prompts/portrait.prompt", "--set", "subject=x"),
    "translations": ("translate", "(a:1.3), [b|c]", "--negative", "d", "--all"),
    "reading": ("read", ODD, "--dialect", "a1111"),
    "comparison": ("compare", ODD),
    "expansion": ("expand", "{a|b|c} d"),
    "generation": (
        "generate",
        "(a:1.3)",
        "-m",
        "flux-dev",
        "-p",
        "size=100x100",
        "--adapt",
        "--preview",
        "-o",
        "made/",
    ),
    "models": ("models", "list"),
    "model": ("models", "show", "flux-dev", "--backend", "fal"),
    "token-budgets": ("tokens", "a fox, " * 60, "--for", "sdxl,flux-dev,dall-e-3"),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_commands_write_is_as_the_schema_says(name: str, project: Path):
    told = json.loads(impasto(*OUTPUTS[name], "--format", "json", cwd=project))
    checker(name, closed=True).validate(told)


def test_lines_are_as_the_schema_says(project: Path):
    lines = impasto("translate", "(a:1.3)", "--to", "flux-dev", "--format", "jsonl", cwd=project)
    checker("translation", closed=True).validate(json.loads(lines))
    for line in load("jsonl")(run()).splitlines():
        checker("lint-report-line", closed=True).validate(json.loads(line))


@pytest.mark.parametrize("done", [run(), FAILED, run(*ALL, fixed=3)])
def test_lint_reports_are_as_the_schema_says(done):
    checker("lint-report", closed=True).validate(json.loads(load("json")(done)))


def test_baselines_are_as_the_schema_says(project: Path):
    (project / "prompts" / "old.txt").write_text("a (at 5:30)\n(a:9.5), (a:9.5)\n", "utf-8")
    impasto("lint", "prompts/old.txt", "--write-baseline", cwd=project)
    told = json.loads((project / "impasto-baseline.json").read_text("utf-8"))
    checker("lint-baseline", closed=True).validate(told)
    assert told["findings"]


def test_the_command_prints_and_lists_schemas(project: Path):
    assert json.loads(impasto("schema", "settings", cwd=project)) == jsonschemas.schema("settings")
    listed = [line.split()[0] for line in impasto("schema", cwd=project).splitlines()]
    assert tuple(listed) == jsonschemas.names()
