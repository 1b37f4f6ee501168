"""Midjourney up to 6.1, read: parts, `--no`, permutations, parameters."""

import pathlib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

import impasto
from impasto._data import data_dir
from impasto.dialects.base import in_phrases
from impasto.dialects.midjourney import Midjourney6, signs
from impasto.dialects.midjourney.reader import LEAST, MOST, parameters_of
from impasto.errors import OpenPromptError
from impasto.syntax.nodes import Choice, Group, Value
from impasto.syntax.walk import walk_prompt
from impasto.syntax.weights import runs
from strategies import hostile, weighted

CASES = yaml.safe_load(
    (pathlib.Path(__file__).parent / "cases" / "midjourney_reading.yaml").read_text(
        encoding="utf-8"
    )
)
SIGNS = st.sampled_from(
    ["::", "::2", "::-.5 ", "::1.5", ":", " --no ", " --ar 3:2", " --v 7", " —s 5", "--", "—", "{",
     "}", ",", "\\,", " ", "a", "b c", "12", ".5", "{a, b}", "\n", "(x:1.2)", " --zork"]
)  # fmt: skip
NEARLY = st.one_of(st.lists(SIGNS, max_size=14).map("".join), hostile)


def read(text):
    return impasto.read(text, "midjourney-6")


def parts(nodes):
    """The texts of a tree with their weights, without what keeps them apart."""
    return [(text, weight) for text, weight in runs(nodes) if text.strip(" ,")]


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:50] for case in CASES])
def test_what_a_prompt_means(case):
    prompt = read(case["text"])
    told = [f"{one.rule} {one.severity}" for one in prompt.diagnostics if one.rule != "parameter"]
    assert prompt.weights() == [tuple(run) for run in case["weights"]]
    assert told == case.get("findings", [])
    found = parameters_of(case["text"])
    assert {
        name: list(value) if isinstance(value, tuple) else value for name, value in found.items()
    } == case.get("parameters", {})


def test_every_parameter_is_told_with_its_place():
    told = read("a fox --ar 16:9 --no fog --seed 42").diagnostics
    assert [(one.rule, one.severity, one.parameter, one.span.text) for one in told] == [
        ("parameter", "info", "aspect_ratio", "--ar 16:9"),
        ("parameter", "info", "seed", "--seed 42"),
    ]


def test_a_misspelt_parameter_is_recognised():
    (found,) = read("a fox --strylize 50").diagnostics
    assert found.severity == "warning"
    assert found.hint == 'did you mean "--stylize"?'
    assert found.span.text == "--strylize 50"


def test_spans_are_exact():
    prompt = read("  a fox ::2 {red, big\\, blue } bird:: c --no fog , rain --ar 3:2")
    spans = [
        (type(node).__name__, prompt.span(node).text)
        for node in walk_prompt(prompt)
        if isinstance(node, (Group, Value, Choice))
    ]
    assert spans == [
        ("Group", "a fox ::2"),
        ("Value", "a fox"),
        ("Choice", "{red, big\\, blue }"),
        ("Value", "red"),
        ("Value", "big"),
        ("Value", "\\,"),
        ("Value", " blue"),
        ("Value", " bird"),
        ("Value", "c"),
        ("Group", "--no fog , rain"),
        ("Value", "fog , rain"),
    ]


def test_permutations_are_choices():
    prompt = read("{oil, {ink\\, wash, pencil}} of a fox::2 fog")
    choice = prompt.parts[0].children[0].children[0]
    inner = choice.options[1].children[0]
    assert [len(choice.options), len(inner.options)] == [2, 2]
    assert "".join(node.value for node in inner.options[0].children) == "ink, wash"
    with pytest.raises(OpenPromptError, match="several prompts"):
        prompt.weights()


def test_parts_in_braces_are_told():
    told = read("{a::2, b} c").diagnostics
    assert [one.rule for one in told] == ["permutation", "sign-in-braces"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("hot::1.2 dog::0.8", [("hot", 1.2), ("dog", 0.8)]),
        ("hot::100 dog::50", [("hot", 2.0), ("dog", 1.0)]),
        ("hot::0.1 dog::0.05", [("hot", 0.5), ("dog", 0.25)]),
        ("hot::7", [("hot", 1.0)]),
        ("hot::4 dog::4 fur::-2", [("hot, dog", 1.0), ("fur", -0.5)]),
    ],
)
def test_a_tree_has_the_common_scale_of_dialects(text, tree):
    found = [(text.strip(" ,"), weight) for text, weight in parts(read(text).parts[0].children)]
    assert found == [(text, pytest.approx(weight)) for text, weight in tree]


