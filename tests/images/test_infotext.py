import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.images.infotext import infotext

# The reader of AUTOMATIC1111 as its grammar describes it: the last line holds parameters if it
# has at least three; a line that starts with "Negative prompt:" switches.
PAIR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


def read(text):
    *lines, last = text.strip().split("\n")
    pairs = PAIR.findall(last)
    if len(pairs) < 3:
        lines.append(last)
        pairs = []
    texts = {False: [], True: []}
    negative = False
    for line in map(str.strip, lines):
        negative = negative or line.startswith("Negative prompt:")
        texts[negative].append(line.removeprefix("Negative prompt:").strip())
    known = {key: json.loads(v) if v.startswith('"') else v for key, v in pairs}
    return "\n".join(texts[False]), "\n".join(texts[True]), known


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
