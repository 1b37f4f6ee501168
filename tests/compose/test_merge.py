"""How a prompt and its styles meet: order, weights, folding, conflicts, parameters."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.compose.api import compose
from impasto.compose.merge import fold
from impasto.styles.library import Library
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase, print_phrases, split

PACK = r"""
format: 1
name: t
styles:
  plain: {text: "{{ prompt }}, p1, p2", negative: pn, parameters: {steps: 10, seed: 1}}
  outer: {text: "photo of {{ prompt }}, o1", negative: "on, (dark:1.2)", parameters: {steps: 20}}
  heavy: {text: "({{ prompt }}:1.2), (h1:1.1)"}
  prose: {text: "{{ prompt }}. A photograph. It is old"}
  added: {text: "a1, (a2:1.3)", negative: an}
  more: {text: m1}
  base: {text: "b1", negative: bn, parameters: {steps: 5, guidance_scale: 7.5}}
  derived: {extends: base, text: "{{ prompt }}, d1", parameters: {steps: 6}}
  scaled: {extends: ["base:0.5", added], text: "{{ prompt }}, s1"}
  grouped: {text: "{{ prompt }}, (g1, g2:1.2), [g3]"}
  timed: {text: "[{{ prompt }}:later, much:0.5]"}
  broken: {text: "{{ prompt }} BREAK z"}
  nothing: {text: ""}
  quality: {text: "{{ prompt }}, masterpiece, best_quality", negative: "Blurry, low quality"}
  sized:
    text: base text
    negative: base negative
    parameters: {width: 1, steps: 1, cfg: 1, seed: 1}
    variants:
      tags: {text: tags text, parameters: {steps: 2, cfg: 2, seed: 2}}
      sdxl: {parameters: {cfg: 3, seed: 3}, negative: ""}
      stable-diffusion-xl: {text: own text, parameters: {seed: 4}}
      prose: {text: "{{ prompt }}. Prose", negative: ""}
  loose: {text: "photo of {{ prompt }} . Dark, l1"}
  number: {text: "{{ prompt }} .5 mm"}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    (folder / "t.yaml").write_text(PACK, encoding="utf-8")
    return Library((folder,), builtin=False)


