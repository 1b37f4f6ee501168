"""Plain words: the golden outputs, and what holds for every text."""

import pathlib
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.dialects import dialect
from impasto.dialects.base import in_phrases, whole
from impasto.dialects.plain import Plain
from impasto.dialects.plain.quotes import Quotes
from impasto.dialects.plain.words import LEVELS, is_neutral
from impasto.dialects.settle import STEPS
from impasto.errors import PromptSyntaxError
from impasto.syntax.parser import parse

CASES = yaml.safe_load(
    (pathlib.Path(__file__).parent / "cases" / "plain.yaml").read_text(encoding="utf-8")
)
TABLE = pathlib.Path(__file__).parents[2] / "docs" / "words.md"
SOUP = (
    "a~the ~red fox~ , ~,~. ~! ~ ~(~)~:1.2)~:0.5)~:-1)~:0)~[~]~[a:b:0.5]~[x|y|z]~ BREAK ~ AND "
    '~ AND b:0.7~<lora:x:1>~with ~in the rain~standing~"~;~A Knight~rides~and ~深~an old'
)
PIECES = st.sampled_from(SOUP.split("~"))


def write(text, negative="", *, emphasis="auto", keep=True):
    script = in_phrases(parse(text), parse(negative) if negative else None)
    return Plain().write(script._replace(emphasis=emphasis, keep_negative=keep))


def kinds(written):
    return [
        loss.kind if loss.severity == "info" else f"{loss.kind} {loss.severity}"
        for loss in written.losses
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["prompt"][:60] for case in CASES])
def test_golden(case):
    written = write(
        case["prompt"],
        case.get("negative", ""),
        emphasis=case.get("emphasis", "auto"),
        keep=case.get("keep_negative", True),
    )
    assert written.text == case["text"]
    assert written.negative == case.get("negative_text", "")
    assert kinds(written) == case.get("losses", [])


def test_there_are_sixty_goldens():
    assert len(CASES) >= 60


def test_it_is_the_dialect_plain():
    assert dialect("plain").write(in_phrases(parse("a (b:1.0)"))).text == "a b"


def test_a_loss_says_where_what_and_what_was_done():
    (loss,) = write("a knight with (red hair:1.3) in the rain").losses
    assert (loss.kind, loss.severity, loss.text) == ("weight", "info", "red hair")
    assert loss.span.text == "red hair"
    assert loss.instead == 'said as "striking red hair"'
    assert loss.hint


def test_moving_is_told():
    written = write("cat, (dog:1.3), [bird], fish")
    assert written.text == "dog, cat, fish, bird"
    assert [loss.instead for loss in written.losses] == ["moved to the front", "moved to the end"]


def test_a_negative_prompt_without_a_field_is_one_loss_with_advice():
    written = write("a beach", "people, (blurry:1.2), text", keep=False)
    (loss,) = written.losses
    assert written.negative == ""
    assert loss.kind == "negative"
    assert loss.severity == "warning"
    assert loss.text == "people, blurry, text"
    assert '"sharp focus" for "blurry"' in loss.hint


@pytest.mark.parametrize(
    ("text", "shown", "steps"),
    [
        ("[a:b:0.6]", "a", 12),
        ("[a:b:0.5]", "b", 10),
        ("[a:b:15]", "a", 15),
        ("[a:b:999999999999]", "a", 20),
        ("[a:b:0]", "b", 20),
        ("[a|b]", "b", 10),
        ("[a|b|c]", "b", 7),
        ("[a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v]", "t", 1),
        ("[a:[b:c:0.9]:0.25]", "b", 15),
        ("[[a|b]:c:0.75]", "a", 15),
    ],
)
def test_what_is_there_for_most_steps(text, shown, steps):
    written = write(text)
    assert written.text == shown
    assert f"for {steps} of {STEPS} steps" in written.losses[0].instead


def test_a_prompt_that_keeps_its_text_says_weights_as_well():
    script = whole(parse("a fox in the snow,\n(red scarf:1.3)"))
    assert Plain().write(script).text == "a fox in the snow, striking red scarf"


