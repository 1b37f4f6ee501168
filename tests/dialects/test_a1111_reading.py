"""What A1111's texts mean: the stages, the tree, the findings."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark

from impasto._data import data_dir
from impasto.dialects.a1111 import pipeline as a1111_pipeline
from impasto.dialects.a1111 import quick as a1111_quick
from impasto.dialects.a1111 import reader as a1111_reader
from impasto.dialects.a1111 import schedule as a1111_schedule
from impasto.dialects.a1111 import stages as a1111_stages
from impasto.dialects.a1111.emphasis import ReadError
from impasto.dialects.api import read, write
from impasto.dialects.sdcpp import reader as sdcpp_reader
from impasto.dialects.sdnext import reader as sdnext_reader
from impasto.source import Source
from impasto.syntax.nodes import Alternate, Group, Reference, Schedule, Value
from impasto.syntax.parser import parse
from impasto.syntax.walk import walk_prompt
from impasto.syntax.weights import CANONICAL
from strategies import PIECES, hostile, texts

CASES = yaml.safe_load(
    (Path(__file__).parent / "cases/a1111_reading.yaml").read_text(encoding="utf-8")
)
MORE = (
    *PIECES,
    *("[a:b:0.5]", "[x:2]", "[c|d]", "(x", "[y", "(c:-1)", "|", "\\", "#", ":2", "B", "REAK", "AK"),
    *("<lora:y:(>", "(a:0)", "(a:b)", "(c [d:3] e: 1.1 )", "((", "))", "]]", "[[", "::", "é"),
)
soup = st.lists(st.sampled_from(MORE), max_size=12).map("".join)
anything = st.one_of(soup, hostile, texts)


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_a_text_means_what_a1111_makes_of_it(case):
    prompt = read(case["text"], "a1111")
    if "weights" in case:
        assert [list(run) for run in prompt.weights()] == [
            [text, pytest.approx(weight, abs=1e-6)] for text, weight in case["weights"]
        ]
    if "schedule" in case:
        told = [[w, until, "".join(t for t, _ in runs)] for w, until, runs in prompt.schedule(20)]
        assert told == case["schedule"]
    assert sorted(d.rule for d in prompt.diagnostics) == sorted(case.get("found", []))


# The tree means the same as the pipeline.


def signs(runs):
    """Return every character with its weight, the spaces next to a chunk break left out."""
    found = []
    for text, weight in runs:
        if (text, weight) == ("BREAK", -1.0):
            while found and found[-1][0].isspace():
                found.pop()
            found.append(("BREAK", -1.0))
            continue
        for sign in text:
            if not (sign.isspace() and found and found[-1] == ("BREAK", -1.0)):
                found.append((sign, weight))
    return found


def by_step(schedule, steps=20):
    """Return the signs of every part at every step, with the weight of the part."""
    found, part, last = [], [], 0
    for weight, until, runs in schedule:
        part += [(weight, signs(runs))] * (until - last)
        last = until
        if until == steps:
            found.append(part)
            part, last = [], 0
    return found


def same(ours, theirs):
    return [[s for s, _ in x] for _, x in ours] == [[s for s, _ in x] for _, x in theirs] and all(
        abs(a - b) <= 1e-4 * max(1, abs(b))
        for (w, x), (v, y) in zip(ours, theirs, strict=True)
        for a, b in [(w, v), *((p[1], q[1]) for p, q in zip(x, y, strict=True))]
    )


def assert_tree_means_the_text(prompt):
    trees, texts = by_step(CANONICAL.schedule(prompt, 20)), by_step(prompt.schedule(20))
    assert len(trees) == len(texts)
    for ours, theirs in zip(trees, texts, strict=True):
        assert same(ours, theirs)


@given(anything)
def test_the_tree_means_what_the_pipeline_gives(text):
    assert_tree_means_the_text(read(text, "a1111"))
    assert_tree_means_the_text(read(text, "a1111-strict"))


@given(anything)
def test_spans_lie_in_the_text(text):
    prompt = read(text, "a1111")
    for node in walk_prompt(prompt):
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node, Reference):
            assert text[node.start : node.end] == node.value


@given(anything)
def test_the_common_way_answers_as_the_slow_one(text):
    nodes = a1111_quick.nodes_of(text)
    slow = a1111_reader.read(Source(text))
    if nodes is not None:
        assert [part.children for part in slow.parts] == [nodes]
    prompt = read(text, "a1111")
    assert [d.rule for d in prompt.diagnostics] == [d.rule for d in slow.diagnostics]
    for step in (1, 3, 11, 20):
        runs = a1111_quick.runs_of(prompt, step, 20)
        assert runs is None or runs == a1111_pipeline.weights(text, step, 20)


@given(anything, st.integers(1, 20))
def test_the_weights_at_a_step_are_those_of_the_schedule(text, step):
    prompt = read(text, "a1111")
    first = prompt.schedule(20)
    assert prompt.weights(step, 20) == next(runs for _, until, runs in first if step <= until)


def test_brackets_that_nest_become_groups():
    prompt = read("(a [b <lora:x:1>] [c:d:0.5]:1.2), [e|(f)]", "a1111")
    group, comma, turns = prompt.parts[0].children
    assert isinstance(group, Group)
    assert group.mark == ":1.2"
    assert [type(node) for node in group.children] == [Value, Group, Value, Schedule]
    assert comma == Value(", ", 32, 34)
    assert isinstance(turns, Alternate)
    assert [len(field) for field in turns.fields] == [1, 1]


def test_schedules_that_cross_a_group_are_told_step_by_step():
    prompt = read("[(a:b:0.5] c) d", "a1111")
    assert_tree_means_the_text(prompt)
    turned = read("(x:[1.2|1.3])", "a1111")
    assert turned.diagnostics[0].rule == "read-step-by-step"
    assert turned.diagnostics[0].span.text == "[1.2|1.3]"
    (turns,) = turned.parts[0].children
    assert isinstance(turns, Alternate)
    assert len(turns.fields) == 2


# The stages raise as the real ones do.


@pytest.mark.parametrize("text", ["(a:1.2.3)", "(a:..)", "(a:.)", "x (b:+.) y"])
def test_attention_raises_on_a_weight_that_is_no_number(text):
    with pytest.raises(ReadError):
        a1111_stages.attention(text)
    (found,) = read(text, "a1111").diagnostics
    assert found.severity == "error"
    assert re.fullmatch(r"[+\-.\d]+", found.span.text)


def test_schedule_raises_on_a_step_beyond_measure():
    with pytest.raises(ReadError):
        a1111_stages.schedule("[a:b:1e999]")


@given(anything)
def test_the_stages_give_back_every_part_of_a_text(text):
    clean = a1111_stages.networks(text)["prompt"]
    assert a1111_stages.parts(clean)
    try:
        told = a1111_stages.schedule(clean)
    except ReadError:
        return
    assert told[-1][0] == 20
    assert [until for until, _ in told] == sorted({until for until, _ in told})


def test_the_old_a1111_reads_steps_and_spaces_otherwise():
    old, new = "a1111-strict", "a1111"
    assert read("(a: 1.2 )", new).weights() == [("a", 1.2)]
    assert read("(a: 1.2 )", old).weights() == [("a: 1.2 ", 1.1)]
    assert [s[1] for s in read("[a:b:1.0]", new).schedule(20)] == [20]
    assert [s[1] for s in read("[a:b:1.0]", old).schedule(20)] == [1, 20]
    assert not read("C# code", old).diagnostics


@pytest.mark.parametrize("mark", [":0.5", ":1.0", ":1.5", ":3", ":0", ":-1", ":25"])
def test_steps_survive_the_way_to_the_old_a1111(mark):
    prompt = read(f"[a:b{mark}] c", "a1111")
    written = write(prompt, "a1111-strict")
    assert read(written.text, "a1111-strict").schedule(20) == prompt.schedule(20)


@given(anything.filter(lambda text: "#" not in text))
def test_what_is_written_reads_the_same_or_is_lost(text):
    prompt = read(text, "a1111")
    written = write(prompt, "a1111")
    if not written.losses and not any(d.severity == "error" for d in prompt.diagnostics):
        again = read(written.text, "a1111")
        ours, theirs = by_step(again.schedule(20)), by_step(prompt.schedule(20))
        assert [_stripped(part) for part in ours] == [_stripped(part) for part in theirs]


def _stripped(part):
    """Return the signs of a part without the spaces at its ends, weights to four places."""
    return [
        (
            weight,
            "".join(s for s, _ in runs).strip(),
            [round(w, 4) for s, w in runs if not s.isspace()],
        )
        for weight, runs in part
    ]


# Work, not time: hostile texts cost in proportion to their length.

HOSTILE = ("(", "[", "(a", "[a:", "a:", ":1", "\\", "<a:", "[a|", "[a|b]", "])", "([", "(a [b) c] ")
READERS = ("a1111", "a1111-strict", "sd-embed", "sdcpp", "sdnext")


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("unit", HOSTILE)
def test_a_long_hostile_text_is_read(unit, name):
    text = unit * (20_000 // len(unit))
    prompt = read(text, name)
    assert prompt.weights()
    assert prompt.schedule(20)


def test_deep_brackets_are_multiplied_once_each():
    count = 0

    def times(weight, factor):
        nonlocal count
        count += 1
        return weight * factor

    from impasto.dialects.a1111.emphasis import Factor, weighted

    depth = 5_000
    factors = [Factor(depth - at - 1, depth, "([", 1.0001) for at in range(depth)]
    factors = [f._replace(bracket="(") for f in factors]
    weights = weighted([1.0] * depth, factors, times)
    assert count <= 4 * depth
    assert weights[-1] == pytest.approx(1.0001**depth)
    assert weights[0] == pytest.approx(1.0001)


@given(anything)
def test_rows_of_signs_are_looked_at_once(text):
    found = a1111_schedule.brackets(text)
    at = 0
    for bracket in found or ():
        assert at <= bracket.start < bracket.end
        at = bracket.end


# The grammars say which signs there are.

PATTERNS = {
    "a1111": a1111_stages.MODERN.tokens,
    "a1111-strict": a1111_stages.STRICT.tokens,
    "sdnext": sdnext_reader.TOKENS,
    "sdcpp": sdcpp_reader.TOKENS,
}
NAMES = ("TEXT", "OPENER", "WEIGHT", "CLOSER", "ESCAPE", "COLON", "BREAK")
LEXERS = {
    name: Lark((data_dir("grammars") / f"{name}.lark").read_text(encoding="utf-8"), parser="lalr")
    for name in PATTERNS
}


@pytest.mark.parametrize("name", PATTERNS)
@given(text=anything)
def test_the_signs_are_those_of_the_grammar(name, text):
    ours = [(NAMES[m.lastindex - 1], m[0]) for m in PATTERNS[name].finditer(text)]
    theirs = [(token.type, str(token)) for token in LEXERS[name].lex(text)]
    assert ours == theirs


BEYOND = "9" * 400


@pytest.mark.parametrize("text", [f"(x:{BEYOND})", f"(a [b:c:0.5]:{BEYOND})", f"([a:{BEYOND}) b]"])
@pytest.mark.parametrize("name", ["a1111", "a1111-strict"])
def test_a_weight_beyond_all_measure_is_an_error_and_written_as_a_number(name, text):
    prompt = read(text, name)
    (found,) = (one for one in prompt.diagnostics if one.severity == "error")
    assert (found.rule, found.span.text) == ("weight-not-a-number", BEYOND)
    assert float("inf") in [weight for _, weight in prompt.weights()]
    assert "inf" not in write(prompt, name).text


def test_a_bad_number_is_told_once_where_brackets_cross():
    rules = [found.rule for found in read("(a:1.2.3) ([b) c]", "a1111").diagnostics]
    assert rules == ["crossing-brackets", "weight-not-a-number"]


def test_an_embedding_is_a_word_of_its_own():
    written = write(parse("old<embedding:bad>hands, <embedding:a><embedding:b>"), "a1111")
    assert written.text == "old bad hands, a b"
    assert {(loss.kind, loss.severity) for loss in written.losses} == {("escape", "info")}
    assert not write(parse("old (<embedding:bad>:1.2)x"), "a1111").losses


def test_an_infinite_weight_is_a_loss():
    written = write(parse(f"(x:{BEYOND})"), "a1111")
    assert written.text == "(x:1000000000)"
    assert [(loss.kind, loss.severity) for loss in written.losses] == [("weight", "error")]


def test_networks_of_many_parts_stand_in_their_parts():
    prompt = read("<lora:a:1> AND " * 300 + "end", "a1111")
    found = [[type(node).__name__ for node in part.children] for part in prompt.parts]
    assert found[:300] == [["Reference"]] * 300
