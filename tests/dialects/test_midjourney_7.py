"""Midjourney 7 and later: plain words with parameters, no weights."""

import pytest
from hypothesis import given, settings

import impasto
from impasto.dialects import dialect
from impasto.dialects.base import in_phrases
from impasto.dialects.midjourney import parameters_suffix
from impasto.dialects.midjourney.version_7 import Midjourney7
from impasto.errors import OpenPromptError
from strategies import hostile, weighted


def read(text):
    return impasto.read(text, "midjourney-7")


def write(text, negative=""):
    unwanted = impasto.parse(negative) if negative else None
    return Midjourney7().write(in_phrases(impasto.parse(text), unwanted))


def test_the_text_is_read_as_it_stands():
    prompt = read("a fox::2 (fog:1.2), [x] --no people, text --ar 16:9 --v 7")
    assert prompt.weights() == [("a fox::2 (fog:1.2), [x]", 1.0), ("people, text", -0.5)]
    assert prompt.schedule(20) == [(1.0, 20, prompt.weights())]
    rules = [one.rule for one in prompt.diagnostics if one.severity == "warning"]
    assert rules == ["weights-and-version"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("a fox --ar 16:9 --exp 20 --oref https://x.y/z --ow 200 --v 7", []),
        ("a fox --no people", []),
        ("a fox::2 fog --v 6.1", ["weights-and-version"]),
        ("a fox --cref https://x.y/z --v 7", ["parameter-of-another-version"]),
        ("a fox --q 2 --v 8.1", ["parameter-of-another-version"]),
        ("a fox --zork", ["unknown-parameter"]),
    ],
)
def test_what_is_told(text, rules):
    assert [one.rule for one in read(text).diagnostics if one.severity != "info"] == rules


def test_permutations_stay_open():
    with pytest.raises(OpenPromptError):
        read("{red, green} bird").weights()


@pytest.mark.parametrize(
    ("prompt", "negative", "text", "kinds"),
    [
        ("a red fox in the snow", "", "a red fox in the snow", []),
        ("a red fox", "people, text", "a red fox --no people, text", []),
        ("a knight with (red hair:1.3)", "", "a knight with striking red hair", ["weight"]),
        ("cat, (dog:1.3), fish", "", "dog, cat, fish", ["weight"]),
        ("a fox, (people:-1), fog", "text", "a fox, fog --no people, text", ["weight"]),
        ("a fox", "(people:1.3)", "a fox --no people", ["weight"]),
        ("(people:-1)", "", "--no people", ["weight", "weight"]),
        (r"a fox --v 3 \{big\}", "", "a fox - -v 3 (big)", ["escape", "escape"]),
        (r"C\:\:B", "", "C::B", []),
        ("a fox BREAK fog", "", "a fox, fog", ["break"]),
        ("a [fox:cat:0.3]", "", "a cat", ["schedule"]),
        ("a <lora:x:1> fox", "", "a fox", ["reference"]),
    ],
)
def test_words_say_what_weights_said(prompt, negative, text, kinds):
    written = write(prompt, negative)
    assert written.text == text
    assert written.negative == ""
    assert [loss.kind for loss in written.losses] == kinds
    assert all(loss.span for loss in written.losses if loss.severity != "error")


@settings(max_examples=300, deadline=None)
@given(weighted)
def test_no_word_becomes_a_parameter(text):
    written = write(text)
    again = read(written.text)
    body, _, unwanted = written.text.partition("--no ")
    expected = [(body.strip(), 1.0), (unwanted.strip(), -0.5)]
    assert again.weights() == [run for run in expected if run[0]]
    assert not [one for one in again.diagnostics if one.parameter]


@settings(max_examples=300, deadline=None)
@given(hostile)
def test_any_text_is_read(text):
    assert str(read(text)) == text
    assert impasto.read(text, "plain").weights() == ([(text, 1.0)] if text else [])


def test_parameters_of_version_7():
    given_ = {"experimental": 10, "omni_reference": "https://x.y/z", "omni_weight": 200}
    assert parameters_suffix({**given_, "quality": 4}, "7") == (
        " --ow 200 --exp 10 --q 4 --oref https://x.y/z --v 7",
        (),
    )


@pytest.mark.parametrize(
    ("parameters", "version", "told"),
    [
        ({"character_reference": "https://x.y/z"}, "7", "Midjourney 7 has no character_reference"),
        ({"experimental": 10}, "6.1", "Midjourney 6 has no experimental"),
        ({"quality": 1}, "8.2", "Midjourney 8 has no quality"),
        ({"quality": 4}, "6", "Midjourney takes quality only as one of 0.25, 0.5, 1, 2"),
        ({"quality": 0.5}, "7", "Midjourney takes quality only as one of 1, 2, 4"),
    ],
)
def test_a_parameter_of_another_version_is_a_loss(parameters, version, told):
    text, (loss,) = parameters_suffix(parameters, version)
    assert text == f" --v {version}"
    assert loss.message == told
    assert loss.hint


def test_parameters_stand_at_the_end():
    writer = dialect("midjourney-7")
    text, beside, losses = writer.finish(
        write("a fox", "fog"), None, {"aspect_ratio": "16:9", "seed": 7}, None
    )
    assert text == "a fox --no fog --ar 16:9 --seed 7 --v 7"
    assert (beside, losses) == ({"aspect_ratio": "16:9", "seed": 7}, ())


def test_plain_text_is_itself():
    prompt = impasto.read("a fox, (fog:1.2) --ar 16:9 {x}", "plain")
    assert prompt.weights() == [("a fox, (fog:1.2) --ar 16:9 {x}", 1.0)]
    (found,) = prompt.diagnostics
    assert (found.rule, found.severity, found.span.text) == ("weight-not-read", "info", "(fog:1.2)")