def test_other_dialects_get_the_parts_apart():
    written = impasto.write(read("a red fox::3 thick fog::1 --no people"), "a1111")
    assert written.text == "(a red fox:2), (thick fog:0.666667), (people:-0.333333)"


def relative(pairs):
    """The letters of texts with their weights, as shares of the first."""
    letters = [(letter, weight) for text, weight in pairs for letter in text if letter.isalnum()]
    return [(letter, weight / letters[0][1]) for letter, weight in letters]


@settings(max_examples=400, deadline=None)
@given(weighted)
def test_what_is_written_is_read_again(text):
    prompt = impasto.parse(text)
    written = Midjourney6().write(in_phrases(prompt))
    again = read(written.text)
    wanted = [(t, w) for t, w in prompt.weights() if w > 0 and (t, w) != ("BREAK", -1.0)]
    found = [(t, w) for t, w in again.weights() if w > 0]
    tree = [(t, w) for t, w in runs(again.parts[0].children) if w > 0]
    if any(letter.isalnum() for t, _ in wanted for letter in t):
        expected = [(letter, pytest.approx(w, rel=1e-4)) for letter, w in relative(wanted)]
        assert relative(found) == expected
        assert relative(tree) == expected
        assert not [one for one in again.diagnostics if one.severity == "error"]


@settings(max_examples=600, deadline=None)
@given(NEARLY)
def test_any_text_is_read(text):
    prompt = read(text)
    assert str(prompt) == text
    for node in walk_prompt(prompt):
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node, Value) and node.value != ",":
            assert text[node.start : node.end] == node.value
    for found in prompt.diagnostics:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.severity == "info" or found.hint
    try:
        written = prompt.weights()
    except OpenPromptError:
        assert any(isinstance(node, Choice) for node in walk_prompt(prompt))
        return
    wanted = [weight for weight in dict(written).values() if weight > 0]
    tree = [weight for _, weight in parts(prompt.parts[0].children) if weight > 0]
    if len(set(wanted)) > 1 and tree and not text.count("--no"):
        assert LEAST - 1e-4 <= max(tree) <= MOST + 1e-4


class Counted(str):
    """A text that counts how many of its characters are cut out of it."""

    __slots__ = ()
    cut = 0

    def __getitem__(self, key):
        found = super().__getitem__(key)
        Counted.cut += len(found)
        return found


@pytest.mark.parametrize(
    "piece",
    ["{", "{a,", "{a}", "::", "a::1 ", "--zork ", "--no a ", "{a,b}::2 ", "—", "a::1.2.3 ", "::0"],
)
def test_work_grows_with_the_length_only(piece):
    work = []
    for count in (500, 2_000):
        Counted.cut = 0
        impasto.read(Counted(piece * count), "midjourney-6")
        work.append(Counted.cut)
    assert work[1] <= 4.1 * work[0] + 1_000


def test_braces_of_any_depth():
    depth = 100_000
    prompt = read("{a, " * depth + "}" * depth)
    assert sum(isinstance(node, Choice) for node in walk_prompt(prompt)) == depth


def test_the_corpus_is_read():
    page = pathlib.Path(__file__).parent / "cases" / "midjourney_corpus.txt"
    lines = page.read_text(encoding="utf-8").splitlines()
    for text in [line for line in lines if not line.startswith("# ")]:
        found = [one for one in read(text).diagnostics if one.severity == "error"]
        assert [one.rule for one in found] in ([], ["weights-not-above-zero"])
        assert "--" not in "".join(
            node.value for node in walk_prompt(read(text)) if isinstance(node, Value)
        )


# The grammar says which signs there are.

LARK = Lark(
    (data_dir("grammars") / "midjourney.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer="basic",
)


@given(NEARLY)
def test_signs_are_those_of_the_grammar(text):
    ours = [found[0] for found in signs._SIGN.finditer(text)]
    assert [str(token) for token in LARK.lex(text) if token.type != "TEXT"] == ours


def test_a_negative_prompt_is_what_no_lists():
    prompt, unwanted = impasto.parse("a fox, (snow:1.3)"), impasto.parse("blur, (fog:1.2)")
    written = impasto.write(prompt, "midjourney-6", negative=unwanted)
    assert written.text == "a fox::1 snow::1.3 --no blur, fog"
    assert [loss.kind for loss in written.losses] == ["weight"]
