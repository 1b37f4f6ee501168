"""Whitespace and commas come out clean; values, quotes, escapes and weights stay as they are."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import impasto
from strategies import texts


def clean(text, **values):
    return impasto.compose(text, values=values, template=True).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a fox , snow,, rain , ,", "a fox, snow, rain"),
        ("a\n\n  b\n, c\nd", "a b, c d"),
        ("a  ( b :1.2) , (, c ,, d ,:1.3)", "a (b:1.2), (c:1.3), (d:1.3)"),
        ("a (b :1.2) c", "a (b:1.2) c"),
        ("a <lora:x:1> , , b", "a <lora:x:1>, b"),
        ("a BREAK , b , BREAK , c", "a BREAK b BREAK c"),
        ("a , AND , b :0.5", "a AND b:0.5"),
        ("[a , , b : c :0.5]", "[a, b : c :0.5]"),
        ("a fox[, red hat::0.5]", "a fox[, red hat::0.5]"),
        ("1,000 foxes , 10,000,, 5", "1,000 foxes, 10,000, 5"),
        # Chinese and Japanese marks part phrases, too.
        ("猫，，狗、 鸟 ， 夜。", "猫, 狗, 鸟, 夜。"),
        ("(猫，狗:1.2)、鸟", "(猫:1.2), (狗:1.2), 鸟"),
        # Quotes and escapes are somebody's will.
        ('a sign "OPEN ,,  24h" , b', 'a sign "OPEN ,,  24h", b'),
        ("“a ,, b” , 「c、、d」", "“a ,, b”, 「c、、d」"),
        ('6" tall , 5" wide', '6" tall, 5" wide'),
        ('an "open , quote', 'an "open, quote'),
        (r"a \,\, b", "a ,, b"),
        # Loops and conditions leave nothing behind.
        ("{% for x in 'abc' %}{{ x }}, {% endfor %}, d", "a, b, c, d"),
        ("a{% if false %}, b{% endif %}, {% if false %}c{% endif %}, d", "a, d"),
    ],
)
def test_what_a_template_writes_comes_out_clean(text, expected):
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ x }}, {{ x }}, c", "c"),
        ("a ({{ x }}:1.2) b", "a b"),
        ("A fox {{ x }}.", "A fox."),
        ("A fox ({{ x }}:1.2).", "A fox."),
        ("({{ x }}, {{ x }} d:1.2), c", "(d:1.2), c"),
        ("[{{ x }}, a|b]", "[a|b]"),
        ("[{{ x }} , b ,{{ x }}, c:d:0.5]", "[b, c:d:0.5]"),
        ("{{ [x, 'a', x, 'b']|phrases('or') }}", "a or b"),
        ("{{ [x]|weight(1.2) }}, z", "z"),
        ("portrait of {{ x }} in snow", "portrait of in snow"),
    ],
)
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_takes_its_comma_and_its_space_along(text, expected, empty):
    assert clean(text, x=empty) == expected


@given(texts)
@example("a  ,, b")
@example('"  ,')
@example("a\n\nb ,")
def test_values_are_left_as_they_are(value):
    kept = "".join("\ufffd" if c >= "\U000f0000" else c for c in value)
    found = impasto.compose("x {{ v }} y , , z", values={"v": value}, template=True)
    expected = f"x {kept} y, z" if kept.strip() else "x y, z"
    assert "".join(text for text, _ in found.prompt.weights()) == expected


@given(
    st.lists(
        st.sampled_from(["a", "(b:1.2)", " ", ",", ", ", "，", "\n", "c d", "[e]"]), max_size=12
    )
)
def test_cleaning_is_done_once_for_all_and_keeps_the_weights(pieces):
    text = "".join(pieces)
    once = impasto.compose(text)
    assert impasto.compose(once.text).text == once.text
    assert ",," not in once.text.replace(" ", "")
    assert "  " not in once.text
    assert letters(once.prompt) == letters(impasto.parse(text))


def letters(prompt):
    """Every letter with its weight; equal phrases are one."""
    return {(c, round(w, 6)) for text, w in prompt.weights() for c in text if c.isalpha()}
