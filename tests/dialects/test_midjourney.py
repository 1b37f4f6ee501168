"""Midjourney 6: parts whose relative weights are the canonical ones."""

import pathlib
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.dialects import dialect
from impasto.dialects.base import Script, ScriptPart, in_phrases
from impasto.dialects.midjourney import Midjourney6, parameters_suffix
from impasto.source import Source, Span
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import TEXT, Run

CASES = yaml.safe_load(
    (pathlib.Path(__file__).parent / "cases" / "midjourney.yaml").read_text(encoding="utf-8")
)
SOURCE = Source("")


def write(text, negative=""):
    return Midjourney6().write(in_phrases(parse(text), parse(negative) if negative else None))


def read(text):
    """Read a prompt as Midjourney does: [(text, weight)] and what --no lists."""
    body, _, unwanted = text.partition(" --no ")
    parts = []
    at = 0
    for sign in re.finditer(r"::(-?\d+(?:\.\d+)?)?", body):
        parts.append((body[at : sign.start()].strip(), float(sign[1] or 1)))
        at = sign.end()
    if body[at:].strip():
        parts.append((body[at:].strip(), 1.0))
    return parts, unwanted


def letters(text):
    return re.sub(r"\W", "", text)


@pytest.mark.parametrize("case", CASES, ids=[case["prompt"][:60] for case in CASES])
def test_golden(case):
    written = write(case["prompt"], case.get("negative", ""))
    kinds = [
        loss.kind if loss.severity == "info" else f"{loss.kind} {loss.severity}"
        for loss in written.losses
    ]
    assert written.text == case["text"]
    assert written.negative == ""
    assert kinds == case.get("losses", [])


def test_it_is_the_dialect_midjourney_6():
    assert dialect("midjourney-6").name == "midjourney-6"


WEIGHTS = st.one_of(
    st.sampled_from([1, 1, 1.1, 1.21, 1.1 * 1.1, 0.5, -0.5, 0, -2]),
    st.floats(0.0001, 100),
)
RUNS = st.lists(
    st.tuples(st.text(st.sampled_from("ab 12.,:{}-é\"'()"), min_size=1, max_size=6), WEIGHTS),
    min_size=1,
    max_size=4,
)
PARTS = st.lists(
    st.tuples(st.lists(RUNS, max_size=5), st.sampled_from([1, 1, 0.7, 2, -1])),
    min_size=1,
    max_size=3,
)


def script_of(parts, negative):
    def phrase(runs):
        return Phrase(tuple(Run(TEXT, t, float(w), Span(SOURCE, 0, 0)) for t, w in runs))

    return Script(
        tuple(ScriptPart(tuple(phrase(r) for r in runs), weight) for runs, weight in parts),
        tuple(phrase(runs) for runs in negative),
    )


@settings(max_examples=600, deadline=None)
@given(PARTS, st.lists(RUNS, max_size=2))
def test_relative_weights_are_the_canonical_ones(parts, negative):
    written = Midjourney6().write(script_of(parts, negative))
    found, unwanted = read(" " + written.text)
    expected = [
        (letter, weight * factor)
        for phrases, factor in parts
        for runs in phrases
        for text, weight in runs
        for letter in letters(text)
        if weight * factor > 0
    ]
    read_letters = [(letter, weight) for text, weight in found for letter in letters(text)]
    assert [letter for letter, _ in read_letters] == [letter for letter, _ in expected]
    if expected:
        common = read_letters[0][1] / expected[0][1]
        for (_, was), (_, should) in zip(read_letters, expected, strict=True):
            assert was == pytest.approx(should * common, rel=1e-4)
        assert sum(w for _, w in found) - 0.5 * bool(unwanted) > 0
    assert not re.search(r"[{}]", written.text)
    assert " --" not in written.text.replace(" --no ", "", 1)


@settings(max_examples=200, deadline=None)
@given(PARTS)
def test_every_unwanted_text_is_a_loss(parts):
    written = Midjourney6().write(script_of(parts, []))
    unwanted = [
        text
        for phrases, factor in parts
        for runs in phrases
        for text, weight in runs
        if weight * factor <= 0 and letters(text)
    ]
    told = [loss for loss in written.losses if loss.kind == "weight" and loss.severity != "error"]
    assert len(told) == len(unwanted)
    assert all(loss.hint for loss in written.losses)


def test_an_escape_says_what_was_edited():
    (loss,) = write(r"a C\:\:B poster").losses
    assert loss.kind == "escape"
    assert loss.text == "a C::B poster"
    assert loss.instead == "a space was put in between"


def test_deep_and_long_prompts():
    deep = "[" * 20_000 + "a" + ":b:0.5]" * 20_000
    long = "(a:1.2), b (c:1.3) d, " * 10_000
    assert write(deep).text == "b"
    assert len(read(write(long).text)[0]) == 40_000


@pytest.mark.parametrize(
    ("parameters", "version", "suffix"),
    [
        ({}, "6", " --v 6"),
        ({"aspect_ratio": "16:9", "seed": 42}, "6", " --ar 16:9 --seed 42 --v 6"),
        (
            {"stylize": 250, "chaos": 10, "weird": 0, "quality": 0.5, "style": "raw", "n": 4},
            "6.1",
            " --stylize 250 --chaos 10 --weird 0 --q 0.5 --style raw --v 6.1",
        ),
        ({"tile": True, "image_weight": 1.5, "seed": None}, "6", " --iw 1.5 --tile --v 6"),
        ({"style_reference": "https://example.com/a.png"}, "niji 6",
         " --sref https://example.com/a.png --niji 6"),
    ],
)  # fmt: skip
def test_parameters(parameters, version, suffix):
    assert parameters_suffix(parameters, version) == (suffix, ())


@pytest.mark.parametrize(
    ("parameters", "suffix", "told"),
    [
        ({"stylize": 1200}, " --stylize 1000 --v 6", "1000 was sent"),
        ({"seed": 1.5}, " --v 6", "left out"),
        ({"seed": float("inf")}, " --v 6", "left out"),
        ({"chaos": True}, " --v 6", "left out"),
        ({"quality": "hd"}, " --v 6", "left out"),
        ({"style": "vivid"}, " --v 6", "left out"),
        ({"aspect_ratio": "wide"}, " --v 6", "left out"),
        ({"n": 1}, " --v 6", "left out"),
        ({"guidance_scale": 7.5}, " --v 6", "left out"),
        ({"width": 1344, "height": 768}, " --ar 7:4 --v 6", "--ar 7:4 was sent"),
        ({"width": 1344, "aspect_ratio": "2:3"}, " --ar 2:3 --v 6", "left out"),
        ({"style_reference": "x --v 7"}, " --v 6", "left out"),
    ],
)
def test_what_midjourney_refuses_is_a_loss(parameters, suffix, told):
    written, (loss,) = parameters_suffix(parameters, "6")
    assert written == suffix
    assert loss.kind == "parameter"
    assert told in loss.instead
    assert loss.hint


def test_a_misspelt_parameter_is_recognised():
    _, (loss,) = parameters_suffix({"stylise": 100}, "6")
    assert loss.hint == 'did you mean "stylize"?'
