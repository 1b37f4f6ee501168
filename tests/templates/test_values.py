"""Values are data: whatever they hold, they change no weight and start no syntax."""

import pathlib

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markupsafe import Markup

import impasto
from dialects.a1111_reader import pipeline
from impasto.errors import BadValueError
from strategies import hostile

TAGS = [
    line
    for line in (pathlib.Path(__file__).parents[1] / "data" / "tags.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("# ")
]
EVERY_CATEGORY = st.characters(categories=["C", "L", "M", "N", "P", "S", "Z"])
VALUES = st.one_of(st.text(EVERY_CATEGORY, max_size=30), hostile, st.sampled_from(TAGS))
MEAN = (
    *("(a:1.5)", "a:1.5)", "((", "))", "[x]", "[a:b:0.5]", "[a|b]", "]", "{a|b}", "}", "|"),
    *("# a comment", "a\n# b\nc", "__animals__", "_", "__", "AND", "a AND b:3", "BREAK"),
    *("<lora:x:1>", "<3", "a>b", ":1.2", "16:9", "a:", "\\", "\\(", "a\\", "{{ x }}", "{% if %}"),
    *("{# #}", "2$$", "2::a", ",", "a, b", "，", "\U000f0000\U00100000\U0010fffd", "\ud800", "\0"),
)


def composed(template, **values):
    return impasto.compose(template, values=values, template=True)


def clean(value):
    """The characters that carry values inside are the only ones that a value cannot keep."""
    return "".join("\ufffd" if c >= "\U000f0000" else c for c in value).strip()


def mean(function):
    for value in MEAN:
        function = example(value)(function)
    return function


def heard(prompt):
    """Return what A1111 makes of the translation, spaces at the ends aside."""
    found = impasto.translate(prompt, "stable-diffusion-xl")
    [(weight, until, runs)] = pipeline(found.prompt)
    assert (weight, until) == (1.0, 20)
    return found, [(text, pytest.approx(weight, abs=1e-4)) for text, weight in runs if text]


@given(VALUES)
@mean
def test_a_weighted_value_has_that_weight_and_nothing_else_has(value):
    found = composed("({{ v }}:1.3), rest", v=value)
    text = clean(value)
    expected = [(text, 1.3), (", rest", 1.0)] if text else [("rest", 1.0)]
    assert found.prompt.weights() == expected
    assert found.prompt.schedule(20) == [(1.0, 20, expected)]


@given(VALUES)
@mean
def test_a1111_hears_the_value_at_its_weight_or_a_loss_names_it(value):
    text = clean(value)
    assume(text)
    found, runs = heard(composed("({{ v }}:1.3), rest", v=value))
    if found.losses:
        assert all(clean(loss.text) in (text, loss.text) for loss in found.losses)
        assert any(loss.text == text for loss in found.losses)
    else:
        assert runs == [(text, 1.3), (", rest", 1.0)]


@given(VALUES, VALUES)
@example("<lora:", "x:1>")
@example("A", "ND")
@example("_", "_a__")
@example("[a:b", ":0.5]")
@example("(", ")")
@example("16", ":9)")
@example("\\", "(")
@example("a\n", "# b")
def test_two_values_side_by_side_start_nothing_either(a, b):
    found = composed("{{ a }}{{ b }}, ({{ a }} {{ b }} end:1.3)", a=a, b=b)
    a, b = (clean(x) and "".join("\ufffd" if c >= "\U000f0000" else c for c in x) for x in (a, b))
    first = (a + b).strip()
    second = f"{' '.join(x for x in (a, b, 'end') if x)}".strip()
    weights = found.prompt.weights()
    assert weights == ([(f"{first}, ", 1.0)] if first else []) + [(second, 1.3)]


@pytest.mark.parametrize("tag", TAGS)
def test_tags_of_real_pictures_change_no_weight(tag):
    prompt = composed("({{ v }}:1.3), rest", v=tag)
    assert prompt.prompt.weights() == [(tag, 1.3), (", rest", 1.0)]
    found, runs = heard(prompt)
    if not found.losses:
        assert runs == [(tag, 1.3), (", rest", 1.0)]
    assert [loss for loss in found.losses if loss.text != tag] == []


@given(VALUES)
@mean
def test_a_value_in_a_schedule_an_alternation_or_a_choice_stays_text(value):
    text = clean(value)
    assume(text)
    found = composed("[x {{ v }}:y {{ v }}:0.5]", v=value).prompt
    assert found.schedule(20) == [
        (1.0, 10, [(f"x {_inner(value)}", 1.0)]),
        (1.0, 20, [(f"y {_inner(value)}", 1.0)]),
    ]
    found = composed("[x {{ v }}|y]", v=value).prompt
    assert found.weights() == [(f"x {_inner(value)}", 1.0)]
    found = impasto.compose("{x {{ v }}|x {{ v }}}", values={"v": value}, template=True, seed=3)
    assert found.prompt.weights() == [(f"x {_inner(value)}".strip(), 1.0)]


def _inner(value):
    return "".join("\ufffd" if c >= "\U000f0000" else c for c in value)


@given(VALUES)
@mean
def test_filters_and_operators_leave_data_data(value):
    template = (
        "{% macro m(x) %}(in {{ x }}:1.2){% endmacro %}"
        "({{ v ~ ' end' }}:1.3), {{ m(v) }}, ({{ [m('a'), v]|join(v) }}:0.9), "
        "{{ m('X')|replace('X', v) }}, ({{ v|upper ~ m(v)|truncate(900, True, v) }}:0.8)"
    )
    found = composed(template, v=value).prompt
    assert len(found.parts) == 1
    assert {
        round(weight, 4) for text, weight in found.weights() if text.replace(",", "").strip()
    } <= {
        *(1.3, 1.2, 0.9, round(0.9 * 1.2, 4), 0.8),
    }


@pytest.mark.parametrize(
    "value", [Markup("(evil:1.5)"), [Markup("(evil:1.5)")], {"k": Markup("(evil:1.5)")}]
)
def test_text_that_calls_itself_safe_is_data_all_the_same(value):
    source = "{{ v.k }}" if isinstance(value, dict) else "{{ v }}"
    assert composed(source, v=value).prompt.weights() == [("(evil:1.5)", 1.0)]


def test_a_template_with_private_characters_cannot_forge_marks():
    found = composed("a\U000f0000 {{ v }} \U00100000 \U0010fffd", v="x")
    assert found.text == "a\ufffd x \ufffd \ufffd"
    assert impasto.compose("\U00100000 a").text == "\ufffd a"


# Where syntax needs a number or a name, values are put in as they are, and checked.


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("(x:{{ v }})", 1.25, "(x:1.25)"),
        ("(x:{{ v }})", " .5 ", "(x:0.5)"),
        ("[x:{{ v }}]", 0.8, "(x:0.8)"),
        ("(x: {{ v }} )", "-1", "(x:-1)"),
        ("[a:b:{{ v }}]", 0.25, "[a:b:0.25]"),
        ("a AND b:{{ v }}", 0.7, "a AND b:0.7"),
        ("a:{{ v }} AND b", 0.7, "a:0.7 AND b"),
        ("<lora:{{ v }}:0.8>", "film grain", "<lora:film grain:0.8>"),
        ("<lora:x:{{ v }}>", 0.5, "<lora:x:0.5>"),
        ("<embedding:{{ v }}>, x", "bad-hands", "<embedding:bad-hands>, x"),
        (r"(x\:{{ v }})", "y", "(x:y:1.1)"),
        ("x:{{ v }}", 9, r"x\:9"),
        ("x 16:{{ v }}", 9, r"x 16\:9"),
    ],
)
def test_a_value_as_a_number_or_a_name(template, value, text):
    assert composed(template, v=value).text == text


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("{ {{ v }}::a|0::b}", 2, {"a"}),
        ("{ {{ v }}$$a|b}", 2, {"a, b", "b, a"}),
        ("{1-{{ v }}$$a|b}", 1, {"a", "b"}),
    ],
)
def test_a_value_as_odds_or_a_count(template, value, expected):
    found = {
        impasto.compose(template, values={"v": value}, template=True, seed=seed).text
        for seed in range(20)
    }
    assert found == expected


