"""No value, however hostile, changes the weights around it, in any dialect.

Each template is composed with a harmless value and with a hostile one, written in every dialect
and read back as that dialect reads: the words around the value keep their weights.
"""

import itertools
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import impasto
from impasto import dialects
from strategies import hostile

TAGS = [
    line
    for line in (pathlib.Path(__file__).parent / "data" / "special_tags.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("# ")
]
EVERY_CATEGORY = st.characters(categories=["C", "L", "M", "N", "P", "S", "Z"])
VALUES = st.one_of(
    st.text(EVERY_CATEGORY, max_size=20),
    hostile,
    st.sampled_from(TAGS),
    st.lists(st.sampled_from(TAGS), min_size=2, max_size=3).map("".join),
)
TEMPLATES = (
    "qqleft {{ a }} qqmiddle, ({{ b }} qqheavy:1.3), qqright",
    "({{ a }}{{ b }}:1.3), qqright",
    "qqleft, {{ [a, b]|phrases('and') }}, (qqheavy:1.3)",
    "{% macro m(x) %}({{ x }} qqheavy:1.2){% endmacro %}qqleft, {{ m(a ~ b) }}, qqright",
    "qqleft {{ a }}{% if b %}, {{ b|weight(1.3) }}{% endif %} qqright",
    "{% for x in [a, b] %}(qq{{ loop.index }} {{ x }}:1.1), {% endfor %}qqright",
    '(qqleft:1.2) says "{{ a }} {{ b }}", qqright',
)
JOINS = (
    *(("<lora:", "x:1>"), ("A", "ND"), ("BRE", "AK"), ("_", "_animals__"), ("__animals_", "_")),
    *(("(", ":1.5)"), ("{a", "|b}"), ("{", "{ x }}"), ("{%", " if x %}"), ("[a:b", ":0.5]")),
    *(("\n#", " note"), ("\\", "("), ("--", "no dogs"), (":", ": 2"), ("a::", "3"), (")", "(")),
    *(("$", "$"), ("2$", "$a"), ('"', ")+"), ("1.5::", "x::"), ("\U000f0000", "\U00100001")),
)


WORDS = ("qqleft", "qqmiddle", "qqheavy", "qqright", "qq1", "qq2")


def weights(template, dialect, **values):
    """The weight of each of our own words, as the dialect reads what was written in it."""
    found = impasto.compose(template, values=values, template=True)
    return _weights(impasto.write(found.prompt, dialect).text, dialect)


def _weights(written, dialect):
    host = dialects.dialect(dialect).host or dialect
    runs = [run for run in impasto.read(written, host).weights() if run != ("BREAK", -1.0)]
    text = "".join(text for text, _ in runs)
    weight_at = list(itertools.chain.from_iterable([w] * len(t) for t, w in runs))
    found = {word: weight_at[text.index(word)] for word in WORDS if word in text}
    if dialect == "midjourney-6":  # its weights are shares
        found = {word: weight / next(iter(found.values())) for word, weight in found.items()}
    return found


def alike(dialect, template, a, b):
    """Whether our words weigh the same beside hostile values as beside harmless ones."""
    hostile_ones = weights(template, dialect, a=a, b=b)
    harmless = weights(template, dialect, a="x", b="x" if b.strip() else "")
    assert hostile_ones == pytest.approx(harmless, abs=1e-4)


@pytest.mark.parametrize("dialect", dialects.names())
@given(st.sampled_from(TEMPLATES), VALUES, VALUES)
@settings(max_examples=60)
def test_the_words_around_values_keep_their_weights(dialect, template, a, b):
    alike(dialect, template, a, b)


@pytest.mark.parametrize("dialect", dialects.names())
def test_two_values_that_meet_make_no_syntax(dialect):
    for (a, b), template in itertools.product(JOINS, TEMPLATES):
        alike(dialect, template, a, b)


@pytest.mark.parametrize("dialect", dialects.names())
def test_tags_of_every_shape_change_no_weight(dialect):
    for tag in TAGS:
        alike(dialect, "qqleft {{ a }}, ({{ b }} qqheavy:1.3), qqright", tag, tag)


@given(VALUES, VALUES, st.integers(0, 99))
@settings(max_examples=40)
def test_rendering_is_deterministic(a, b, seed):
    template = (
        "{{ [a, b]|shuffle }}, {{ choice(a, b) }}, {x {{ a }}|y {{ b }}}, {{ [a, b]|pick(1) }}"
    )
    first, second = (
        impasto.compose(template, values={"a": a, "b": b}, template=True, seed=seed).text
        for _ in range(2)
    )
    assert first == second