def test_a_phrase_is_written_alike_again():
    script = in_phrases(parse("a (red fox:1.3), [a:b:0.5], rain"))
    assert Plain().write(script) == Plain().write(script)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000 + "a" + "]" * 100_000,
        "[" * 20_000 + "a" + ":b:0.5]" * 20_000,
        "(" * 20_000 + "red" + ":1.01)" * 20_000,
        "." * 200_000 + "a, (b:1.2)",
        "a " + "(red hair:1.3) and " * 5_000,
        "a, " * 20_000 + "(b:1.3), " * 20_000,
        "a" * 200_000 + ", (" + "-" * 100_000 + "b:1.2)",
    ],
    ids=["nested", "schedules", "weights", "stops", "inside", "list", "long"],
)
def test_any_depth_and_length(text):
    assert write(text).text


def test_table_in_the_docs_is_the_table_in_use():
    rows = [
        [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d", line)
    ]
    assert [tuple(row[1:]) for row in rows] == [tuple(level[1:]) for level in LEVELS]


def parsed(pieces):
    try:
        return parse("".join(pieces))
    except PromptSyntaxError:
        return None


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=4), st.booleans())
@pytest.mark.parametrize("emphasis", ["auto", "words", "order", "drop"])
def test_no_syntax_and_no_litter_reaches_the_text(emphasis, pieces, negative, keep):
    prompt, unwanted = parsed(pieces), parsed(negative)
    if prompt is None or unwanted is None:
        return
    script = in_phrases(prompt, unwanted)._replace(emphasis=emphasis, keep_negative=keep)
    written = Plain().write(script)
    for text in (written.text, written.negative):
        assert text == text.strip()
        assert not re.search(r"[()\[\]<>|]|  |,,|, ,|\A,|\bBREAK\b|\bAND\b", text)
    for loss in written.losses:
        assert loss.span is not None
        assert loss.instead
        assert loss.hint


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12))
def test_dropping_weights_leaves_the_words_and_their_order(pieces):
    prompt = parsed(pieces)
    if prompt is None or any(w <= 0 for _, w in prompt.weights()) or "[" in prompt.text:
        return
    if len(prompt.parts) > 1 or "<" in prompt.text:
        return
    written = Plain().write(in_phrases(prompt)._replace(emphasis="drop"))
    said = "".join(text for text, _ in prompt.weights() if text != "BREAK")
    assert re.findall(r"\w+", written.text) == re.findall(r"\w+", said) or "BREAK" in prompt.text
    loud = [w for text, w in prompt.weights() if w != 1 and re.search(r"\w", text)]
    assert bool(loud) == any(loss.kind == "weight" for loss in written.losses)


@given(st.floats(0.01, 3), st.sampled_from(["red hair", "a red fox", "wet", "in the rain"]))
def test_every_weight_beyond_five_percent_is_said(weight, text):
    written = write(f"a lamp stands near a house, ({text}:{weight:.3f})")
    rounded = float(f"{weight:.3f}")
    unchanged = written.text == f"a lamp stands near a house, {text}"
    assert unchanged == is_neutral(rounded)
    assert len(written.losses) == (rounded != 1)


@given(st.lists(st.text("ab'‘’“”\" .,!", max_size=4), max_size=8))
def test_a_quotation_is_open_wherever_the_text_was_cut(bits):
    quotes, whole = Quotes(), Quotes()
    for bit in bits:
        quotes.add(bit)
    whole.add("".join(bits))
    assert quotes.is_open == whole.is_open


@pytest.mark.parametrize(
    ("text", "is_open"),
    [("a", False), ("“a", True), ("“a”", False), ('say "a', True), ("don't", False), ("‘a b’ “", False)],
)  # fmt: skip
def test_in_an_open_quotation_nothing_is_said(text, is_open):
    quotes = Quotes()
    quotes.add(text)
    assert quotes.is_open == is_open
