"""The number of combinations, and the one with a given number."""

import tracemalloc
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import impasto
from impasto.errors import OpenPromptError, UnknownNameError
from impasto.syntax.printer import print_nodes
from impasto.variations.combinations import Space
from impasto.variations.draw import draw

count, pick = Space().count, Space().pick


def nodes(text):
    return impasto.parse(text).parts[0].children


def everything(text):
    found = nodes(text)
    return [print_nodes(pick(found, index)) for index in range(count(found))]


CASES = {
    "{a|b} {c|d}": ["a c", "a d", "b c", "b d"],
    "{ a {1|2} |b}": ["a 1", "a 2", "b"],
    "{2$$a|b|c}": [", ".join(p) for p in permutations("abc", 2)],
    "{2$$ and $$a|b}": ["a and b", "b and a"],
    "{-1$$a|b} x": [" x", "a x", "b x"],
    "{2-$$a|b}": ["a, b", "b, a"],
    "{7$$a|b}": ["a, b", "b, a"],
    "({a|b}:1.2) [{x|y}:z:0.5]": [f"({g}:1.2) [{s}:z:0.5]" for g, s in ["ax", "ay", "bx", "by"]],
    "[{a|b}|c]": ["[a|c]", "[b|c]"],
    "{1-2$$a|{b|c}}": ["a", "b", "c", "a, b", "a, c", "b, a", "c, a"],
    "plain": ["plain"],
    "{a}": ["a"],
}


@pytest.mark.parametrize("text", CASES)
def test_all_combinations_in_order(text):
    assert everything(text) == CASES[text]


options = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=4, unique=True)
choices = st.recursive(
    st.sampled_from("xyz"),
    lambda inner: st.builds(
        lambda parts, mark: "{" + mark + "|".join(parts) + "}",
        st.lists(st.lists(inner, min_size=1, max_size=2).map(" ".join), min_size=1, max_size=3),
        st.sampled_from(["", "2$$", "1-2$$", "-1$$ & $$"]),
    ),
    max_leaves=6,
)


@given(st.lists(choices, min_size=1, max_size=3).map(" ".join))
def test_the_count_is_the_number_of_different_picks(text):
    found = nodes(text)
    total = count(found)
    total = min(total, 300)
    made = [repr(pick(found, index)) for index in range(total)]
    assert len(made) == total
    for bad in (-1, count(found)):
        with pytest.raises(OpenPromptError, match="there is no combination"):
            pick(found, bad)


def test_a_far_combination_needs_no_counting_up():
    found = nodes("{a|b|c|d|e|f|g|h|i|j|k|l|m}" * 8)
    assert count(found) == 13**8
    assert print_nodes(pick(found, 13**8 - 1)) == "m" * 8
    assert print_nodes(pick(found, 13**7)) == "b" + "a" * 7


def test_deep_choices_are_no_problem():
    depth = 20_000
    found = nodes("{a|" * depth + "b" + "}" * depth)
    assert count(found) == depth + 1
    assert print_nodes(pick(found, depth)) == "b"


def test_a_wildcard_without_a_list_is_an_error():
    with pytest.raises(UnknownNameError, match="animals"):
        count(nodes("{a|__animals__}"))


def test_compose_takes_a_combination():
    texts = [impasto.compose("{a|b} AND {c|d}", index=index).text for index in range(4)]
    assert texts == ["a AND c", "a AND d", "b AND c", "b AND d"]


def test_counting_on_from_a_number_gives_the_rest():
    found = nodes("{a|b|c} ({d|e}:1.2) {2$$f|g|h}")
    space = Space()
    everything = [space.pick(found, index) for index in range(space.count(found))]
    for start in (0, 1, 17, len(everything), len(everything) + 5):
        assert list(space.iterate(found, start)) == everything[start:]
    with pytest.raises(OpenPromptError, match="start at 0"):
        space.iterate(found, -1)


def test_counting_through_keeps_nothing():
    found = nodes("{a|b|c|d|e|f|g|h|i|j|k|l|m}" * 8)
    walked = Space().iterate(found, 13**8 // 2)
    tracemalloc.start()
    for _ in range(5_000):
        next(walked)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(5_000):
        next(walked)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_what_is_drawn_is_one_of_the_combinations():
    found = nodes("{x {|a}|b} [{1-2$$c|{d|e}}:f:0.5] {0::g|h}")
    space = Space()
    everything = {print_nodes(prompt) for prompt in space.iterate(found)}
    assert {print_nodes(draw(found, seed)) for seed in range(50)} <= everything
