"""The JSON Schema of a file's values: what it accepts, composing accepts."""

import json
import subprocess
import sys

import jsonschema
import pytest

from impasto.errors import BadValueError
from impasto.source import Source
from impasto.templates.form import form_schema
from impasto.templates.promptfile import PromptFile

FILE = """\
---
title: Portrait
variables:
  who: {description: Who it is}
  age: {type: integer, range: [1, 110], default: 40}
  strength: {type: number, range: [0, 2], default: 1.2}
  wet: {type: boolean, default: false}
  light: {choices: [soft, hard], default: soft}
  tags: {type: list, choices: [rain, snow], default: []}
  note: {choices: [a, b], default: null}
---
{{ who }} {{ age }} {{ strength }} {{ wet }} {{ light }} {{ tags }} {{ note }}
"""


def test_the_schema_says_what_the_front_matter_says():
    schema = form_schema(PromptFile(Source(FILE, "a.prompt")))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == "Portrait"
    assert schema["required"] == ["who"]
    assert list(schema["properties"]) == ["who", "age", "strength", "wet", "light", "tags", "note"]
    assert schema["properties"]["who"] == {"type": "string", "description": "Who it is"}
    assert schema["properties"]["age"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 110,
        "default": 40,
    }
    assert schema["properties"]["tags"]["items"] == {"type": "string", "enum": ["rain", "snow"]}


@pytest.mark.parametrize(
    "values",
    [
        {"who": "Ada"},
        {"who": "Ada", "age": 3, "strength": 1, "wet": True, "light": "hard", "tags": ["snow"]},
        {"who": "Ada", "note": None},
        {"who": "Ada", "note": "b"},
        {},
        {"who": "Ada", "age": 0},
        {"who": "Ada", "age": 1.5},
        {"who": "Ada", "light": "sun"},
        {"who": "Ada", "tags": "rain"},
        {"who": "Ada", "tags": ["sun"]},
        {"who": "Ada", "light": None},
        {"who": "Ada", "whom": "x"},
    ],
)
def test_form_and_composing_agree(values):
    file = PromptFile(Source(FILE, "a.prompt"))
    valid = jsonschema.Draft202012Validator(form_schema(file)).is_valid(values)
    try:
        file.check(values)
    except BadValueError:
        assert not valid
    else:
        assert valid


def test_the_command_prints_it(tmp_path):
    (tmp_path / "a.prompt").write_text(FILE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "impasto", "schema", "a.prompt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == form_schema(PromptFile(Source(FILE, "a.prompt")))