@pytest.mark.parametrize(
    ("prompt", "styles", "text"),
    [
        ("fox", [], "fox"),
        ("fox, snow", ["plain"], "fox, snow, p1, p2"),
        # the stop behind a slot stands once, and close
        ("fox", ["loose"], "photo of fox. Dark, l1"),
        ("A fox.", ["loose"], "photo of A fox. Dark, l1"),
        ("a fox?", ["loose"], "photo of a fox? Dark, l1"),
        ("(fox:1.2)", ["loose:0.5"], "(photo of:0.5) (fox:1.2)(. Dark:0.5), (l1:0.5)"),
        ("fox", ["number"], "fox .5 mm"),
        # styles with a slot nest, the first innermost
        ("fox", ["plain", "outer"], "photo of fox, p1, p2, o1"),
        ("fox", ["outer", "plain"], "photo of fox, o1, p1, p2"),
        ("fox, snow", ["heavy", "outer"], "photo of (fox:1.2), (snow:1.2), (h1:1.1), o1"),
        ("(fox:1.5)", ["heavy"], "(fox:1.8), (h1:1.1)"),
        # those without append, in order, after the base of extends
        ("fox", ["added", "plain", "more"], "fox, p1, p2, a1, (a2:1.3), m1"),
        ("fox", ["derived", "more"], "fox, d1, b1, m1"),
        ("fox", ["scaled"], "fox, s1, (b1:0.5), a1, (a2:1.3)"),
        # a weight scales the style's own words, never the slot
        ("(fox:1.2)", ["plain:0.7"], "(fox:1.2), (p1:0.7), (p2:0.7)"),
        ("fox", ["heavy:0.5"], "(fox:1.2), (h1:0.55)"),
        ("fox", ["outer:0.5"], "(photo of:0.5) fox, (o1:0.5)"),
        ("fox", ["added:2"], "fox, (a1:2), (a2:2.6)"),
        ("fox", ["derived:0.5"], "fox, (d1:0.5), (b1:0.5)"),
        ("fox", ["scaled:0.5"], "fox, (s1:0.5), (b1:0.25), (a1:0.5), (a2:0.65)"),
        # a group with commas gives its weight to each phrase
        ("fox", ["grouped"], "fox, (g1:1.2), (g2:1.2), (g3:0.909091)"),
        ("(fox, snow:1.2), [a, b]", [], "(fox:1.2), (snow:1.2), (a:0.909091), (b:0.909091)"),
        ("((a, b:1.2), c:1.5)", [], "(a:1.8), (b:1.8), (c:1.5)"),
        # prose
        ("A fox in snow.", ["prose"], "A fox in snow. A photograph. It is old"),
        ("A fox in snow!", ["prose"], "A fox in snow! A photograph. It is old"),
        ("A fox in snow...", ["prose"], "A fox in snow... A photograph. It is old"),
        ("A fox (in snow.:1.2)", ["prose"], "A fox (in snow:1.2). A photograph. It is old"),
        ("A fox <lora:x:1>", ["prose"], "A fox <lora:x:1>. A photograph. It is old"),
        # an empty prompt
        ("", ["plain"], "p1, p2"),
        ("", ["outer"], "photo of, o1"),
        ("", ["heavy"], "(h1:1.1)"),
        ("", ["prose"], "A photograph. It is old"),
        ("", ["nothing"], ""),
        ("fox", ["nothing"], "fox"),
        # BREAK and AND
        ("fox BREAK snow", ["plain"], "fox BREAK snow, p1, p2"),
        ("fox BREAK snow", ["outer"], "photo of fox BREAK snow, o1"),
        ("a BREAK b BREAK a", ["plain"], "a BREAK b BREAK p1, p2"),
        ("fox AND snow:0.5", ["plain"], "fox, p1, p2 AND snow, p1, p2:0.5"),
        ("fox:0.7 AND snow", ["added"], "fox, a1, (a2:1.3):0.7 AND snow, a1, (a2:1.3)"),
        ("fox", ["broken"], "fox BREAK z"),
        ("break", ["broken"], "break BREAK z"),
        # inside a schedule commas part nothing
        ("a, (b:1.2)", ["timed"], "[a, (b:1.2):later, much:0.5]"),
        ("16:9", ["timed"], r"[16\:9:later, much:0.5]"),
    ],
)
def test_a_prompt_in_its_styles(prompt, styles, text, library):
    found = compose(prompt, styles=[f"t/{style}" for style in styles], library=library)
    assert found.text == text
    assert str(found.prompt) == text


def test_a_schedule_keeps_its_meaning_in_a_style(library):
    found = compose("a, (b:1.2)", styles=["t/timed"], library=library)
    assert found.prompt.schedule(20) == [
        (1.0, 10, [("a, ", 1.0), ("b", 1.2)]),
        (1.0, 20, [("later, much", 1.0)]),
    ]


@pytest.mark.parametrize(
    ("negative", "styles", "text"),
    [
        (None, ["plain", "outer"], "pn, on, (dark:1.2)"),
        ("hands", ["plain"], "hands, pn"),
        (None, ["outer:0.5"], "(on:0.5), (dark:0.6)"),
        (None, ["derived"], "bn"),
        ("a, ON", ["outer"], "a, ON, (dark:1.2)"),
        ("dark", ["outer"], "(dark:1.2), on"),
        ("a AND b", [], "a, b"),
    ],
)
def test_the_negative_prompt(negative, styles, text, library):
    found = compose("fox", negative=negative, styles=[f"t/{s}" for s in styles], library=library)
    assert str(found.negative_prompt) == text


# Folding


def phrases(text):
    prompt = parse(text)
    return split(prompt.parts[0].children, prompt.source)