@pytest.mark.parametrize(
    ("template", "value", "message"),
    [
        ("(x:{{ v }})", "strong", '"strong" stands where a weight must stand'),
        ("(x:{{ v }})", float("nan"), '"nan" stands where a weight must stand'),
        ("(x:{{ v }})", "1)(", "stands where a weight must stand"),
        ("a AND b:{{ v }}", "1e3", '"1e3" stands where a weight must stand'),
        ("[a:b:{{ v }}]", True, '"True" stands where a weight must stand'),
        ("{ {{ v }}$$a|b}", 1.5, "a whole number"),
        ("{ {{ v }}::a|b}", -1, "stands where a count or odds must stand"),
        ("<lora:{{ v }}:0.8>", "a:1>, (evil:2)", "cannot be part of a name"),
        ("<lora:{{ v }}:0.8>", "", "cannot be part of a name"),
        ("__{{ v }}__", "a(b", "cannot be part of a name"),
        ("__{{ v }}__", "a__ (x:2) __b", "cannot be part of a name"),
        ("__{{ v }}__", "_a", "cannot be part of a name"),
    ],
)
def test_a_value_that_is_no_number_or_name_is_refused_at_its_place(template, value, message):
    with pytest.raises(BadValueError) as caught:
        composed(f"first line,\n{template}", v=value)
    assert message in str(caught.value)
    assert caught.value.span.line == 2
    assert caught.value.span.text == "{{ v }}"


def test_a_value_with_folders_in_the_name_of_a_network():
    found = composed("<lora:{{ v }}:0.8>, x", v=r"styles\film")
    assert found.text == r"<lora:styles\\film:0.8>, x"
    [node] = [n for n in impasto.walk(found.prompt.parts[0].children) if hasattr(n, "arguments")]
    assert node.value == r"<lora:styles\\film:0.8>"
