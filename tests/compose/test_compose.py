"""`compose`: the same in, the same out, and nothing left behind."""

import gc
import tracemalloc

import pytest

import impasto
from impasto.errors import OpenPromptError, PromptSyntaxError, UnknownNameError

STYLES = ("photorealistic/portrait", "mixins/film-grain:0.7")
TEMPLATE = "portrait of {{ who }}, ({{ mood }}:1.2), {% for t in tags %}{{ t }}, {% endfor %}end"


def made(number, model="stable-diffusion-xl"):
    values = {
        "who": f"person {number} (old)",
        "mood": f"mood: {number}",
        "tags": ["a", f"t{number}"],
    }
    found = impasto.compose(TEMPLATE, values=values, styles=STYLES, template=True, model=model)
    return found, impasto.translate(found)


def test_the_same_in_gives_the_same_out():
    first = [made(n)[1].to_json() for n in range(20)]
    assert first == [made(n)[1].to_json() for n in range(20)]


def traced_after(count):
    for number in range(count):
        made(number)
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_twenty_thousand_compositions_need_no_more_memory_than_two_hundred():
    for number in range(300):
        made(number)
    tracemalloc.start()
    before = traced_after(200)
    between = traced_after(1000)
    tracemalloc.stop()
    assert between - before < 100_000
    objects = len(gc.get_objects())
    for number in range(20_000):
        made(number)
    gc.collect()
    assert len(gc.get_objects()) - objects < 500


@pytest.mark.parametrize(
    "template",
    [
        "({{ x }}:1.2), fox",
        "(fox:{{ w }}), {{ x }}",
        "<lora:{{ x }}:0.8>, fox",
        "{{ x|prompt }}, fox",
    ],
)
def test_values_are_not_remembered(template):
    def run(count):
        for number in range(count):
            values = {"x": f"value {number}", "w": 1 + number / 1000}
            used = {name: value for name, value in values.items() if name in template}
            impasto.compose(template, values=used, template=True)

    run(400)
    gc.collect()
    tracemalloc.start()
    run(400)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    run(1200)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 200_000


def test_a_composition_prints_as_its_prompt():
    found = impasto.compose("(a, b:1.2)  c", negative="d")
    assert str(found) == found.text == "(a:1.2), (b:1.2) c"
    assert repr(found) == "Composition('(a:1.2), (b:1.2) c')"
    assert str(found.negative_prompt) == "d"
    assert impasto.compose(found.prompt).text == found.text


def test_what_was_asked_for_is_kept():
    found = impasto.compose("a {b|c}", styles=["mixins/film-grain"], seed=3, model="sdxl")
    assert found.styles == ("mixins/film-grain",)
    assert found.seed == 3
    assert found.target.id == "stable-diffusion-xl"


def test_fragments_as_json():
    found = impasto.compose("(fox:1.2)", negative="blurry")
    assert [fragment.to_json() for fragment in found.fragments] == [
        {
            "text": "fox", "weight": 1.2, "role": "prompt",
            "span": {"file": "prompt", "line": 1, "column": 2, "end_line": 1, "end_column": 5,
                     "offset": 1, "length": 3},
        },
        {
            "text": "blurry", "weight": 1.0, "role": "negative prompt",
            "span": {"file": "negative prompt", "line": 1, "column": 1, "end_line": 1,
                     "end_column": 7, "offset": 0, "length": 6},
        },
    ]  # fmt: skip


def test_a_text_is_a_template_only_when_it_is_said_to_be_one():
    assert impasto.compose("100% {{ x }}", values={"x": "fox"}, template=True).text == "100% fox"
    with pytest.raises(OpenPromptError, match=r"seed=…, --seed …"):
        impasto.compose("{{ x }}")
    assert impasto.compose("{{ x }}", seed=1).text == "x"


def test_a_file_can_be_read_as_a_plain_prompt(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("fox {% not jinja %}", encoding="utf-8")
    assert impasto.compose(path, template=False, seed=0).text == "fox % not jinja %"


def test_errors_of_the_parts():
    with pytest.raises(PromptSyntaxError, match="prompt:1:1"):
        impasto.compose("(fox")
    with pytest.raises(PromptSyntaxError, match="negative prompt:1:1"):
        impasto.compose("fox", negative="(a")
    with pytest.raises(UnknownNameError, match="style"):
        impasto.compose("fox", styles=["nothing-like-it"])
    with pytest.raises(impasto.SourceError, match="ratio"):
        impasto.compose("fox", parameters={"ar": "wide"})


def test_a_negative_template_takes_values_too():
    found = impasto.compose(
        "fox, {{ a }}", negative="{{ a }} {{ b }}", values={"a": "(x:2)", "b": "y"}, template=True
    )
    assert str(found.negative_prompt) == r"\(x\:2\) y"


def test_the_same_text_as_prompt_and_as_negative_keeps_its_names():
    found = impasto.compose("a {{ x }}", negative="a {{ x }}", values={"x": "b"}, template=True)
    assert [str(f.span) for f in found.fragments] == ["template:1:1", "negative prompt:1:1"]
