"""compel: what its own parser answers, and texts for it that it reads as meant."""

import json
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
from impasto.dialects.compel import terminals as compel_terminals
from impasto.dialects.compel.stages import conjunction
from impasto.dialects.compel.writer import respaced
from impasto.errors import ImpastoError
from impasto.syntax.nodes import Reference
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_parts
from impasto.syntax.walk import walk_prompt

CASES = pathlib.Path(__file__).parent / "cases"
WRITING = yaml.safe_load((CASES / "compel_writing.yaml").read_text(encoding="utf-8"))
# Answers of compel 2.5.1 to texts of our own.
ANSWERS = [
    json.loads(line)
    for line in (CASES / "compel.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
SIGNS = re.compile(r'[^\s,.+\-=()"\\]+')
PIECES = (
    *'()()"",.+-= \n\t\\a1',
    *(
        "\\(",
        '\\"',
        "\\+",
        "cat",
        "x-ray",
        "C++",
        "b--",
        "1.2",
        ".5",
        "(a)1.2",
        "(b c)++",
        '"q r"1.1',
    ),
    *(
        ".swap(",
        ".attend(",
        ".and(",
        ".blend(1,1)",
        '("a", "b")',
        "withLora(x)",
        "\f",
        "é",
        "s_start=0.1",
    ),
)
compels = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
tails = st.sampled_from(
    ["++", " ++", "=", " = ", "\\\\", "\\)", '"', " - ", "-x", ".a+", "5", ":)", "\t", "\\\\\\("]
)
risky = st.lists(st.one_of(strategies.weighted, tails), max_size=4).map("".join)
parts = st.lists(risky, min_size=1, max_size=3).map(" AND ".join)


def parsed(source):
    return parse(source, recover=True)


def words(runs, heaviest=2.0):
    """Return words with the weights that compel can give them; signs may stand apart."""
    return [
        (word, min(max(weight, 0), heaviest))
        for text, weight in runs
        if (text, weight) != ("BREAK", -1)
        for word in SIGNS.findall(text)
    ]


def same(ours, theirs):
    return [a for a, _ in ours] == [b for b, _ in theirs] and all(
        abs(x - y) <= 1e-4 for (_, x), (_, y) in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case["input"])
def test_a_text_is_read_as_compel_reads_it(case):
    if case.get("error"):
        with pytest.raises(ImpastoError):
            conjunction(case["input"])
        assert any(d.severity == "error" for d in read(case["input"], "compel").diagnostics)
    else:
        assert json.loads(json.dumps(conjunction(case["input"]))) == case["output"]


@pytest.mark.parametrize("case", WRITING, ids=lambda case: case["canonical"])
def test_a_prompt_is_written_for_compel(case):
    written = write(parse(case["canonical"]), "compel")
    assert written.text == case["written"]
    assert [loss.kind for loss in written.losses] == case["losses"]


@given(parts)
def test_what_is_written_reads_as_it_was_meant(source):
    prompt = parsed(source)
    written = write(prompt, "compel")
    back = read(written.text, "compel")
    assert not [d for d in back.diagnostics if d.severity == "error"]
    meant = [(w, runs) for w, _, runs in prompt.schedule() if words(runs)]
    heard = [(w, runs) for w, _, runs in back.schedule() if words(runs)]
    assert len(meant) == len(heard)
    for (weight, runs), (their_weight, their_runs) in zip(meant, heard, strict=True):
        assert abs(weight - their_weight) < 1e-4
        assert same(words(runs), words(their_runs))


@given(risky)
def test_without_a_loss_every_sign_keeps_its_weight(source):
    prompt = parsed(source)
    written = write(prompt, "compel")
    if {loss.kind for loss in written.losses} <= {"spacing"}:
        heard = read(written.text, "compel").weights()
        assert same(signs(respaced(prompt.weights())), signs(respaced(heard)))


def signs(runs):
    return [(sign, weight) for text, weight in runs for sign in text if not sign.isspace()]


@given(risky)
def test_the_tree_means_what_compel_means(source):
    text = write(parsed(source), "compel").text
    prompt = read(text, "compel")
    canonical = parse(print_parts(prompt.parts))
    assert same(signs(canonical.weights()), signs(prompt.weights()))


@given(st.one_of(compels, strategies.hostile))
def test_any_text_has_a_tree_with_places_in_it(text):
    prompt = read(text, "compel")
    assert all(0 <= n.start <= n.end <= len(text) for n in walk_prompt(prompt))
    if not prompt.diagnostics and "\\\\" not in text:
        canonical = parse(print_parts(prompt.parts))
        assert same(signs(canonical.weights()), signs(prompt.weights()))


@given(risky)
def test_loras_come_back(source):
    prompt = parsed(source)
    back = read(write(prompt, "compel").text, "compel")
    asked = [n.value for n in walk_prompt(prompt) if isinstance(n, Reference)]
    assert [n.value for n in walk_prompt(back) if isinstance(n, Reference)] == asked


def test_a_blend_is_told_and_kept_as_parts():
    prompt = read('("a dog", "a cat").blend(0.7, 0.3)', "compel")
    assert [
        (part.weight, 20, [(text, 1)])
        for part, text in zip(prompt.parts, ("a dog", "a cat"), strict=True)
    ] == prompt.schedule()
    assert [d.rule for d in prompt.diagnostics] == ["blend"]


def test_a_swap_is_told_and_its_first_text_kept():
    prompt = read("a cat.swap(dog) asleep", "compel")
    assert prompt.weights() == [("a cat asleep", 1)]
    (found,) = prompt.diagnostics
    assert (found.rule, found.span.text) == ("swap", "cat.swap(dog)")


@pytest.mark.parametrize(
    ("text", "rule", "span"),
    [
        ("C++ book", "sign-is-a-weight", "C++"),
        ("x (cat:1.2)", "foreign-weight", ":1.2)"),
        ("a (b - c)1.2", "no-group", "("),
        ("a (b", "no-group", "("),
        ('("a","b").and() more', "text-not-read", " more"),
        ('("a","b").and(1,2,3)', "compel-raises", '("a","b").and(1,2,3)'),
        ("a,b\x0b", "compel-raises", "\x0b"),
        (f"(a){'9' * 400}", "weight-not-a-number", "a"),
    ],
)
def test_a_trap_is_told_where_it_stands(text, rule, span):
    found = {d.rule: d.span.text for d in read(text, "compel").diagnostics}
    assert found == {rule: span}


def test_the_fix_of_a_foreign_weight_is_read_as_the_weight():
    text = "a (red cat: 1.2 ), b"
    (found,) = read(text, "compel").diagnostics
    (edit,) = found.fix.edits
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert read(mended, "compel").weights() == [("a", 1), ("red cat", 1.2), (", b", 1)]


def work(text):
    """Return how many calls reading a text takes."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        read(text, "compel").weights()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "(",
            "( ",
            "(a ",
            '"',
            '" ( ',
            "a.swap(",
            "(a.swap(b ",
            "(a.attend(",
            "\\",
            "\\(",
            "\\\\(",
        ),
        *(
            "+",
            "a+",
            "(a)+",
            "a.b+ ",
            'a "b" (c',
            '("a",',
            ",",
            "withLora(",
            "(a)1.2, ",
            "(a - b) ",
        ),
    ],
)
def test_work_grows_with_the_length_and_not_faster(piece):
    assert work(piece * 2000) <= 4.5 * work(piece * 500) + 200


def test_depth_is_no_danger():
    depth = 50_000
    text = f"{'(' * depth}cat{')1.0' * depth}"
    assert read(text, "compel").weights() == [("cat", 1.0)]


LARK = {
    t.name: re.compile(t.pattern.to_regexp())
    for t in Lark(
        (data_dir("grammars") / "compel.lark").read_text(encoding="utf-8"), parser="lalr"
    ).terminals
}


@given(compels)
def test_words_and_signs_are_those_of_the_grammar(text):
    for ours, theirs in ((compel_terminals.WORD, "WORD"), (compel_terminals.SIGNS, "SIGN")):
        for at in range(len(text)):
            found, expected = ours.match(text, at), LARK[theirs].match(text, at)
            assert (found and found[0]) == (expected and expected[0])
