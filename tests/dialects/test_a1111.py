"""What stable-diffusion-xl hears, read back by a reader that is not ours."""

import gzip
import json
import pathlib

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import impasto
from dialects.a1111_reader import pipeline
from impasto.errors import OpenPromptError, PromptSyntaxError

ORACLES = pathlib.Path(__file__).parent / "oracles" / "a1111_pipeline.jsonl.gz"
# Words and signs that mean something somewhere: here they are text.
WORDS = (
    *("red fox", "a", "C++", "16:9", "re:zero", "(x)", "x|y", "1.5", "at 5:30", "\\", ":)", "ünï"),
    *("，", "[q]", "a,b", "::", "{z}", "_", "__w__", "$5", "100%", "9", "a:1", "BREAKFAST"),
)
BREAK = "BREAK"
LOSSY = ("<3", "#1", "AND", "BREAK", "<b:c>", "a # b", "x AND y:3")


def cases():
    with gzip.open(ORACLES, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [case for case in found if not case.get("error")]


def close(a, b):
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= 1e-4 * max(1, abs(b))


def test_the_reader_of_these_tests_answers_as_the_real_parser_does():
    wrong = [c["input"] for c in cases() if not close(pipeline(c["input"]), c["output"])]
    assert not wrong


# What is compared: texts and weights, but not the spaces at the ends of a part and around BREAK.


def settled(schedule):
    return [(weight, until, settled_runs(runs)) for weight, until, runs in schedule]


def settled_runs(runs):
    signs = [
        (sign, round(weight, 5))
        for text, weight in runs
        for sign in ([BREAK] if (text, weight) == (BREAK, -1) else text)
    ]
    signs = _trimmed(_trimmed(signs)[::-1])[::-1]
    found = []
    for sign, weight in signs:
        if found and sign != BREAK != found[-1][0] and found[-1][1] == weight:
            found[-1][0] += sign
        else:
            found.append([sign, weight])
    return found


def _trimmed(signs):
    """Take out the spaces at the beginning and behind every BREAK."""
    found = []
    for sign in signs:
        if not sign[0].isspace() or (found and found[-1][0] != BREAK):
            found.append(sign)
    return found


def heard(prompt):
    return impasto.translate(prompt, "stable-diffusion-xl")


numbers = st.sampled_from(["1.2", "0.8", "1.35", ".5", "2", "-0.5", "1", "0", "1.05"])
positive = st.sampled_from(["1.2", "0.8", "1.35", ".5", "2", "1", "1.05"])
whens = st.sampled_from(["0.5", "12", ".25", "1", "0", "20", "1.0"])
seams = st.sampled_from([" ", "", ", "])


def written(words):
    from impasto.syntax.escapes import escape

    return st.sampled_from(words).map(lambda word: escape(word, in_brackets=True))


def sequences(words):
    """Canonical prompts of one part: every construct that is closed, nested in any way."""

    def join(parts):
        return "".join(f"{text}{seam}" for text, seam in parts)

    def around(inner):
        run = st.lists(st.tuples(inner, seams), min_size=1, max_size=4).map(join)
        return st.one_of(
            st.tuples(run, numbers).map(lambda x: f"({x[0]}:{x[1]})"),
            run.map(lambda x: f"({x})"),
            run.map(lambda x: f"[{x}]"),
            st.tuples(run, positive).map(lambda x: f"[{x[0]}:{x[1]}]"),
            st.tuples(run, run, whens).map(lambda x: f"[{x[0]}:{x[1]}:{x[2]}]"),
            st.tuples(run, whens).map(lambda x: f"[{x[0]}::{x[1]}]"),
            st.tuples(run, run).map(lambda x: f"[{x[0]}|{x[1]}]"),
        )

    leaves = st.one_of(written(words), st.sampled_from([" BREAK ", "<lora:x:0.8>", "<lora:y>"]))
    nodes = st.recursive(leaves, around, max_leaves=8)
    return st.lists(st.tuples(nodes, seams), min_size=1, max_size=4).map(join)


parts = st.sampled_from(["", " :0.7", " :1.5", " :9"])


def prompts(words):
    part = st.tuples(sequences(words), parts).map("".join)
    return st.one_of(sequences(words), st.lists(part, min_size=2, max_size=3).map(" AND ".join))


@given(prompts(WORDS))
@example("(ratio 16:9:1.2), x 16:9")
@example(r"[C\:\\pics:x|y\::0.5] [(a\: b:1.2)|c\]]")
@example("(a BREAK b:1.3) AND (c:1.2) 16:9 :0.5")
def test_a1111_hears_what_the_prompt_says_at_every_step(source):
    try:
        prompt = impasto.parse(source)
    except PromptSyntaxError:
        assume(False)
    found = heard(prompt)
    assert not found.losses
    assert close(settled(pipeline(found.prompt)), settled(prompt.schedule(20))), found.prompt


@given(prompts((*WORDS[:8], *LOSSY)))
@example("A(ND:1.0) x (a:1.2) B(REAK:1.0) y")
@example("(<3:1.2), >_<")
@example("(<3:1.2) AND <lora:x:0.8> y")
def test_where_a1111_has_no_escape_a_loss_names_the_text(source):
    try:
        prompt = impasto.parse(source)
    except PromptSyntaxError:
        assume(False)
    found = heard(prompt)
    if close(settled(pipeline(found.prompt)), settled(prompt.schedule(20))) and "#" not in source:
        return
    assert found.losses
    for loss in found.losses:
        assert loss.kind == "escape"
        assert loss.text.strip()
        assert loss.instead
        assert loss.hint
        assert loss.span.text in source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a (b (c:1.2):1.5), d", "a (b :1.5)(c:1.8), d"),
        ("[less:0.8] and [less]", "(less:0.8) and (less:0.909091)"),
        ("ratio 16:9", "(ratio 16:9:1)"),
        (r"smile :\), \(sic\)", r"smile :\), \(sic\)"),
        ("<embedding:bad-hands:0.7>, <lora:film:0.6:0.4>", "(bad-hands:0.7), <lora:film:0.6:0.4>"),
        ("a BREAK b", "a BREAK b"),
        ("a:0.7 AND b", "a :0.7 AND b"),
        ("# a note\nfox", "fox"),
    ],
)
def test_the_text_is_the_shortest_that_says_it(source, expected):
    assert heard(source).prompt == expected


def test_the_negative_prompt_is_written_the_same_way():
    found = impasto.translate(
        "fox", "stable-diffusion-xl", negative="(blurry:1.2), C#, [grain:0.5]"
    )
    assert found.negative_prompt == "(blurry:1.2), C, (grain:0.5)"
    assert [loss.span.text for loss in found.losses] == [", C#, "]


def test_open_prompts_are_refused_with_a_way_out():
    with pytest.raises(OpenPromptError, match="seed"):
        heard("a {red|blue} fox")
