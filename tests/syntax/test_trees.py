"""What every construct is read as: trees, weights and spans, held as data."""

import json
from pathlib import Path

import pytest
import yaml

from impasto.errors import OpenPromptError
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    Option,
    Reference,
    Schedule,
    Text,
    Wildcard,
)
from impasto.syntax.parser import parse
from impasto.syntax.phrases import print_phrases, split
from impasto.syntax.printer import print_parts
from impasto.syntax.walk import walk_prompt

CASES = Path(__file__).parents[1] / "cases" / "syntax"


def cases(name):
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


def title(case):
    return case["title"]


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def show(prompt):
    """The tree on one line: factors in front, texts in quotes, no spans."""
    parts = (shown(p.children) + (f" @{p.weight:g}" if p.mark else "") for p in prompt.parts)
    return " AND ".join(parts)


def shown(nodes):
    return " ".join(show_node(node) for node in nodes)


def show_node(node):
    match node:
        case Text(value=value):
            return quoted(value)
        case Group(kind="round"):
            return f"({node.weight:.4g}: {shown(node.children)})"
        case Group():
            return f"[{node.weight:.4g}: {shown(node.children)}]"
        case Schedule():
            return f"until{node.mark[1:]}({shown(node.before)} then {shown(node.after)})"
        case Alternate():
            return f"turns({' | '.join(shown(field) for field in node.fields)})"
        case Break():
            return "BREAK"
        case Reference():
            return f"{node.kind}({', '.join(node.arguments)})"
        case Wildcard():
            return f"wildcard({node.name})"
        case Comment(value=value):
            return f"comment({quoted(value)})"
        case Choice():
            options = " | ".join(f"{o.odds:g}:: {shown(o.children)}".rstrip() for o in node.options)
            return f"choice({node.mark} {options})"
    raise AssertionError(node)


@pytest.mark.parametrize("case", cases("trees.yaml"), ids=title)
def test_a_construct_has_its_tree(case):
    prompt = parse(case["source"])
    assert show(prompt) == case["tree"]
    assert str(prompt) == print_parts(prompt.parts) == case["source"]


@pytest.mark.parametrize("case", cases("trees.yaml"), ids=title)
def test_a_construct_has_its_weights(case):
    prompt = parse(case["source"])
    if case["weights"] == "open":
        with pytest.raises(OpenPromptError, match="seed"):
            prompt.weights()
        return
    expected = [(text, pytest.approx(weight, abs=1e-4)) for text, weight in case["weights"]]
    assert prompt.weights() == expected


@pytest.mark.parametrize("case", cases("spans.yaml"), ids=title)
def test_every_node_knows_where_it_was_written(case):
    prompt = parse(case["source"])
    found = [
        f"{node.start}-{node.end} {type(node).__name__} {quoted(prompt.span(node).text)}"
        for node in walk_prompt(prompt)
    ]
    parts = [
        f"{part.start}-{part.end} Part {quoted(prompt.span(part).text)}" for part in prompt.parts
    ]
    assert [*parts, *found] == case["spans"]


@pytest.mark.parametrize("case", cases("schedules.yaml"), ids=title)
def test_a_schedule_changes_where_it_says(case):
    found = parse(case["source"]).schedule(case["steps"])
    assert [[weight, step, [list(run) for run in runs]] for weight, step, runs in found] == case[
        "schedule"
    ]


@pytest.mark.parametrize("case", cases("schedules.yaml"), ids=title)
def test_the_weights_at_a_step_are_those_of_its_stretch(case):
    prompt, steps = parse(case["source"]), case["steps"]
    stretches = [(last, runs) for _, last, runs in prompt.schedule(steps)]
    for step in range(1, steps + 1):  # the first part comes first and ends with the last step
        runs = next(runs for last, runs in stretches if step <= last)
        assert prompt.weights(step, steps) == runs


def test_the_name_of_the_text_is_in_positions():
    prompt = parse("a, (b)", name="style.yaml")
    assert str(prompt.span(prompt.parts[0].children[1])) == "style.yaml:1:4"


@pytest.mark.parametrize("text", [None, 3, b"a fox", ["a"], Path("fox.prompt")], ids=repr)
def test_what_is_no_text_is_refused(text):
    with pytest.raises(TypeError, match=f"a prompt is a str, not {type(text).__name__}"):
        parse(text)


def test_a_million_plain_characters_are_one_text():
    text = "a red fox, " * 100_000
    prompt = parse(text)
    assert [node.value for node in walk_prompt(prompt)] == [text]
    assert prompt.weights() == [(text, 1.0)]


def test_numbers_of_any_length_are_numbers():
    ones = "1" * 5000
    assert parse(f"[a:b:{ones}]").weights(20, 20) == [("a", 1.0)]
    assert parse(f"[a:b:-{ones}.5]").weights(1, 20) == [("b", 1.0)]
    assert parse(f"(a:0.{ones})").weights() == [("a", pytest.approx(0.1111, abs=1e-4))]


def test_prompts_of_one_text_are_equal():
    assert parse("(a:1.2)") == parse("(a:1.2)")
    assert parse("(a)") != parse("a")
    assert parse("[a", recover=True) == parse("[a", recover=True)
    assert len({parse("(a)"), parse("(a)"), parse("a")}) == 2


def test_trees_of_any_depth_are_compared_and_shown():
    deep, same = (parse("(" * 50_000 + "a" + ")" * 50_000).parts[0] for _ in range(2))
    other = parse("(" * 50_000 + "b" + ")" * 50_000).parts[0]
    assert deep == same
    assert deep != other
    assert repr(deep).count("Group(kind='round'") == 50_000


def test_a_tree_is_shown_as_it_can_be_typed():
    nodes = parse("(a [b:c:0.5]:1.2) {2$$x|2::y}").parts[0].children
    names = {kind.__name__: kind for kind in (Choice, Group, Option, Schedule, Text)}
    assert eval(repr(nodes), names) == nodes


def test_a_weight_beyond_all_measure_is_printed_as_a_number():
    source = f"(x:{'9' * 400}), [y:-{'9' * 400}]"
    prompt = parse(source)
    assert print_phrases(split(prompt.parts[0].children, prompt.source)) == (
        "(x:1000000000), (y:-1000000000)"
    )


def test_every_phrase_with_a_text_has_a_key():
    prompt = parse("_, __, a__b, A B, ___")
    keys = [phrase.key for phrase in split(prompt.parts[0].children, prompt.source)]
    assert all(keys)
    assert keys[0] != keys[1]
    assert keys[2] == keys[3] == "a b"
