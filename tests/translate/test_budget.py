"""What text encoders read of a translation, and where the words that fall off were written."""

from __future__ import annotations

import pytest

import impasto
from impasto import token_budget
from impasto.translate.budget import budget, surely_fits

PACK = """\
format: 1
name: film
version: 1.0.0
license: MIT
styles:
  noir:
    text: "{{ prompt }}, hard shadows, wet asphalt, cigarette smoke"
"""


def counts(found):
    return [(r.names, r.count, r.limit, len(r.chunks), r.read) for r in found.readings]


def test_syntax_is_not_counted_where_it_is_syntax():
    plain = token_budget("a red fox, golden light", "sdxl")
    weighed = token_budget("a (red:1.3) fox, ((golden light))", "sdxl")
    assert plain.main.count == weighed.main.count == 6
    assert weighed.main.text == "a red fox, golden light"
    assert impasto.count_tokens("a (red:1.3) fox, ((golden light))").count > 6


def test_every_encoder_has_its_limit():
    assert counts(token_budget("a red fox", "flux-schnell")) == [
        (("clip-l",), 3, 75, 1, 1),
        (("t5-xxl",), 5, 255, 1, 1),
    ]
    assert counts(token_budget("a red fox", "sdxl")) == [(("clip-l", "openclip-bigg"), 3, 75, 1, 1)]
    assert token_budget("a red fox", "dall-e-3").readings == ()
    assert token_budget("a red fox", "dall-e-3").max_characters == 4000


LONG = "a red fox, " * 18 + "deep snow, a frozen lake"


def test_a1111_reads_on_and_a_hosted_pipeline_does_not():
    here = token_budget(LONG, "sdxl").main
    assert (here.count, len(here.chunks), here.lost) == (78, 2, ())
    there = token_budget(LONG, "sdxl", "huggingface").main
    assert [piece.text for piece in there.lost_pieces] == ["a frozen lake"]
    assert there.lost_pieces[0].span.text == "a frozen lake"


def test_the_pooled_encoder_loses_no_words():
    found = token_budget(LONG, "flux-dev")
    assert found.main.names == ("t5-xxl",)
    assert found.main.lost == ()


def test_a_negative_prompt_is_counted_too():
    found = token_budget("a fox", "sdxl", negative="(blurry:1.2), dull")
    assert [reading.text for reading in found.negative] == ["blurry, dull"]
    assert found.main_negative.count == 3
    assert (
        found.main_negative.pieces(found.main_negative.chunks[0])[0].span.file == "negative prompt"
    )


def test_words_are_traced_to_the_file_that_brought_them(tmp_path):
    pack = tmp_path / "film.yaml"
    pack.write_text(PACK)
    from impasto.styles.library import Library

    composed = impasto.compose(
        "fox, " * 2 + "snow and ice " * 23, styles=["film/noir"], library=Library([tmp_path])
    )
    reading = token_budget(composed, "sdxl", "huggingface").main
    (piece,) = reading.lost_pieces
    assert piece.text.endswith("cigarette smoke")
    assert piece.span.file == str(pack)
    assert piece.span.line == 7


def test_words_that_a_dialect_moved_are_still_found():
    text = "fog, tall grass, (red fox:1.4), " + "snow and ice, " * 26
    reading = token_budget(text, "sdxl", "huggingface").main
    assert reading.text.startswith("red fox")
    first = reading.pieces(reading.chunks[0][:2])[0]
    assert (first.text, first.span.text) == ("red fox", "red fox")


def test_a_dialect_stands_for_its_hosts():
    from impasto.cli.targets import in_dialect

    found = budget(in_dialect(impasto.parse("a fox"), "comfyui", None, {}, "auto"))
    assert (found.model, counts(found)) == ("", [(("clip-l",), 2, 75, 1, 1)])
    nothing = budget(in_dialect(impasto.parse("a fox"), "novelai-4", None, {}, "auto"))
    assert nothing.readings == ()


@pytest.mark.parametrize("words", [1, 30, 74, 76, 300])
@pytest.mark.parametrize("word", ["a ", "q,", "x9 ", "é ", "（"])
@pytest.mark.parametrize("target", [("sdxl", "huggingface"), ("flux-schnell", None)])
def test_what_surely_fits_does_fit(words, word, target):
    made = impasto.translate(impasto.read(word * words, "plain"), *target)
    if surely_fits(made):
        assert not budget(made).main or not budget(made).main.lost


def test_the_longest_of_several_prompts_is_counted():
    found = token_budget("fox AND a very red fox", "sdxl").main
    assert found.text.strip() == "a very red fox"
    assert token_budget("[fox:a red fox:0.9]", "sdxl").main.text == "a red fox"
    assert token_budget("a BREAK b", "sdxl").main.count == 2


def test_it_is_data():
    told = token_budget(LONG, "sdxl", "huggingface").to_json()
    (reading,) = told["prompt"]
    assert told["format"] == 1
    assert reading["count"] == sum(chunk["count"] for chunk in reading["chunks"]) == 78
    assert [chunk["read"] for chunk in reading["chunks"]] == [True, False]
    assert reading["lost"][0]["text"] == "a frozen lake"
    assert reading["lost"][0]["span"]["file"] == "prompt"
