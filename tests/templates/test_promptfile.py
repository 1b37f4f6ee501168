"""`.prompt` files: what the front matter means, and what is wrong with it."""

import re

import pytest

import impasto
from impasto.errors import BadValueError, FileError
from impasto.source import Source
from impasto.templates.promptfile import PromptFile

FILE = """\
---
format: 1
title: Portrait
description: A person
variables:
  subject: {description: Who it is}
  count: {type: integer, range: [1, 9], default: 1}
  strength: {type: number, range: [0, 2], default: 1.2}
  wet: {type: boolean, default: false}
  light: {choices: [soft, hard, "16:9"], default: soft}
  tags: {type: list, default: []}
  note: {default: null}
styles: [mixins/film-grain]
negative: "{{ light }} shadows, (people:1.2)"
parameters: {size: 1024x768, steps: 30}
model: sdxl
---
({{ subject }}:{{ strength }}), {{ light }} light{% if wet %}, wet{% endif %},
{% for tag in tags %}{{ tag }}, {% endfor %}{{ count }} {{ note }}
"""


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "portrait.prompt"
    found.write_text(FILE, encoding="utf-8")
    return found


def read(head, body="{{ a }}"):
    return PromptFile(Source(f"---\n{head}\n---\n{body}", "a.prompt"))


def test_a_whole_file(path):
    found = impasto.compose(path, values={"subject": "Ada (40)"})
    assert found.text.startswith(r"(Ada \(40\):1.2), soft light, 1, ")
    assert "film grain" in found.text
    assert str(found.negative_prompt).startswith("soft shadows, (people:1.2)")
    assert found.parameters == {"width": 1024, "height": 768, "num_inference_steps": 30}
    assert found.target.id == "stable-diffusion-xl"


def test_the_call_adds_to_the_file_and_wins(path):
    found = impasto.compose(
        path,
        values={"subject": "Ada"},
        styles=["mixins/lens-flare"],
        negative="blurry",
        parameters={"num_inference_steps": 50, "seed": 1},
        model="flux-dev",
    )
    assert found.styles == ("mixins/film-grain", "mixins/lens-flare")
    assert str(found.negative_prompt) == "soft shadows, (people:1.2), blurry"
    assert found.parameters["num_inference_steps"] == 50
    assert found.parameters["seed"] == 1
    assert found.parameters["width"] == 1024
    assert found.target.id == "flux-dev"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"count": "3"}, {"count": 3}),
        ({"count": 3.0}, {"count": 3}),
        ({"strength": "1.5"}, {"strength": 1.5}),
        ({"strength": 1}, {"strength": 1.0}),
        ({"wet": "yes"}, {"wet": True}),
        ({"light": "16:9"}, {"light": "16:9"}),
        ({"subject": 5}, {"subject": "5"}),
        ({"tags": ["a", 2]}, {"tags": ["a", "2"]}),
        ({"note": None}, {"note": None}),
    ],
)
def test_values_get_the_types_of_their_variables(path, values, expected):
    file = PromptFile(Source(FILE, "a.prompt"))
    found = file.check({"subject": "Ada", **values})
    assert {name: found[name] for name in expected} == expected
    assert found.keys() == file.variables.keys()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"subject": "Ada", "count": 10},
        {"subject": "Ada", "count": "three"},
        {"subject": "Ada", "count": 1.5},
        {"subject": "Ada", "strength": float("nan")},
        {"subject": "Ada", "strength": None},
        {"subject": "Ada", "wet": "perhaps"},
        {"subject": "Ada", "light": "sofd"},
        {"subject": "Ada", "tags": "a, b"},
        {"subject": {"name": "Ada"}},
        {"subjct": "Ada"},
        {"subject": "Ada", "colour": "red"},
    ],
)
def test_values_that_do_not_fit(values, snapshot):
    with pytest.raises(BadValueError) as caught:
        PromptFile(Source(FILE, "portrait.prompt")).check(values)
    assert str(caught.value) == snapshot


