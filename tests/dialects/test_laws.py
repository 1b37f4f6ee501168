"""What holds for every dialect: any text is read, nothing is lost without a loss, work is linear."""

import math
import sys
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from effective import near
from impasto import parse
from impasto.dialects import DIALECTS
from impasto.dialects.api import read, write
from impasto.errors import OpenPromptError
from impasto.syntax.runs import flatten
from impasto.syntax.walk import walk_prompt
from impasto.syntax.weights import CANONICAL
from strategies import hostile, weighted

WORDLESS = ("plain", "midjourney-7", "comfyui-plain")
"""They have no weights: words, order or nothing stand for them."""
HALF_STEP = math.log(1.05) / 2 + 1e-6
"""NovelAI 3 has only brackets, of 1.05 each."""


def letters(runs):
    """Every letter and digit with its weight, for spaces and signs may move."""
    return [
        (sign, weight)
        for text, weight in runs
        if (text, weight) != ("BREAK", -1.0)
        for sign in text
        if sign.isalnum()
    ]


def alike(name, ours, theirs):
    """Whether two rows of letters weigh the same, as exactly as the dialect can say it."""
    if name == "midjourney-6":
        ours, theirs = relative(ours), relative(theirs)
    if [sign for sign, _ in ours] != [sign for sign, _ in theirs]:
        return False
    pairs = [(one, two) for (_, one), (_, two) in zip(ours, theirs, strict=True)]
    if name == "novelai-3":
        return all(abs(math.log(a) - math.log(b)) <= HALF_STEP for a, b in pairs if a > 0 < b)
    return all(near(one, two) for one, two in pairs)


def relative(found):
    """Weights as shares of the first one above 0."""
    first = next((weight for _, weight in found if weight > 0), 1.0)
    return [(sign, weight / first) for sign, weight in found]


def heard(name, text, step=1):
    """What the program behind a dialect hears; dynamicprompts leaves brackets to A1111.

    What is recorded of Fooocus comes before it takes its networks out.
    """
    if name == "fooocus" and "<lora:" in text:
        return meant(read(text, name), step)
    return letters(read(text, "a1111" if name == "dynamicprompts" else name).weights(step))


def meant(prompt, step=1):
    return letters(CANONICAL.weights(prompt, step, 20))


@settings(max_examples=50)
@pytest.mark.parametrize("name", DIALECTS)
@given(text=hostile)
def test_any_text_is_read(name, text):
    prompt = read(text, name)
    assert str(prompt) == text
    for node in walk_prompt(prompt):
        assert 0 <= node.start <= node.end <= len(text)
    for found in prompt.diagnostics:
        assert 0 <= found.span.start <= found.span.end <= len(text)
    try:
        weights = [weight for _, _, runs in prompt.schedule() for _, weight in runs]
    except OpenPromptError:
        assume(False)
    if not all(map(math.isfinite, weights)):
        assert "error" in [found.severity for found in prompt.diagnostics]


@settings(max_examples=50)
@pytest.mark.parametrize("name", DIALECTS)
@given(text=weighted)
def test_canonical_prompts_keep_their_weights_or_a_loss_says_so(name, text):
    prompt = parse(text)
    written = write(prompt, name)
    again = read(written.text, name)
    if name in WORDLESS:
        if any(not near(weight, 1) for _, weight in meant(prompt)):
            assert "weight" in [loss.kind for loss in written.losses]
    elif not written.losses:
        assert alike(name, meant(prompt), heard(name, written.text))
        if name != "dynamicprompts":
            assert alike(name, meant(prompt), meant(again))


@settings(max_examples=30)
@pytest.mark.parametrize("name", DIALECTS)
@given(other=st.sampled_from([*DIALECTS]), text=hostile.filter(lambda text: "emb" not in text))
def test_what_one_dialect_means_another_says_or_a_loss_tells(name, other, text):
    """Without embeddings: their names are words for some, and references for others."""
    prompt = read(text, other)
    assume("error" not in [found.severity for found in prompt.diagnostics])
    assume(not name == other == "dynamicprompts")  # written as it stood, whatever reads it then
    try:
        flatten([node for part in prompt.parts for node in part.children], prompt.source)
    except OpenPromptError:
        assume(False)
    written = write(prompt, name)
    again = read(written.text, name)
    if "error" in [found.severity for found in again.diagnostics]:
        assert "error" in [loss.severity for loss in written.losses]
    if not written.losses and name not in WORDLESS:
        for step in (1, 2, 10, 11, 20):
            assert alike(name, meant(prompt, step), heard(name, written.text, step))


UNITS = (
    *("(", ")", "[", "]", "{", "}", ":", "|", "\\", "_", "__", '"', "+", "-", ".", ",", "#", "<"),
    *("(a:", "[a:", "[a|", "{a|", "(a)", "[a]", "{a}", "a,", "a ", "::", "1::a", "a::1 ", "\n"),
    *("(a:1.2) ", "[a:b:0.5]", "<lora:", "<lora:a:1>", " AND ", " BREAK ", "<lora:a:1> AND "),
    *("${", "${a=", "%{", "{2$$", "__a__", " --no ", " --ar ", "a+ ", "(a)+", '("a").and(', "([", ":1"),
    *("<random:a,", "[SEQ:a:", "DEF(", " STYLE(", "(:)", "a. ", "1", "[[a,", "embedding:a ", "\\("),
)  # fmt: skip


def work(action):
    calls = 0

    def note(*_):
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return calls


def heard_at_all(text, name):
    with suppress(OpenPromptError):
        read(text, name).weights()


@pytest.mark.parametrize("name", DIALECTS)
def test_work_grows_with_the_length_only(name):
    for unit in UNITS:
        heard_at_all(unit * 3, name)
        once = work(lambda unit=unit: heard_at_all(unit * 80, name))
        thrice = work(lambda unit=unit: heard_at_all(unit * 240, name))
        assert thrice <= 3.6 * once + 1500, unit


@pytest.mark.parametrize("name", DIALECTS)
def test_depth_is_no_danger(name):
    for opener, closer in ("()", "[]", "{}", ("[a:", ":0.5]"), ("(", ":1.1)"), ("{a|", "}")):
        heard_at_all(opener * 4_000 + "a" + closer * 4_000, name)
