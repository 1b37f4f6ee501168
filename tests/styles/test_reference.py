"""How styles are asked for: `pack/style(option=value):0.7`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import StyleError
from impasto.source import Source
from impasto.styles.reference import parse_reference, write_reference


@pytest.mark.parametrize(
    ("text", "name", "options", "weight"),
    [
        ("noir", "noir", {}, None),
        ("photorealistic/noir", "photorealistic/noir", {}, None),
        ("noir:0.7", "noir", {}, 0.7),
        (" noir : .5 ", "noir", {}, 0.5),
        ("noir:2.", "noir", {}, 2.0),
        ("noir:0", "noir", {}, 0.0),
        ("film()", "film", {}, None),
        ("film(stock=portra)", "film", {"stock": "portra"}, None),
        ("p/film ( stock = portra 400 , grain=3 ) : 0.7", "p/film",
         {"stock": "portra 400", "grain": "3"}, 0.7),
        ("film(stock='a, (b):2')", "film", {"stock": "a, (b):2"}, None),
        (r"""film(stock="a \" b \\ \n '")""", "film", {"stock": "a \" b \\ \\n '"}, None),
        (r"film(stock='it\'s')", "film", {"stock": "it's"}, None),
        ("film(stock='')", "film", {"stock": ""}, None),
        ("film(stock=it's old)", "film", {"stock": "it's old"}, None),
        ("film(names=[a, 'b, c'], none=[])", "film", {"names": ["a", "b, c"], "none": []}, None),
        ("film(größe=très)", "film", {"größe": "très"}, None),
    ],
)  # fmt: skip
def test_what_a_reference_says(text, name, options, weight):
    found = parse_reference(text)
    assert (found.name, found.values, found.weight) == (name, options, weight)


@pytest.mark.parametrize(
    ("text", "message", "guilty"),
    [
        ("", "names no style", ""),
        (" ", "names no style", ""),
        (":0.7", "names no style", ":0.7"),
        ("(a=b)", "names no style", "(a=b)"),
        ("noir:", "the weight of a style is a number", ""),
        ("noir:strong", 'a number, not "strong"', "strong"),
        ("noir:-1", "the weight of a style is a number", "-1"),
        ("noir:1e3", "the weight of a style is a number", "1e3"),
        ("noir:٣", "the weight of a style is a number", "٣"),
        ("noir:" + "9" * 400, "the weight of a style is a number", "9" * 400),
        ("a:b:1", "the weight of a style is a number", "b:1"),
        ("film(stock)", "an option is written name=value", "stock)"),
        ("film(stock", r"\( is never closed", "(stock"),
        ("film('portra')", "an option is written name=value", "'portra')"),
        ("film(2=a)", "an option is written name=value", "2=a)"),
        ("film(stock=)", "the option has no value", ")"),
        ("film(stock=a,)", "an option is written name=value", ")"),
        ("film(", r"\( is never closed", "("),
        ("film(stock=a", r"\( is never closed", "(stock=a"),
        ("film(stock='a)", "' is never closed", "'a)"),
        ("film(stock=[a, b", r"\[ is never closed", "[a, b"),
        ("film(stock=[a b)", "goes on where none can", ")"),
        ("film(stock=a (b))", "goes on where none can", "(b))"),
        ("film(stock='a' b)", "goes on where none can", "b)"),
        ("film(a=1, a=2)", 'the option "a" is there twice', "a"),
        ("film(a=1) noir", "no part of the name", "noir"),
        ("film)", "no part of the name", ")"),
        ("a,b", "no part of the name", ",b"),
    ],
)
def test_what_is_no_reference_says_where(text, message, guilty):
    with pytest.raises(StyleError, match=message) as caught:
        parse_reference(text)
    assert caught.value.span.text == guilty
    assert str(caught.value).startswith("style:1:")


def test_places_are_those_of_the_file():
    file = Source("styles: ['film(stock=x)']", "a.yaml")
    inner = Source("film(stock=x)", parent=file, anchors=((0, 10),))
    [option] = parse_reference(inner).options
    assert (str(option.name_span), str(option.span)) == ("a.yaml:1:16", "a.yaml:1:22")


NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}(/[a-z0-9][a-z0-9_-]{0,8})?", fullmatch=True)
OPTIONS = st.from_regex(r"[^\W\d]\w{0,6}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.text("\"'\\,()[]=: a\n", max_size=8)
VALUES = TEXTS | st.lists(TEXTS, max_size=3)
WEIGHTS = st.none() | st.floats(0, 1e6, allow_nan=False).map(lambda w: round(w, 6))


@given(NAMES, st.dictionaries(OPTIONS, VALUES, max_size=3), WEIGHTS)
def test_what_is_written_is_read_again(name, options, weight):
    found = parse_reference(write_reference(name, options, weight))
    assert (found.name, found.values, found.weight) == (name, options, weight)


@given(st.text("abn/():=,'\"[]\\ 0.7", max_size=20) | st.text(max_size=20))
def test_any_text_is_read_or_refused_with_a_place(text):
    found, place = read(text)
    if found:
        again = parse_reference(write_reference(found.name, found.values, found.weight))
        assert (again.name, again.values, again.weight) == (found.name, found.values, found.weight)
    else:
        assert 0 <= place.start <= place.end <= len(text)


def read(text):
    try:
        return parse_reference(text), None
    except StyleError as error:
        return None, error.span


@pytest.mark.parametrize(
    "piece", ["(", "a=b,", "'", "[", "\\", " ", ":", "a", '"\\', "a=[", "=", "a,"]
)
def test_a_long_reference_is_read_in_one_go(piece):
    with pytest.raises(StyleError):
        parse_reference(f"film({piece * 200_000}")  # anything but linear would take hours
