from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.recipes.grid import Grid, TooManyRulesError
from impasto.recipes.shuffle import Shuffle


@st.composite
def grids(draw):
    sizes = draw(st.lists(st.integers(1, 4), max_size=4))
    place = st.fixed_dictionaries(
        {}, optional={a: st.integers(0, n - 1) for a, n in enumerate(sizes)}
    )
    return sizes, draw(st.lists(place, max_size=6))


def enumerated(sizes, rules):
    return [
        places
        for places in product(*map(range, sizes))
        if not any(all(places[axis] == at for axis, at in rule.items()) for rule in rules)
    ]


@given(grids())
def test_it_counts_and_finds_what_enumeration_gives(grid):
    sizes, rules = grid
    expected = enumerated(sizes, rules)
    found = Grid(sizes, rules)
    assert found.count == len(expected)
    assert [found.pick(index) for index in range(found.count)] == expected


@pytest.mark.parametrize("index", [-1, 6])
def test_there_is_nothing_beyond_the_last(index):
    with pytest.raises(IndexError):
        Grid([2, 3]).pick(index)


def test_what_is_counted_need_not_be_small():
    rules = [{axis: 0, axis + 1: 1} for axis in range(40)]
    found = Grid([10**6] * 41, rules)
    assert found.count < 10**246
    last = found.pick(found.count - 1)
    assert last == (10**6 - 1,) * 41
    assert found.pick(0) == (0,) * 41


def test_rules_that_share_their_axes_are_cheap_however_many():
    rules = [{0: at, 1: at} for at in range(2000)]
    assert Grid([2000, 2000], rules).count == 2000 * 1999


def test_rules_that_overlap_without_end_are_refused():
    rules = [{a: 0, (a * 7 + 3) % 40: 0, (a * 13 + 5) % 40: 1} for a in range(40)]
    rules += [{a: 1, (a * 11 + 2) % 40: 1, (a * 17 + 9) % 40: 0} for a in range(40)]
    with pytest.raises(TooManyRulesError):
        Grid([2] * 40, rules)


@given(st.integers(1, 300), st.integers(0, 2**64))
def test_a_shuffle_holds_every_number_once(size, seed):
    order = Shuffle(size, seed)
    assert sorted(order[place] for place in range(size)) == list(range(size))


def test_a_shuffle_is_the_same_everywhere():
    assert [Shuffle(10, 0)[place] for place in range(10)] == [6, 7, 4, 8, 1, 0, 5, 3, 9, 2]
    assert Shuffle(10**30, 1)[0] != Shuffle(10**30, 2)[0]
    assert 0 <= Shuffle(10**30, 1)[10**30 - 1] < 10**30
    with pytest.raises(IndexError):
        Shuffle(3, 0)[3]
