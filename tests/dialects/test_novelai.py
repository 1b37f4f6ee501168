"""NovelAI: weights that run, read and written for both kinds of versions."""

import math
import pathlib
import re
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark

import strategies
from impasto._data import data_dir
from impasto.dialects.api import read, write
from impasto.dialects.base import whole
from impasto.dialects.novelai import NovelAI3
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_parts
from impasto.syntax.walk import walk_prompt

CASES = yaml.safe_load(
    (pathlib.Path(__file__).parent / "cases" / "novelai.yaml").read_text(encoding="utf-8")
)
VERSIONS = ("novelai-3", "novelai-4")
STEP = 1.05
PIECES = (
    *("{", "}", "[", "]", "::", ":", "1.2::", "-1::", ".5::", "1.2", "3", ".", "-", " ", "\n", ","),
    *("cat", "a b", "jp06", "(a:1.2)", "|", "\\", "日"),
)
novelais = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
tails = st.sampled_from(["::", ":", " :)", "5", "\\[x\\]", "\\{", "a::b", "2::", " ", "x", "1.5"])
risky = st.lists(st.one_of(strategies.weighted, tails), max_size=4).map("".join)
LARK = Lark(
    (data_dir("grammars") / "novelai.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer="basic",
)


def parsed(source):
    return parse(source, recover=True)


def signs(runs, left_out="[]{}"):
    """Return all characters but spaces with their weights."""
    return [
        (sign, weight)
        for text, weight in runs
        if (text, weight) != ("BREAK", -1)
        for sign in text
        if not (sign.isspace() or sign in left_out)
    ]


def same(ours, theirs, near=1e-4):
    return [a for a, _ in ours] == [b for b, _ in theirs] and all(
        abs(x - y) <= near for (_, x), (_, y) in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("case", CASES["reading"], ids=lambda case: case["text"])
def test_a_text_is_read_with_running_weights(case):
    for version, key in zip(VERSIONS, ("runs3", "runs4"), strict=True):
        found = read(case["text"], version).weights()
        assert [text for text, _ in found] == [text for text, _ in case[key]]
        assert [weight for _, weight in found] == pytest.approx([w for _, w in case[key]])


@pytest.mark.parametrize("case", CASES["writing"], ids=lambda case: case["canonical"])
@pytest.mark.parametrize("version", ["3", "4"])
def test_a_prompt_is_written(case, version):
    written = write(parse(case["canonical"]), f"novelai-{version}")
    assert written.text == case[f"v{version}"]
    assert [loss.kind for loss in written.losses] == case[f"losses{version}"]
    assert written.negative == case.get(f"negative{version}", "")


def test_what_is_to_be_taken_away_is_lost_without_a_negative_prompt():
    script = whole(parse("(hat:-1), b"))._replace(keep_negative=False)
    written = NovelAI3().write(script)
    assert (written.text, written.negative) == (", b", "")
    assert [loss.instead for loss in written.losses] == ["it was left out"]


@given(risky)
def test_numbers_read_as_they_were_meant(source):
    prompt = parsed(source)
    written = write(prompt, "novelai-4")
    heard = read(written.text, "novelai-4").weights()
    assert same(signs(prompt.weights(), "[]{},"), signs(heard, "[]{},"))
    if not any(loss.kind in ("escape", "break") for loss in written.losses):
        assert same(signs(prompt.weights(), ""), signs(heard, ""))


@given(risky)
def test_brackets_come_as_near_as_they_can(source):
    prompt = parsed(source)
    written = write(prompt, "novelai-3")
    meant = [(s, w) for s, w in signs(prompt.weights(), "[]{},") if w > 0]
    heard = signs(read(written.text, "novelai-3").weights(), "[]{},")
    assert [s for s, _ in meant] == [s for s, _ in heard]
    half = math.log(STEP) / 2 + 1e-6
    assert all(
        abs(math.log(w) - math.log(v)) <= half or abs(math.log(w)) > 100 * math.log(STEP)
        for (_, w), (_, v) in zip(meant, heard, strict=True)
    )


@given(st.one_of(novelais, strategies.hostile), st.sampled_from(VERSIONS))
def test_any_text_has_a_tree_that_means_the_same(text, version):
    prompt = read(text, version)
    assert all(0 <= n.start <= n.end <= len(text) for n in walk_prompt(prompt))
    canonical = parse(print_parts(prompt.parts))
    assert same(signs(canonical.weights(), ""), signs(prompt.weights(), ""), 1e-6)


@given(novelais)
def test_tokens_are_those_of_the_grammar(text):
    weight = 1.0
    found = []
    for token in LARK.lex(text):
        if token.type == "TEXT":
            found.append((str(token), weight))
        elif token.type == "RESET":
            weight = 1.0
        elif token.type == "WEIGHT":
            weight = float(token[:-2])
        else:
            weight *= STEP if token.type == "UP" else 1 / STEP
    heard = read(text, "novelai-4").weights()
    assert same(signs(found, ""), signs(heard, ""), 1e-6)


@pytest.mark.parametrize(
    ("text", "version", "rule", "span"),
    [
        ("2::artist:jp06::, x", "novelai-4", "digits-become-a-weight", "06::"),
        ("{a, b", "novelai-4", "brackets-not-closed", ""),
        ("{a, b", "novelai-3", "brackets-not-closed", ""),
        ("a (cat:1.2)", "novelai-4", "foreign-weight", ":1.2)"),
        ("1.2::a ::", "novelai-3", "weight-of-later-version", "1.2::"),
        ("-1::a ::", "novelai-4", "negative-weight", "-1::"),
        (f"{'9' * 400}::a ::", "novelai-4", "weight-not-a-number", "a "),
    ],
)
def test_a_trap_is_told_where_it_stands(text, version, rule, span):
    assert {d.rule: d.span.text for d in read(text, version).diagnostics} == {rule: span}


def test_a_weight_that_stands_alone_is_no_trap():
    assert not read(
        "1girl, 1.5::rain, night ::, 0.5::coat ::, black shoes", "novelai-4"
    ).diagnostics


def work(text):
    """Return how many calls reading a text takes."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        read(text, "novelai-4").weights()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece", ["{", "[", "::", "1::", "1", ".", "-", "{a}", "1.2::a ::, ", "a1::"]
)
def test_work_grows_with_the_length_and_not_faster(piece):
    assert work(piece * 2000) <= 4.5 * work(piece * 500) + 200


def test_an_endless_number_is_read_at_once():
    text = f"{'1' * 1_000_000} a"
    assert read(text, "novelai-4").weights() == [(text, 1)]
    assert re.fullmatch(r"1+ a", text)
