"""The rules of docs/composition.md that styles meet by, one test for each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.compose.api import compose
from impasto.compose.merge import fold
from impasto.styles.library import Library
from impasto.syntax.parser import parse
from impasto.syntax.phrases import folded, split

PACK = r"""
format: 1
name: r
styles:
  one: {text: "one of {{ prompt }}, 1", negative: n1, parameters: {steps: 1}}
  two: {text: "two of {{ prompt }}, 2", negative: n2, parameters: {steps: 2}}
  first: {order: -5, text: "first of {{ prompt }}", negative: nf, parameters: {steps: 3}}
  last: {order: 10, text: "last of {{ prompt }}", negative: nl, parameters: {steps: 4}}
  light: {text: light}
  glow: {order: 10, text: glow}
  base-late: {order: 10, text: "{{ prompt }}, b", parameters: {steps: 5}}
  early-child: {extends: base-late, text: "{{ prompt }}, c", parameters: {steps: 6}}
  soft: {weight: 0.5, text: "{{ prompt }}, soft", negative: hard}
  softer: {weight: 0.5, extends: [soft, "light:2"], text: "{{ prompt }}, softer"}
  no-slot: {text: "alone", variants: {prose: {text: "{{ prompt }}. It is alone"}}}
  close: {text: "{{ prompt }}, close-up, (Café_Light:1.3)", negative: "low-key"}
  clash: {text: "{{ prompt }}, Low Key"}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    (folder / "r.yaml").write_text(PACK, encoding="utf-8")
    return Library((folder,), builtin=False)


@pytest.mark.parametrize(
    ("styles", "text", "negative"),
    [
        # as they are mentioned, the first innermost
        ("one two", "two of one of fox, 1, 2", "n1, n2"),
        ("two one", "one of two of fox, 2, 1", "n2, n1"),
        # by their order before that
        ("one first", "one of first of fox, 1", "nf, n1"),
        ("last one", "last of one of fox, 1", "n1, nl"),
        ("last one first", "last of one of first of fox, 1", "nf, n1, nl"),
        # styles without a slot follow, however they are ordered
        ("light one", "one of fox, 1, light", "n1"),
        ("glow light one", "one of fox, 1, light, glow", "n1"),
        # bases have an order of their own
        ("early-child", "fox, c, b", ""),
        ("early-child one", "one of fox, c, 1, b", "n1"),
        # a style's own weight, unless another is given
        ("soft", "fox, (soft:0.5)", "(hard:0.5)"),
        ("soft:1", "fox, soft", "hard"),
        ("soft:0.8", "fox, (soft:0.8)", "(hard:0.8)"),
        ("softer", "fox, (soft:0.25), (softer:0.5), light", "(hard:0.25)"),
        ("softer:1", "fox, (soft:0.5), softer, (light:2)", "(hard:0.5)"),
        # no slot: behind the prompt
        ("no-slot", "fox, alone", ""),
    ],
)
def test_order_and_weights(styles, text, negative, library):
    found = compose("fox", styles=styles.split(), library=library)
    assert (found.text, str(found.negative_prompt)) == (text, negative)


@pytest.mark.parametrize(
    ("styles", "steps", "told"),
    [
        ("one two", 2, ["r/two replaces num_inference_steps 1 of r/one"]),
        # the one that is mentioned later, whatever the order of its words
        ("one first", 3, ["r/first replaces num_inference_steps 1 of r/one"]),
        ("last one", 1, ["r/one replaces num_inference_steps 4 of r/last"]),
        # a style over its bases, which is no finding
        ("early-child", 6, []),
    ],
)
def test_parameters_go_by_mention(styles, steps, told, library):
    found = compose("fox", styles=styles.split(), library=library)
    assert found.parameters == {"num_inference_steps": steps}
    assert [d.message for d in found.diagnostics if d.code == "IMP303"] == told


def test_the_slot_may_be_in_one_variant_and_not_in_another(library):
    found = compose("fox", styles=["no-slot", "one"], library=library)
    assert found.text == "one of fox, 1, alone"
    found = compose("fox", styles=["no-slot", "one"], library=library, model="flux-dev")
    assert found.text == "one of fox. It is alone, 1"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Close-Up", "close up"),
        ("black_and_white", "black-and-white"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "CAFÉ"),
        ("ｆｏｘ", "fox"),
        ("STRASSE", "straße"),
        ("well‐lit", "well-lit"),
        ("a  b\n c", "a b c"),
    ],
)
def test_spellings_of_one_phrase(first, second):
    assert folded(first) == folded(second)
    found = compose(f"{first}, fox hunt, ({second}:1.2)")
    assert [d.code for d in found.diagnostics] == ["IMP301"]
    assert len(found.parts[0].phrases) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [("f-16", "f 16"), ("-1 stop", "1 stop"), ("ice cream", "icecream"), ("gray", "grey"),
     ("cafe", "café"), ("_", "-"), ("^_^", "^ ^ ^")],
)  # fmt: skip
def test_what_is_not_one_phrase(first, second):
    assert folded(first) != folded(second)


def test_spellings_fold_and_clash_across_styles(library):
    found = compose("fox, Close Up, café light", styles=["close"], library=library)
    assert found.text == "fox, Close Up, (Café_Light:1.3)"
    assert [d.code for d in found.diagnostics] == ["IMP301", "IMP301"]
    found = compose("fox", styles=["close", "clash"], library=library)
    [clash] = found.diagnostics
    assert (clash.code, clash.message) == ("IMP302", '"low-key" is wanted and unwanted at once')


WORDS = st.sampled_from(["a", "A", "a-b", "a b", "A_B", "é", "e\u0301", "fox", "(a)", "(a-b:0.5)"])
STYLES = st.lists(
    st.sampled_from(
        ["one", "two:0.7", "first", "last", "light", "glow:1.4", "early-child", "soft"]
    ),
    max_size=5,
)


@given(st.lists(WORDS, min_size=1, max_size=6), STYLES)
@settings(deadline=None, max_examples=60)
def test_composing_is_deterministic(library, words, styles):
    prompt = ", ".join(words)
    again = Library(library._folders, builtin=False)
    made = [
        compose(prompt, styles=styles, negative="a, hard", library=lib)
        for lib in (library, library, again)
    ]
    assert len({(m.text, str(m.negative_prompt), str(m.parameters)) for m in made}) == 1
    assert len({tuple(str(d) for d in m.diagnostics) for m in made}) == 1


@given(STYLES)
@settings(deadline=None, max_examples=60)
def test_order_alone_moves_words(library, styles):
    """Styles of different order may be mentioned in any order."""
    orders = {"first": -5, "one": 0, "last": 10}
    chosen = list(dict.fromkeys(s for s in styles if s in orders))
    texts = {compose("fox", styles=named, library=library).text for named in (chosen, chosen[::-1])}
    assert len(texts) == 1


@given(st.lists(WORDS, max_size=10))
def test_folding_is_idempotent_and_keeps_the_order(words):
    prompt = parse(", ".join(words))
    phrases = split(prompt.parts[0].children, prompt.source)
    found, folds = fold(phrases)
    assert fold(found) == (found, ())
    assert [p.key for p in found] == list(dict.fromkeys(p.key for p in phrases))
    assert len(found) + len(folds) == len(phrases)
