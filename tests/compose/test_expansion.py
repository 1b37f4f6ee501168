from __future__ import annotations

from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import impasto

COLOURS = ["red", "white"]
PLACES = ["rain", "snow", "fog"]


def test_count_pick_and_iterate_agree():
    found = impasto.expand("a {red|white} fox in {rain|snow|fog}")
    every = [f"a {colour} fox in {place}" for colour, place in product(COLOURS, PLACES)]
    assert found.count == 6
    assert list(found.iterate()) == every
    assert [found.pick(at) for at in range(found.count)] == every
    assert list(found.iterate(4)) == every[4:]


def test_parts_are_multiplied_and_the_last_turns_fastest():
    found = impasto.expand("{a|b} AND {c|d}:0.7")
    assert found.count == 4
    assert list(found.iterate()) == [
        "a AND c:0.7",
        "a AND d:0.7",
        "b AND c:0.7",
        "b AND d:0.7",
    ]
    assert list(found.iterate(3)) == [found.pick(3)]


@given(st.integers(0, 10**30))
def test_a_far_one_costs_no_more_than_a_near_one(index):
    found = impasto.expand("{a|b|c|d|e|f|g|h|i|j} " * 30)
    assert found.pick(index % found.count).split() == list(
        str(index % found.count).zfill(30).translate(str.maketrans("0123456789", "abcdefghij"))
    )


def test_only_what_is_asked_for_is_built():
    endless = impasto.expand("{a|b|c|d|e|f|g|h|i|j} " * 30)
    assert len(list(islice(endless.iterate(10**29), 3))) == 3


@pytest.mark.parametrize("index", [-1, 6])
def test_a_number_beyond_the_end_is_told(index):
    found = impasto.expand("a {red|white} fox in {rain|snow|fog}")
    with pytest.raises(impasto.OpenPromptError, match="they are 0 to 5"):
        found.pick(index)
    with pytest.raises(impasto.OpenPromptError, match="they are 0 to 5"):
        list(found.iterate(index))


def test_word_lists_are_found_and_missing_ones_are_told(tmp_path):
    (tmp_path / "animals.txt").write_text("fox\nowl\n", "utf-8")
    assert list(impasto.expand("a __animals__", wildcards=[tmp_path]).iterate()) == [
        "a fox",
        "a owl",
    ]
    with pytest.raises(impasto.UnknownNameError, match="animals"):
        impasto.expand("a __animal__", wildcards=[tmp_path])


def test_dynamicprompts_leaves_brackets_to_the_program_that_it_feeds():
    found = impasto.expand("{(red:1.2)|(blue:0.7)} car", "dynamicprompts")
    assert found.host == "a1111"
    assert list(found.iterate()) == ["(red:1.2) car", "(blue:0.7) car"]
    assert impasto.read(found.pick(0), found.host).weights() == [("red", 1.2), (" car", 1.0)]


def test_what_its_own_reader_refuses_is_refused():
    with pytest.raises(impasto.PromptSyntaxError):
        impasto.expand("{a|b", "dynamicprompts")
    with pytest.raises(impasto.PromptSyntaxError):
        impasto.expand("{a|b")


@given(st.integers(0, 2**64))
def test_a_seed_draws_the_same_every_time(seed):
    found = impasto.expand("a {red|white} fox AND {rain|snow|fog}")
    assert found.draw(seed) == impasto.expand(found.prompt).draw(seed)
    assert found.draw(seed) in set(found.iterate())


def test_every_job_keeps_the_parameters_of_its_prompt():
    found = impasto.expand("{red, blue} car --ar 3:2 --no people", "midjourney-6")
    assert list(found.iterate()) == [
        "red car --no people --ar 3:2",
        "blue car --no people --ar 3:2",
    ]
