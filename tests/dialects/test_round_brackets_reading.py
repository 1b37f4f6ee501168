"""What texts mean to ComfyUI, Fooocus, SwarmUI and prompt-control."""

import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark

from effective import alike
from impasto import parse
from impasto._data import data_dir
from impasto.dialects import prompt_control, swarmui
from impasto.dialects.api import read, write
from impasto.dialects.comfyui import parentheses
from impasto.dialects.prompt_control import parser as prompt_control_parsing
from impasto.dialects.swarmui import parser as swarmui_parsing
from impasto.errors import SourceError
from impasto.syntax.nodes import Alternate, Reference, Schedule
from impasto.syntax.walk import walk_prompt
from impasto.syntax.weights import CANONICAL
from strategies import hostile

FILE = Path(__file__).parent / "cases/round_brackets_reading.yaml"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
PIECES = (
    *(
        "[",
        "]",
        "[",
        "]",
        "(",
        ")",
        ":",
        "|",
        "a",
        "b c",
        "\\",
        "0.5",
        ":0.3]",
        "(x:1.2)",
        "#",
        "\n",
    ),
    *("[c:d:.3]", "[e|f]", ":2]", "SEQ", "\\:", "<lora:x:1>", "<emb:z>", ",", "TAG", ".", "²", "<"),
    *("embedding:x", " embedding:y", "<break>", "<fromto[0.5]:a,b>", "<lora:", "\\[", "1_0", "inf"),
)
soup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[f"{c['dialect']} {c['text']}" for c in CASES])
def test_a_text_means_what_the_program_makes_of_it(case):
    prompt = read(case["text"], case["dialect"])
    if "weights" in case:
        assert [list(run) for run in prompt.weights()] == [
            [text, pytest.approx(weight)] for text, weight in case["weights"]
        ]
    if "schedule" in case:
        told = [[w, last, "".join(t for t, _ in runs)] for w, last, runs in prompt.schedule(20)]
        assert told[: len(case["schedule"])] == case["schedule"]
    assert sorted(d.rule for d in prompt.diagnostics) == sorted(case.get("found", []))


@pytest.mark.parametrize("name", ["comfyui", "swarmui", "prompt-control"])
@given(text=st.one_of(soup, hostile))
def test_the_tree_means_the_same_as_the_program(name, text):
    prompt = read(text, name)
    refused = any(found.severity == "error" for found in prompt.diagnostics)
    named = re.search(r"embedding:|<\w|\0", text)  # references leave no text in the tree
    if refused or named or re.search(r"AND\b", text):
        return
    ends = name == "prompt-control"
    for step in (1, 2, 7, 20):
        assert alike(CANONICAL.weights(prompt, step, 20), prompt.weights(step), ends=ends)


def nodes_of(text, name, kind):
    return [node for node in walk_prompt(read(text, name)) if isinstance(node, kind)]


def test_switches_keep_their_places_in_the_tree():
    text = "red ([a:(b:1.5):0.5] c:1.2)"
    (schedule,) = nodes_of(text, "prompt-control", Schedule)
    assert (schedule.start, schedule.end, schedule.mark) == (5, 20, ":0.5")
    assert write(read(text, "prompt-control"), "a1111").text == (
        "red [(a:1.2):(b:1.5):0.5]( c:1.2)"
    )
    (turns,) = nodes_of("[a|b]", "swarmui", Alternate)
    assert (turns.start, turns.end) == (0, 5)


def test_networks_and_embeddings_are_references():
    found = {
        "comfyui": ("a embedding:x, b", ["<embedding:x>"]),
        "fooocus": ("a <lora:x:.50>", ["<lora:x:0.5>"]),
        "swarmui": ("<lora:x:0.5:1> <embed:y>", ["<embedding:y>", "<lora:x:1:0.5>"]),
        "prompt-control": ("<lora:x:0.5:1> <emb:y>", ["<lora:x:1:0.5>", "<embedding:y>"]),
    }
    for name, (text, values) in found.items():
        nodes = nodes_of(text, name, Reference)
        assert [node.value for node in nodes] == values
        for node in nodes:
            assert text[node.start : node.end].strip("<>").split(":")[0] in (
                *("lora", "embedding", "embed", "emb"),
            )


@pytest.mark.parametrize("module", [swarmui, prompt_control])
def test_what_the_program_fails_on_is_raised_with_its_place(module):
    with pytest.raises(SourceError) as caught:
        module.schedules("cat, [a:b:0.5], [x:..]")
    assert caught.value.span is not None
    assert caught.value.span.text == (".." if module is swarmui else ".")
    assert "0.5" in caught.value.hint or "fraction" in caught.value.hint


def test_texts_of_a_stretch_come_with_networks_added_up():
    assert prompt_control.schedules("<lora:x:1><lora:x:0.5:0.25>[a:b:0.5]") == [
        [0.5, "a", [["x", {"weight": 1.5, "weight_clip": 1.25}]]],
        [1.0, "b", [["x", {"weight": 1.5, "weight_clip": 1.25}]]],
    ]
    assert prompt_control.schedules("<loractl:x:1@0,0.5@0.4>a") == [
        [0.4, "a", [["x", {"weight": 1.0, "weight_clip": 1.0}]]],
        [1.0, "a", [["x", {"weight": 0.5, "weight_clip": 0.5}]]],
    ]


def test_a_layer_of_backslashes_goes_with_each_level():
    assert swarmui.schedules(r"[x [a\:b:c:0.5]:0]") == [[-0.001, 1, "x a:b:c:0.5"]]
    texts = [text for _, _, text in swarmui.schedules(r"[x [a\\:b:c\\\:d:0.5]:0]")]
    assert texts == [r"x a\:b", r"x c\:d"]