@pytest.mark.parametrize(
    "head",
    [
        "titel: x",
        "title: 5",
        "title: [a]",
        "format: 2",
        "model: {}",
        "styles: noir",
        "styles: [1]",
        "negative: [a]",
        "variables: [a]",
        "variables:\n  a: string",
        "variables:\n  a: {typ: string}",
        "variables:\n  a: {type: strng}",
        "variables:\n  a: {range: [1, 2]}",
        "variables:\n  a: {type: integer, range: [1]}",
        "variables:\n  a: {type: integer, range: [1, 2, 3]}",
        "variables:\n  a: {type: integer, range: 5}",
        "variables:\n  a: {type: integer, range: [a, b]}",
        "variables:\n  a: {type: integer, range: [5, 1]}",
        "variables:\n  a: {type: integer, default: abc}",
        "variables:\n  a: {type: integer, range: [1, 5], default: 9}",
        "variables:\n  a: {type: integer, choices: [1, two]}",
        "variables:\n  a: {choices: [red, blue], default: green}",
        "variables:\n  a: {choices: red}",
        "variables:\n  my-var:",
        "variables:\n  loop:",
        "parameters: {width: [1]}",
        "parameters: {ar: wide}",
        "parameters: {steps: 3, num_steps: 4}",
        "- a\n- b",
        "just text",
        "title: {",
        "title: a\ntitle: b",
    ],
)
def test_front_matter_that_is_wrong_says_so_in_plain_words(head, snapshot):
    with pytest.raises(FileError) as caught:
        read(head)
    said = str(caught.value)
    assert said == snapshot
    assert not re.search(r"\b(dictionary|dict|tuple|str|int|bool|Input)\b", said)


@pytest.mark.parametrize(
    "name", ["model_name", "schema", "copy", "json", "_x", "environment", "été"]
)
def test_variables_may_have_any_name_that_templates_can_write(name):
    found = read(f"variables:\n  {name}:", f"{{{{ {name} }}}}")
    assert found.check({name: "fox"}) == {name: "fox"}


@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("a fox", "a fox", 1),
        ("---\n---\na fox", "a fox", 3),
        ("---  \ntitle: x\n---\t\na fox", "a fox", 4),
        ("---\ntitle: x\n---", "", 3),
        ("--- a fox", "--- a fox", 1),
        ("a\n---\nb", "a\n---\nb", 1),
    ],
)
def test_where_the_front_matter_ends(text, body, line):
    found = PromptFile(Source(text, "a.prompt"))
    assert found.template.source.text == body
    assert found.template.source.position(0)[0] == line


def test_front_matter_without_an_end():
    with pytest.raises(FileError, match="never closed"):
        PromptFile(Source("---\ntitle: x\na fox", "a.prompt"))


def test_places_in_front_matter_are_those_of_the_file():
    found = PromptFile(Source("---  \ntitle: x\nnegative: >-\n  a,\n  b\n---\nfox", "a.prompt"))
    assert (found.span("title").line, found.span("title").column) == (2, 8)
    assert found.negative.source.position(0) == (4, 3)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(FileError, match="there is no file"):
        impasto.compose(tmp_path / "absent.prompt")
    (tmp_path / "latin.prompt").write_bytes(b"\xe9t\xe9")
    with pytest.raises(FileError, match="UTF-8"):
        impasto.compose(tmp_path / "latin.prompt")
    (tmp_path / "fox.prompt").write_text("fox", encoding="utf-8")
    with pytest.raises(FileError, match=r'did you mean "fox.prompt"'):
        impasto.compose(tmp_path / "foxx.prompt")


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "a.prompt"
    path.write_text("one", encoding="utf-8")
    assert impasto.compose(path).text == "one"
    path.write_text("other words", encoding="utf-8")
    assert impasto.compose(path).text == "other words"
