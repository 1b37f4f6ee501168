import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.images.infotext import _scan as scan
from impasto.images.infotext import infotext
from impasto.images.infotext import read as parse
from webui import held, webui

read = webui

NASTY = st.sampled_from(
    [
        "Negative prompt: a dog",
        "  Negative prompt:",
        "left: 1, right: 2, middle: 3",
        "Steps: 20, Sampler: Euler, Seed: 1",
        'say "a, b: c"',
        "emoji \N{GRINNING FACE}\N{ZERO WIDTH JOINER} \u732b",
        "   leading",
        "trailing   ",
        "carriage\rreturn",
        "\r",
        "",
        " ",
        "back\\slash\\",
        "a: [1, 2, ",
        "\u2028",
    ]
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TEXT = st.lists(NASTY | WORDS, max_size=5).map("\n".join)
VALUES = st.dictionaries(
    st.sampled_from(["seed", "steps", "sampler", "note", "a/b", "x"]) | WORDS,
    st.integers()
    | WORDS
    | st.sampled_from(["[x", "y]", "[a, b]", "{", "}"])
    | st.floats(allow_nan=False, allow_infinity=False),
    max_size=4,
)


def switches(lines):
    return any(line.strip().startswith("Negative prompt:") for line in lines)


def bare(text):
    return re.sub(r"[\s,]+", "", text)


@given(TEXT, TEXT, VALUES)
def test_the_webui_reads_every_prompt_back(prompt, negative, parameters):
    found, unwanted, known = webui(infotext(prompt, negative, parameters))
    if switches(prompt.split("\n")):  # the format has no place for it: the line is joined
        assert bare(found) == bare(prompt)
    else:
        assert found == held(prompt)
    if switches(negative.split("\n")[1:]):
        assert bare(unwanted) == bare(negative)
    else:
        assert unwanted == held(negative)
    assert known["App"] == "impasto"


@given(TEXT, TEXT, VALUES)
def test_we_read_our_own_as_the_webui_does(prompt, negative, parameters):
    text = infotext(prompt, negative, parameters)
    found, expected = parse(text), webui(text)
    assert (found.prompt, found.negative_prompt) == expected[:2]
    for key, value in expected[2].items():
        mine = found.parameters[key]
        assert value == (mine[-1] if isinstance(mine, list) else mine)
    assert found.unread == ()


@given(
    st.lists(NASTY | WORDS | st.sampled_from(["Steps: 1", ", ", "a b", ":", '"x, y"']), max_size=12)
)
def test_we_read_any_text_as_the_webui_does(pieces):
    for joint in ("", ", ", "\n"):
        text = joint.join(pieces)
        found = parse(text)
        assert (found.prompt, found.negative_prompt) == webui(text)[:2]


def test_a_long_line_takes_time_in_proportion_to_its_length():
    """The names of parameters are looked for backwards from each colon, never from each letter."""
    seen = 0

    class Line(str):
        __slots__ = ()

        def __getitem__(self, at):
            nonlocal seen
            part = super().__getitem__(at)
            seen += len(part)
            return part

    for text in (
        "a" * 20_000,
        "a:" * 10_000,
        "ab: [" * 5_000,
        "ab: [" * 5_000 + "]" * 5_000,
        "ab: [" + ":" * 20_000,
        'ab: "' * 5_000,
    ):
        seen = 0
        list(scan(Line(text), brackets=True))
        assert seen < 12 * len(text)


@pytest.mark.parametrize("start", ['{"x', '{"a":x', '{"a": [1, {'])
def test_objects_that_are_damaged_are_looked_for_once(start, monkeypatch):
    tried = []
    real = json.JSONDecoder.raw_decode
    monkeypatch.setattr(
        json.JSONDecoder, "raw_decode", lambda *args: tried.append(0) or real(*args)
    )
    found = parse("Steps: 1, Seed: 2, Size: 3x3, " + f"Hashes: {start}, " * 100)
    assert (found.parameters["Seed"], len(tried)) == ("2", 1)


def test_the_guides_request():
    text = infotext(
        "A cute cartoon cat",
        "low quality, blurry",
        {
            "width": 1024,
            "height": 768,
            "num_inference_steps": 50,
            "guidance_scale": 7.5,
            "seed": 42,
        },
    )
    assert text == (
        "A cute cartoon cat\n"
        "Negative prompt: low quality, blurry\n"
        "Steps: 50, CFG scale: 7.5, Seed: 42, Size: 1024x768, App: impasto"
    )


@pytest.mark.parametrize("parameters", [{}, {"seed": 1}, {"seed": 1, "steps": 2}])
def test_the_last_line_of_a_prompt_is_never_taken_for_parameters(parameters):
    prompt = "a sign\nleft: 1, right: 2, middle: 3"
    found, _, known = read(infotext(prompt, "", parameters))
    assert found == prompt
    assert known["App"] == "impasto"
    assert len(known) >= 3


def test_negative_prompt_inside_a_prompt_does_not_switch():
    found, negative, _ = read(infotext("a cat\nNegative prompt: a dog", "real one", {}))
    assert found == "a cat, Negative prompt: a dog"
    assert negative == "real one"
    assert read(infotext("Negative prompt: x", "", {}))[1] == ""


def test_values_are_quoted_only_where_they_must():
    _, _, known = read(
        infotext(
            "x",
            "",
            {"sampler": "DPM++ 2M", "note": 'a, b: "c"', "aspect_ratio": "16:9", "style": None},
        )
    )
    assert known["Sampler"] == "DPM++ 2M"
    assert known["Note"] == 'a, b: "c"'
    assert known["Aspect ratio"] == "16:9"
    assert "Style" not in known
    assert 'Aspect ratio: "16:9"' in infotext("x", "", {"aspect_ratio": "16:9"})


VALUE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30)


@given(VALUE, VALUE, VALUE)
def test_the_reader_gets_every_value_back(one, two, name):
    _, _, known = read(infotext("p", "n", {"first": one, "second": two, name + "!": "third"}))
    assert known["First"] == one
    assert known["Second"] == two
    assert "third" in known.values()
