"""What people read when a prompt cannot be read."""

from pathlib import Path

import pytest
import yaml

from impasto import PromptSyntaxError, SourceError, parse
from impasto.source import Source

CASES = Path(__file__).parents[1] / "cases" / "syntax" / "errors.yaml"
ERRORS = yaml.safe_load(CASES.read_text(encoding="utf-8"))


def failure(text, **named):
    with pytest.raises(PromptSyntaxError) as caught:
        parse(text, **named)
    return caught.value


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["title"])
def test_an_error_shows_the_place_and_the_way_out(case, snapshot):
    error = failure(case["source"])
    assert str(error) == snapshot
    assert error.span.source.text == case["source"]
    assert error.hint


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["title"])
def test_recovering_finds_the_same_error_first(case):
    prompt = parse(case["source"], recover=True)
    assert prompt.diagnostics[0].message == failure(case["source"]).message
    assert prompt.diagnostics[0].severity == "error"
    assert str(prompt) == case["source"]


def test_recovering_finds_every_error(snapshot):
    prompt = parse("a), [b, {c\n(d:1.2]] [x:y:z:2] (e AND f) <lora:{g}:1>", recover=True)
    assert "\n".join(map(str, prompt.diagnostics)) == snapshot


def test_what_cannot_be_syntax_is_text():
    assert parse("smile :), (rain:1.2)", recover=True).weights() == [
        ("smile :), ", 1.0),
        ("rain", 1.2),
    ]
    assert parse("(a [b) c]", recover=True).weights() == [("a [b", 1.1), (" c]", 1.0)]
    assert parse("((a:1.2)", recover=True).weights() == [("(", 1.0), ("a", 1.2)]
    assert parse("b:1.2) c", recover=True).weights() == [("b:1.2) c", 1.0)]


def test_the_message_names_the_text():
    assert str(failure("(a", name="my style")).startswith("my style:1:1: ")


def test_the_message_points_into_the_file_a_text_stands_in():
    file = Source('title: "rain"\nprompt: "a (fox"\n', "rain.prompt")
    body = Source("a (fox", parent=file, anchors=((0, 23),))
    error = failure(body.text, origin=body)
    assert str(error).startswith("rain.prompt:2:12: ")
    assert '   2 | prompt: "a (fox"' in str(error)


def test_an_error_is_one_of_the_tree_and_holds_its_parts():
    error = failure("a (b")
    assert isinstance(error, SourceError)
    assert (error.span.line, error.span.column, error.span.text) == (1, 3, "(")
    assert error.expected == ("')'",)
    assert error.diagnostic.code == "IMP001"
    assert error.diagnostic.rule == "syntax-error"
    assert error.diagnostic.to_json()["span"] == {
        "file": "prompt",
        "line": 1,
        "column": 3,
        "end_line": 1,
        "end_column": 4,
        "offset": 2,
        "length": 1,
    }