@pytest.mark.parametrize(
    ("text", "folded", "reported"),
    [
        ("a, b, a", "a, b", [("a", 1.0)]),
        ("a, Blue_Sky, blue  sky", "a, Blue_Sky", [("blue sky", 1.0)]),
        ("a, (A:1.3)", "(A:1.3)", [("a", 1.0)]),
        ("(a:1.3), a", "(a:1.3)", [("a", 1.0)]),
        ("(a:0.5), (a:1.3)", "(a:0.5)", [("a", 1.3)]),
        ("(a:1.3), (a:0.5)", "(a:0.5)", [("a", 1.3)]),
        ("(a:1.2), b, (a:1.4), (a:1.3)", "(a:1.4), b", [("a", 1.2), ("a", 1.3)]),
        ("a, (a:0)", "(a:0)", [("a", 1.0)]),
        ("a (b:1.2), a (b:1.5)", "a (b:1.5)", [("a b", 1.2)]),
        ("a BREAK a BREAK b", "a BREAK BREAK b", [("a", 1.0)]),
        ("[a:b:0.5], [a:b:0.5], a", "[a:b:0.5], a", [("[a:b:0.5]", 1.0)]),
        ("<lora:x:1>, <lora:x:1>, <lora:x:0.5>", "<lora:x:1>, <lora:x:0.5>", [("<lora:x:1>", 1.0)]),
    ],
)
def test_equal_phrases_become_one(text, folded, reported):
    found, folds = fold(phrases(text))
    assert print_phrases(found) == folded
    assert [(f.dropped.text, f.dropped.weight) for f in folds] == reported
    assert all(f.kept in found for f in folds)


WORDS = st.sampled_from(["a", "A", "blue sky", "blue_sky", "Blue  sky", "b", "c d", "été"])
WEIGHTS = st.sampled_from([1, 1.2, 0.8, 1.5, 0.5, 1 / 1.5, 0, -1])
LISTS = st.lists(st.tuples(WORDS, WEIGHTS), max_size=12)


def made(pairs):
    return tuple(p for word, weight in pairs for p in phrases(f"({word}:{weight})"))


@given(LISTS)
def test_folding_twice_is_folding_once(pairs):
    found, folds = fold(made(pairs))
    assert fold(found) == (found, ())
    assert len(found) + len(folds) == len(pairs)


@given(LISTS)
def test_folding_keeps_the_first_place_and_the_strongest_weight(pairs):
    whole = made(pairs)
    found, _ = fold(whole)
    assert [p.key for p in found] == list(dict.fromkeys(p.key for p in whole))
    for phrase in found:
        weights = [p.weight for p in whole if p.key == phrase.key]
        assert strength(phrase.weight) == max(map(strength, weights))


def strength(weight):
    return abs(math.log(weight)) if weight > 0 else math.inf


def test_what_folds_is_reported_with_both_places(library):
    found = compose("fox, (BEST quality:1.3)", styles=["t/quality"], library=library)
    assert found.text == "fox, (BEST quality:1.3), masterpiece"
    [note] = found.diagnostics
    assert (note.code, note.severity) == ("IMP301", "info")
    assert "t.yaml:18" in f"{note.span}"
    assert "prompt:1:7" in note.hint


def test_a_value_folds_with_a_phrase_of_a_style(library):
    found = compose(
        "fox, {{ v }}",
        values={"v": "Best_Quality"},
        template=True,
        styles=["t/quality"],
        library=library,
    )
    assert found.text == "fox, Best_Quality, masterpiece"


def test_a_phrase_that_is_wanted_and_unwanted_is_reported(library):
    found = compose("fox, blurry", styles=["t/quality"], library=library)
    [note] = found.diagnostics
    assert (note.code, note.severity) == ("IMP302", "warning")
    assert '"Blurry" is wanted and unwanted' in note.message
    assert note.span.text == "Blurry"
    assert "prompt:1:6" in note.hint
    assert not compose("a BREAK b", negative="c BREAK d").diagnostics


# The same style twice


def test_a_style_that_is_there_twice_counts_once(library):
    found = compose("fox", styles=["t/outer", "t/outer"], library=library)
    assert found.text == "photo of fox, o1"
    assert not found.diagnostics
    found = compose("fox", styles=["t/derived", "t/base"], library=library)
    assert found.text == "fox, d1, b1"


