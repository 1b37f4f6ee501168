"""Laws of the tree that hold for every text: printing, spans, recovering, walking, weights."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import OpenPromptError, PromptSyntaxError
from impasto.syntax import machine, parser
from impasto.syntax.nodes import Alternate, Choice, Group, Schedule, Text
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_nodes, print_parts
from impasto.syntax.runs import TEXT, flatten, merged, print_runs
from impasto.syntax.walk import children, rebuild, walk, walk_prompt
from strategies import canonical, groups_only, hostile, texts, weighted


@given(canonical)
def test_printing_gives_the_source_back(text):
    prompt = parse(text)
    assert str(prompt) == text
    assert print_parts(prompt.parts) == text


@given(hostile)
def test_any_text_is_read_and_printed_when_recovering(text):
    prompt = parse(text, recover=True)
    assert str(prompt) == text
    assert print_parts(prompt.parts) == text


@given(hostile)
def test_recovering_finds_problems_exactly_where_strict_parsing_does(text):
    prompt = parse(text, recover=True)
    if prompt.diagnostics:
        with pytest.raises(PromptSyntaxError) as caught:
            parse(text)
        assert str(caught.value.diagnostic) == str(prompt.diagnostics[0])
    else:
        assert parse(text).parts == prompt.parts


@given(hostile)
def test_diagnostics_come_in_order_and_point_into_the_text(text):
    starts = [d.span.start for d in parse(text, recover=True).diagnostics]
    assert starts == sorted(starts)
    assert all(0 <= start < len(text) for start in starts)


@given(hostile)
def test_spans_tile_the_source(text):
    """Children stand between the signs of their parent, each where the one before it ended."""
    prompt = parse(text, recover=True)
    rebuilt = "AND".join(
        tile(part.children, part.start, part.end - len(part.mark), text) + part.mark
        for part in prompt.parts
    )
    assert rebuilt == text
    for node in walk_prompt(prompt):
        for start, end, inner in fields(node):
            assert node.start < start <= end < node.end
            tile(inner, start, end, text)
        if hasattr(node, "value"):
            assert text[node.start : node.end] == node.value


def tile(nodes, start, end, text):
    at = start
    for node in nodes:
        assert node.start == at < node.end
        at = node.end
    assert at == end
    return text[start:end]


def fields(node):
    """The spans between the signs of `node`, and what stands there."""
    match node:
        case Group():
            yield node.start + 1, node.end - 1 - len(node.mark), node.children
        case Schedule():
            middle = node.before[-1].end if node.before else node.start + 1
            yield node.start + 1, middle, node.before
            yield middle + 1, node.end - 1 - len(node.mark), node.after
        case Alternate(fields=listed):
            at = node.start + 1
            for field in listed:
                end = field[-1].end if field else at
                yield at, end, field
                at = end + 1
            assert at == node.end
        case Choice(options=options):
            at = node.start + 1 + len(node.mark)
            for option in options:
                assert option.start == at
                yield option.start + len(option.mark), option.end, option.children
                at = option.end + 1
            assert at == node.end


@given(hostile)
def test_texts_never_touch_and_are_never_empty(text):
    prompt = parse(text, recover=True)
    lists = [part.children for part in prompt.parts]
    lists += [inner for node in walk_prompt(prompt) for inner in children(node)]
    for nodes in lists:
        kinds = [isinstance(node, Text) for node in nodes]
        assert not any(a and b for a, b in pairwise(kinds))
        assert all(node.end > node.start for node in nodes)


@given(st.one_of(groups_only, weighted, texts))
def test_the_fast_ways_read_what_the_table_reads(text):
    try:
        by_table = machine.Machine(text).run()
    except machine.Refused:
        with pytest.raises(PromptSyntaxError):
            parse(text)
        fast = parser._parse_groups(text)
        assert fast is None or not set(text) <= set("()[]:\\")
        return
    assert parse(text).parts == by_table


@given(groups_only)
def test_groups_are_read_as_the_table_reads_them(text):
    fast = parser._parse_groups(text)
    if fast is not None:
        assert fast == machine.Machine(text).run()[0].children


@given(canonical)
def test_a_walk_meets_every_node_once_in_the_order_written(text):
    met = list(walk_prompt(parse(text)))
    assert len({id(node) for node in met}) == len(met)
    starts = [(node.start, -node.end) for node in met]
    assert starts == sorted(starts)
    assert [n for n in met if isinstance(n, Text)] == leaves(parse(text))


def leaves(prompt):
    """The texts by plain recursion."""

    def below(nodes):
        for node in nodes:
            if isinstance(node, Text):
                yield node
            for inner in children(node):
                yield from below(inner)

    return [text for part in prompt.parts for text in below(part.children)]


@given(canonical)
def test_rebuilding_without_change_shares_the_tree(text):
    for part in parse(text).parts:
        rebuilt = rebuild(part.children, lambda node: node)
        assert len(rebuilt) == len(part.children)
        assert all(new is old for new, old in zip(rebuilt, part.children, strict=True))


@given(canonical)
def test_rebuilding_shares_what_did_not_change(text):
    nodes = parse(text + "(here:1.2)").parts[-1].children
    shout = rebuild(nodes, lambda n: Text("HERE") if n == nodes[-1].children[0] else n)
    assert shout[-1].children == (Text("HERE"),)
    assert shout[-1].mark == ":1.2"
    assert all(new is old for new, old in zip(shout[:-1], nodes[:-1], strict=True))


def test_rebuilding_takes_out_and_puts_in():
    nodes = parse("a (b [c] {d|e:1}) [f|g] [h:i:2]").parts[0].children

    def change(node):
        match node:
            case Text(value="c"):
                return ()
            case Text(value="g"):
                return (Text("g1"), Text("g2"))
            case Group(kind="square"):
                return Group("round", (*node.children, Text("new")), ":2")
        return node

    assert print_nodes(rebuild(nodes, change)) == "a (b (new:2) {d|e:1}) [f|g1g2] [h:i:2]"


@given(st.lists(st.sampled_from(["0.5", "1.2", "-1", "3", "0", ".25"]), max_size=6))
def test_nested_weights_multiply(factors):
    text = "x"
    for factor in factors:
        text = f"({text}:{factor})"
    expected = math.prod(float(factor) for factor in factors)
    assert parse(text).weights() == [("x", pytest.approx(expected))]


@given(weighted)
def test_weights_merge_equal_neighbours_and_keep_the_text(text):
    prompt = parse(text)
    runs = prompt.weights()
    for (_, one), (_, other) in pairwise(runs):
        assert one != other or one == -1.0
    assert all(run for run, _ in runs)


@given(weighted)
def test_weights_are_those_of_the_flat_runs(text):
    prompt = parse(text.replace("BREAK", "break"))
    runs = flatten(prompt.parts[0].children, prompt.source)
    flat = merged(run for run in runs if run.kind == TEXT)
    assert prompt.weights() == [(run.text, run.weight) for run in flat]


@given(weighted)
def test_runs_point_to_where_they_were_written(text):
    prompt = parse(text)
    for run in flatten(prompt.parts[0].children, prompt.source):
        written = parse(run.span.text).weights() if run.kind == TEXT else None
        assert written is None or [(run.text, 1.0)] == written


@given(weighted)
def test_printed_runs_have_the_same_weights(text):
    prompt = parse(text)
    printed = parse(print_runs(flatten(prompt.parts[0].children, prompt.source)))
    expected = [(letter, pytest.approx(weight, abs=1e-5)) for letter, weight in letters(prompt)]
    assert letters(printed) == expected


def letters(prompt):
    """The weight of every character, spaces aside: the text around runs need not keep them."""
    return [(c, weight) for text, weight in prompt.weights() for c in text if not c.isspace()]


@given(canonical, st.integers(1, 12))
def test_a_schedule_covers_every_step_once(text, steps):
    prompt = parse(text)
    try:
        stretches = prompt.schedule(steps)
    except OpenPromptError:
        return
    ends = [last for _, last, _ in stretches]
    assert ends.count(steps) == len(prompt.parts)
    first = ends[: ends.index(steps) + 1]
    assert first == sorted(set(first))
    assert all(1 <= last <= steps for last in ends)


@given(canonical)
def test_the_hash_of_a_tree_fits_its_equality(text):
    one, other = parse(text), parse(text)
    assert one.parts == other.parts
    assert [hash(n) for n in walk_prompt(one)] == [hash(n) for n in walk_prompt(other)]
    assert hash(one) == hash(other)


def test_a_walk_over_nodes_is_the_walk_over_the_prompt():
    prompt = parse("a (b [c|d] {e|f}) AND g")
    found = [node for part in prompt.parts for node in walk(part.children)]
    assert found == list(walk_prompt(prompt))
