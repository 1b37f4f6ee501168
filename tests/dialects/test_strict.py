"""The dialects with A1111's old syntax and parsers of their own: sd-embed, sdcpp, sdnext."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from impasto import parse
from impasto.dialects.api import read, write
from impasto.syntax.walk import walk_prompt
from impasto.syntax.weights import CANONICAL, runs
from strategies import hostile, weighted

NAMES = ("sd-embed", "sdcpp", "sdnext")
CASES = yaml.safe_load(
    (Path(__file__).parent / "cases/strict_writing.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["prompt"] for case in CASES])
@pytest.mark.parametrize("name", NAMES)
def test_what_a_program_gets(name, case):
    if name not in case:
        return
    written = write(parse(case["prompt"]), name)
    assert written.text == case[name]["text"]
    told = [
        loss.kind if loss.severity == "info" else f"{loss.kind} {loss.severity}"
        for loss in written.losses
    ]
    assert sorted(told) == sorted(case[name].get("losses", []))


def signs(found, *, breaks=True):
    """Return every character with its weight; not the spaces at the ends and beside a break."""
    told = []
    for text, weight in found:
        if breaks and (text, weight) == ("BREAK", -1.0):
            told = stripped(told)
            told.append(("BREAK", -1.0))
            continue
        for sign in text:
            if not sign.isspace() or (told and told[-1][0] != "BREAK"):
                told.append((sign, weight))
    return stripped(told)


def stripped(told):
    while told and told[-1][0].isspace():
        told.pop()
    return told


def alike(ours, theirs):
    return [s for s, _ in ours] == [s for s, _ in theirs] and all(
        abs(a - b) <= 1e-4 * max(1, abs(b)) for (_, a), (_, b) in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
@given(text=weighted)
def test_what_is_written_reads_the_same_or_a_loss_says_so(name, text):
    prompt = parse(text)
    written = write(prompt, name)
    again = read(written.text, name)
    if not written.losses:
        assert alike(signs(again.weights()), signs(prompt.weights()))
    assert not [d for d in again.diagnostics if d.severity == "error"]


@pytest.mark.parametrize("name", NAMES)
@given(text=hostile)
def test_any_text_is_read_and_its_tree_means_its_weights(name, text):
    prompt = read(text, name)
    breaks = name != "sd-embed"  # there the word itself is painted
    tree = signs(runs(prompt.parts[0].children), breaks=breaks)
    assert alike(tree, signs(prompt.weights(), breaks=breaks))
    assert prompt.schedule(20) == [(1.0, 20, prompt.weights())]
    for node in walk_prompt(prompt):
        assert 0 <= node.start <= node.end <= len(text)
    assert CANONICAL.schedule(prompt, 20)


words = st.lists(st.sampled_from(["cat", "red fox", "8k", "old town", "été", "x_y"]), min_size=1)
groups = st.lists(
    st.tuples(words.map(" ".join), st.sampled_from([1, 0.8, 1.2, 1.05, -0.5, 2])), min_size=1
)


@pytest.mark.parametrize("name", NAMES)
@given(wanted=groups)
def test_common_prompts_keep_words_and_weights_without_a_warning(name, wanted):
    text = ", ".join(text if w == 1 else f"({text}:{w})" for text, w in wanted)
    written = write(parse(text), name)
    assert [loss for loss in written.losses if loss.severity != "info"] == []
    told = [(t.strip(" ,"), round(w, 4)) for t, w in read(written.text, name).weights()]
    kept = [(s, w) for t, w in told for s in t if s not in " ,"]
    assert kept == [(s, w) for t, w in wanted for s in t if s not in " ,"]


# Facts of each program.


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sd-embed", "(cat: 1.2 )", [("cat: 1.2 ", 1.1)]),
        ("sd-embed", "a BREAK b", [("a", 1.0), ("BREAK", -1.0), ("b", 1.0)]),
        ("sd-embed", "[cat:0.8]", [("cat:0.8", 1 / 1.1)]),
        ("sdcpp", r"miku \(vocaloid\)", [("miku (vocaloid\\)", 1.0)]),
        ("sdcpp", "(cat:1.2.3)", [("cat", 1.20000005)]),
        ("sdcpp", "a:1.2) b", [("a b", 1.0)]),
        ("sdcpp", "DAYBREAK x", [("DAY", 1.0), ("BREAK", -1.0), (" x", 1.0)]),
        ("sdcpp", "BREAKFAST", [("BREAKFAST", 1.0)]),
        ("sdcpp", "(a:١.٢)", [("a:١.٢", 1.10000002)]),
        ("sdnext", "ratio 16:9", [("ratio 16 9", 1.0)]),
        ("sdnext", r"smile \:\)", [("smile :)", 1.0)]),
        ("sdnext", "a\nb", [("a", 1.0), ("BREAK", -1.0), ("b", 1.0)]),
        ("sdnext", "a ## b", [("a", 1.0), ("BREAK", -1.0), ("b", 1.0)]),
        ("sdnext", "$100 (bill:1.23456)", [("100", 1.0), ("bill", 1.235)]),
        ("sdnext", r"(a)\(b", [("a(", 1.1), ("b", 1.0)]),
    ],
)
def test_a_text_means_what_the_program_makes_of_it(name, text, expected):
    assert read(text, name).weights() == expected


@pytest.mark.parametrize(
    ("name", "text", "rule", "severity", "where"),
    [
        ("sd-embed", "(cat:1.2.3)", "weight-not-a-number", "error", "1.2.3"),
        ("sd-embed", "a BREAK b", "break-in-a-group", "warning", "BREAK"),
        ("sd-embed", "x [cat:0.8]", "schedules-off", "warning", "[cat:0.8]"),
        ("sdcpp", "(cat:..)", "weight-not-a-number", "error", ".."),
        ("sdcpp", "(cat:9999999999999999999999999999999999999999)", "weight-not-a-number", "error", "9" * 40),
        ("sdcpp", "(a BREAK b:1.3)", "break-in-a-group", "warning", "BREAK"),
        ("sdnext", r"\< \x", "lone-backslash", "error", "\\"),
        ("sdnext", "(cat:1.2.3)", "weight-not-a-number", "warning", "1.2.3"),
        ("sdnext", "a\nb", "line-break", "warning", "\n"),
        ("sdnext", "a\n(b:1.2.3)", "weight-not-a-number", "warning", "1.2.3"),
        ("sdnext", f"a (b:{'9' * 400})", "weight-not-a-number", "error", "b"),
        ("sd-embed", f"a (b:{'9' * 400})", "weight-not-a-number", "error", "9" * 400),
    ],
)  # fmt: skip
def test_a_finding_says_where(name, text, rule, severity, where):
    found = next(d for d in read(text, name).diagnostics if d.rule == rule)
    assert (found.severity, found.span.text) == (severity, where)


def test_line_breaks_do_not_move_places():
    prompt = read("one\n(two:1.2)\n\nthree", "sdnext")
    told = [prompt.text[n.start : n.end] for n in walk_prompt(prompt)]
    assert told == ["one", "\n", "two", "two", "\n\n", "\n\n", "three"]


def test_a_word_that_begins_with_break_is_no_break():
    written = write(parse("a BREAK BREAKS"), "sdnext")
    assert written.text == "a BREAK BREAKS"
    assert not read(written.text, "sdnext").diagnostics


@pytest.mark.parametrize("name", NAMES)
def test_an_embedding_is_a_word_of_its_own(name):
    written = write(parse("old<embedding:bad>hands, (<embedding:neg>:1.2)x"), name)
    assert written.text == "old bad hands, (neg:1.2)x"
    assert "a space was put beside it" in [loss.instead for loss in written.losses]