def test_the_stronger_weight_of_two_stays_and_is_reported(library):
    found = compose("fox", styles=["t/derived", "t/base:0.5"], library=library)
    assert found.text == "fox, d1, (b1:0.5)"
    assert str(found.negative_prompt) == "(bn:0.5)"
    [note] = found.diagnostics
    assert note.rule == "repeated-style"
    assert "t/base is there twice; weight 0.5 stays, 1 does not count" in note.message


# Parameters


@pytest.mark.parametrize(
    ("model", "text", "negative", "expected"),
    [
        (None, "fox, base text", "base negative", (1, 1, 1)),
        ("stable-diffusion-xl", "fox, own text", "", (2, 3, 4)),
        ("flux-dev", "fox. Prose", "", (1, 1, 1)),
        ("midjourney-v6", "fox, base text", "base negative", (1, 1, 1)),
    ],
)
def test_the_special_wins_over_the_general(model, text, negative, expected, library):
    found = compose("fox", styles=["t/sized"], library=library, model=model)
    assert found.text == text
    assert str(found.negative_prompt) == negative
    steps, guidance, seed = expected
    assert found.parameters == {
        "width": 1, "num_inference_steps": steps, "guidance_scale": guidance, "seed": seed,
    }  # fmt: skip


def test_later_styles_the_file_and_the_call_win(library, tmp_path):
    path = tmp_path / "a.prompt"
    path.write_text(
        "---\nstyles: [t/plain, t/outer]\nparameters: {seed: 7, n: 2}\n---\nfox", encoding="utf-8"
    )
    found = compose(path, parameters={"n": 3, "cfg": 5}, library=library)
    assert found.parameters == {
        "num_inference_steps": 20, "seed": 7, "n": 3, "guidance_scale": 5,
    }  # fmt: skip
    [note] = found.diagnostics
    assert (note.code, note.parameter) == ("IMP303", "num_inference_steps")
    assert note.message == "t/outer replaces num_inference_steps 10 of t/plain"


def test_what_the_call_sets_is_no_finding(library):
    found = compose("fox", styles=["t/plain", "t/outer"], parameters={"steps": 30}, library=library)
    assert found.parameters["num_inference_steps"] == 30
    assert not found.diagnostics


def test_a_style_may_replace_what_its_own_base_sets(library):
    found = compose("fox", styles=["t/derived"], library=library)
    assert found.parameters == {"num_inference_steps": 6, "guidance_scale": 7.5}
    assert not found.diagnostics


def test_phrases_know_what_they_say():
    [phrase] = phrases("a (b:1.5) [c]")
    assert isinstance(phrase, Phrase)
    assert (phrase.text, phrase.weight, phrase.key) == ("a b c", 1.5, "a b c")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"aspect_ratio": "4:5"}),
        ({"size": "1024x768"}, {"width": 1024, "height": 768}),
        ({"ar": "16:9"}, {"aspect_ratio": "16:9"}),
    ],
)
def test_a_size_that_is_asked_for_replaces_the_ratio_of_a_style(parameters, expected):
    found = compose("fox", styles=["photorealistic/portrait"], parameters=parameters)
    assert found.parameters == expected


def test_a_size_replaces_a_ratio_among_styles_and_in_the_call_too(library, tmp_path):
    (tmp_path / "s.yaml").write_text(
        "format: 1\nname: s\nstyles:\n  big: {parameters: {size: 64x64}}\n  wide: {parameters: {ar: 16:9}}",
        encoding="utf-8",
    )
    sizes = Library((tmp_path,), builtin=False)
    found = compose("fox", styles=["s/wide", "s/big"], library=sizes)
    assert found.parameters == {"width": 64, "height": 64}
    [note] = found.diagnostics
    assert note.message == "s/big replaces aspect_ratio 16:9 of s/wide"
    path = tmp_path / "a.prompt"
    path.write_text("---\nparameters: {size: 64x64}\n---\nfox", encoding="utf-8")
    assert compose(path, parameters={"ar": "1:1"}).parameters == {"aspect_ratio": "1:1"}