# The terminals in grammars/ are those of the readers.


def signs_of(pattern, text):
    return [found[0] for found in pattern.finditer(text)]


GRAMMARS = {
    "comfyui": (parentheses._SIGNS, ("ESCAPE", "OPENER", "CLOSER", "COLON")),
    "swarmui": (swarmui_parsing._SIGNS, ("EMBEDDING", "SLASHES", "LEFT", "RIGHT", "COLON", "BAR")),
    "prompt-control": (
        prompt_control_parsing._TOKENS,
        ("TEXT", "ESCAPE", "COMMENT", "EMBEDDING", "NETWORK", "SIGN"),
    ),
}
LARKS = {
    name: Lark(
        (data_dir("grammars") / f"{name}.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
    )
    for name in GRAMMARS
}


@pytest.mark.parametrize("name", GRAMMARS)
@given(text=st.one_of(soup, hostile))
def test_the_grammar_cuts_a_text_as_the_reader_does(name, text):
    pattern, signs = GRAMMARS[name]
    tokens = [str(token) for token in LARKS[name].lex(text) if token.type in signs]
    assert tokens == signs_of(pattern, text)


# Any length and depth.

HUGE = {
    "open": lambda n: "(" * n,
    "deep": lambda n: "(" * n + "a" + ")" * n,
    "unclosed": lambda n: "(a" * n + ")" * (n // 2),
    "tails": lambda n: "(((a:" * n + "y" * n + "))" * n,
    "brackets": lambda n: "[" * n,
    "fields": lambda n: "[a:" * n,
    "pairs": lambda n: "[a|(b:1.2)] " * n,
    "bars": lambda n: "[" + "a|" * n + "]",
    "slashes": lambda n: "\\" * n,
    "crossing": lambda n: "(a [b:c:0.5] " * n,
    "steps": lambda n: "".join(f"[a:b:0.{at}]" for at in range(n)),
    "tags": lambda n: "<lora:" * n + "<fromto[0.5]:a,b>" * n,
    "words": lambda n: "a BREAK b AND " * n,
}


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


def both(text, name):
    read(text, name).weights()


@pytest.mark.parametrize(
    "name", ["comfyui", "comfyui-plain", "fooocus", "swarmui", "prompt-control"]
)
@pytest.mark.parametrize("kind", HUGE)
def test_work_is_linear(name, kind):
    for size in (300, 600):  # other texts: the last ones are remembered
        both(HUGE[kind](size), name)
    once = work(lambda: both(HUGE[kind](1000), name))
    twice = work(lambda: both(HUGE[kind](2000), name))
    assert twice <= 2.3 * once + 2000


@pytest.mark.parametrize("name", ["comfyui", "fooocus", "swarmui", "prompt-control"])
def test_two_hundred_thousand_parentheses_are_read(name):
    deep = "(" * 100_000 + "a" + ":1.5)" * 100_000
    assert read(deep, name).weights() == [("a", 1.5)]
    assert read("(" * 200_000, name).weights() == [("(" * 200_000, 1.0)]


def test_a_deep_tree_is_written_flat():
    written = write(parse("(" * 3000 + "a" + ")" * 3000), "comfyui")
    assert [loss.severity for loss in written.losses] in ([], ["error"])
    assert len(written.text) < 400


# What stands in chunks and beside switches.


@pytest.mark.parametrize(
    ("name", "text"),
    [("prompt-control", "m) a BREAK (b:nan)"), ("swarmui", "m) a<break>(b:nan)")],
)
def test_each_chunk_has_parentheses_of_its_own(name, text):
    rules = [found.rule for found in read(text, name).diagnostics]
    assert sorted(rules) == ["parenthesis-without-partner", "weight-not-a-number"]


def test_tags_of_swarmui_are_resolved_in_a_field_with_escapes():
    prompt = read(r"[a\:b <embed:bad>[]|c]", "swarmui")
    assert [node.value for node in walk_prompt(prompt) if isinstance(node, Reference)] == [
        "<embedding:bad>"
    ]


def test_and_beside_a_schedule_leaves_the_others_what_they_are():
    prompt = read("[a|b]AND c AND d :0.5", "prompt-control")
    assert [part.weight for part in prompt.parts] == [1.0, 0.5]


def test_a_tag_that_is_text_does_not_become_a_network_of_fooocus():
    prompt = read("<lora:x:0.8>", "comfyui")
    written = write(prompt, "fooocus")
    assert written.text == "< lora:x:0.8>"
    assert [(loss.kind, loss.severity) for loss in written.losses] == [("escape", "info")]


@pytest.mark.parametrize("name", ["comfyui", "swarmui", "prompt-control"])
def test_weights_are_the_same_however_a_text_was_read(name):
    text = "(a (b) (c:1.5), d\\(:1.2) e ((f)) (g:h) (:2)"
    prompt = read(text, name)
    told = prompt.weights()
    for other in range(10):  # so many that none is remembered
        read(f"({other})", name).weights()
    assert prompt.weights() == read(text, name).weights() == told


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("((a) b:1.2)) c", "no group behind it has a weight"),
        ("((a) b:1.2 c", "it opens no group"),
        ("((a (b:1.2)), c (at 5:30)", "the rest of the prompt is its group"),
    ],
)
def test_a_parenthesis_alone_is_told_with_what_comes_of_it(text, what):
    (found,) = read(text, "comfyui").diagnostics
    assert found.message.endswith(what)
