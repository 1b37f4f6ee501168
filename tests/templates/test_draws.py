"""`choice`, `pick` and `shuffle`: by seed, the same everywhere, each call by itself."""

from collections import Counter

import pytest

import impasto
from impasto.errors import OpenPromptError, TemplateError, TemplateLimitError
from impasto.source import Source
from impasto.templates.template import Template


def drawn(text, seed, **values):
    return impasto.compose(text, values=values, template=True, seed=seed).text


def test_a_draw_that_is_set_is_drawn_once():
    text = "{% set c = choice('red', 'blue') %}{{ c }} fox, {{ c }} sky{% if c == 'red' %}, dawn{% endif %}"
    found = {drawn(text, seed) for seed in range(40)}
    assert found == {"red fox, red sky, dawn", "blue fox, blue sky"}


def test_what_is_drawn_is_the_same_on_every_machine():
    text = "{{ choice(l) }}; {{ pick(l, 3)|join(' ') }}; {{ l|shuffle|join(' ') }}; {{ l|choice }}"
    found = [drawn(text, seed, l=["a", "b", "c", "d", "e"]) for seed in (0, 1, 2**64 + 2)]
    assert found == SAME


SAME = [
    "e; c b d; d a e b c; a",
    "d; e d a; c a d b e; a",
    "c; e c d; d c a e b; a",
]


def test_every_option_is_drawn_about_as_often():
    counts = Counter(drawn("{{ choice('a', 'b', 'c', 'd') }}", seed) for seed in range(2000))
    assert set(counts) == set("abcd")
    assert all(400 < count < 600 for count in counts.values())


def test_calls_draw_apart_from_each_other_and_from_choices():
    text = "{{ choice('a', 'b') }}{{ choice('a', 'b') }} {c|d}"
    assert len({drawn(text, seed) for seed in range(60)}) == 8


def test_pick_takes_each_thing_once_and_no_more_than_there_are():
    for seed in range(30):
        found = drawn("{{ pick(['a', 'b', 'c'], 2)|join }}", seed)
        assert len(set(found)) == len(found) == 2
        assert sorted(drawn("{{ ['a', 'b']|pick(9)|join }}", seed)) == ["a", "b"]
        assert sorted(drawn("{{ ['a', 'b', 'c']|shuffle|join }}", seed)) == ["a", "b", "c"]
    assert drawn("x{{ pick([], 2) }}", 1) == "x"


def test_what_is_drawn_stays_data():
    assert drawn("({{ choice(l) }}:1.3)", 1, l=["(x:1.5)"]) == r"(\(x\:1.5\):1.3)"


def test_without_a_seed_nothing_is_drawn():
    with pytest.raises(OpenPromptError, match=r"choice\(\); give a seed"):
        impasto.compose("{{ choice('a', 'b') }}", template=True)
    with pytest.raises(OpenPromptError, match=r"shuffle|pick"):
        Template(Source("{{ ['a']|shuffle }}")).render({}, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ choice([]) }}", "nothing to choose from"),
        ("{{ choice('abc') }}", 'a draw needs a list, and "abc" is none'),
        ("{{ pick(5) }}", 'a draw needs a list, and "5" is none'),
        ("{{ pick(['a'], -1) }}", '"-1" is no number of things to pick'),
        ("{{ pick(['a'], true) }}", '"True" is no number'),
    ],
)
def test_what_cannot_be_drawn_is_told_with_its_place(text, message):
    with pytest.raises(TemplateError, match=message) as caught:
        drawn(f"a,\n{text}", 1)
    assert caught.value.span.line == 2


@pytest.mark.parametrize("text", ["{{ choice(range(99999999)) }}", "{{ l|shuffle }}"])
def test_a_draw_from_too_much_ends(text, monkeypatch):
    monkeypatch.setattr("impasto.templates.run.MAX_TURNS", 1000)
    with pytest.raises(TemplateError) as caught:
        impasto.compose(
            text, values={"l": ["a"] * 5000} if "l|" in text else {}, template=True, seed=1
        )
    assert isinstance(caught.value, TemplateLimitError) or "Range" in str(caught.value)
