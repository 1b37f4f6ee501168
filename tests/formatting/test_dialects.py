"""Prompts in other dialects keep what their own readers hear."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import impasto
from formatting.meaning import words
from impasto.dialects import DIALECTS
from impasto.errors import FileError, OpenPromptError
from strategies import hostile

PIECES = st.sampled_from(
    [
        *("cat", "red fox", " ", "  ", " ,", ",", ", ", "(a :1.2)", "(a)1.2", "(b)++", "{{c}}"),
        *("1.2::d ::", "[e:f:0.5]", "[g| h]", " BREAK ", " AND ", "::2 ", " --no x ,y", "\\(", ":"),
        *("<random:a, b>", "<alternate:a,b>", '"OPEN ,  NOW"', "{a |b}", "__w__", "-", "\n", "1,0"),
    ]
)
prompts = st.one_of(st.lists(PIECES, max_size=10).map("".join), hostile)


def heard(text, dialect):
    """What the reader of a dialect hears, or None where it is open."""
    try:
        schedule = impasto.read(text.replace("\r\n", "\n"), dialect).schedule()
    except OpenPromptError:
        return None
    return [(weight, until, words(runs)) for weight, until, runs in schedule]


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=25)
@given(text=prompts)
def test_a_dialect_hears_the_same(dialect, text):
    try:
        after = impasto.format(text, dialect=dialect)
    except FileError:
        event("refused")
        return
    assert impasto.format(after, dialect=dialect) == after
    assert heard(after, dialect) == heard(text, dialect)


@pytest.mark.parametrize(
    ("dialect", "before", "after"),
    [
        ("a1111", "a  cat ,( dog :1.20)", "a cat, ( dog :1.20)"),
        ("novelai-4", "1.3::golden  light ::,fox", "1.3::golden light ::, fox"),
        ("compel", "(a ,b)1.20 ,(c)++", "(a, b)1.20, (c)++"),
        (
            "midjourney-7",
            "a  fox ,snow --ar 16:9 --no fog ,rain",
            "a fox, snow --ar 16:9 --no fog, rain",
        ),
        ("dynamicprompts", "{a |b} ,c", "{a |b}, c"),
    ],
)
def test_spaces_and_commas(dialect, before, after):
    assert impasto.format(before, dialect=dialect) == after


@pytest.mark.parametrize("kind", ["template", "pack"])
def test_templates_and_packs_are_canonical(kind):
    with pytest.raises(FileError, match=f"a {kind} is written in the canonical syntax"):
        impasto.format("styles: {}", kind, dialect="a1111")


def test_an_unknown_dialect_says_which_is_near():
    with pytest.raises(impasto.UnknownNameError, match="a1111"):
        impasto.format("a", dialect="a111")
