from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import FileError
from impasto.recipes.tomlsource import load
from impasto.source import Source

TEXT = '''# a comment with = and [
format = 1
template = """
A {{ x }}
second line"""
models = ["a", 'b]c',
  # between
  "d"]
seeds.start = 10_000
day = 1979-05-27 07:32:00
share = 1.5
"quo ted" = 'lit'
inline = {a = [1, {b = 2}], "c" = "x\\u0041y"}

[matrix] # why
subject = ["fox", "owl"]

[[exclude]]
subject = "fox"
[[exclude]]
subject = "owl"
[exclude.more]
z = 1

[models2."flux.dev".parameters]
steps = 30
'''
PLACES = {
    ("format",): ("format", "1", 2),
    ("models",): ("models", TEXT[TEXT.index('["a"') : TEXT.index("seeds") - 1], 6),
    ("models", 1): ("'b]c'", "'b]c'", 6),
    ("models", 2): ('"d"', '"d"', 8),
    ("seeds", "start"): ("start", "10_000", 9),
    ("day",): ("day", "1979-05-27 07:32:00", 10),
    ("share",): ("share", "1.5", 11),
    ("quo ted",): ('"quo ted"', "'lit'", 12),
    ("inline", "a", 1): ("{b = 2}", "{b = 2}", 13),
    ("inline", "a", 1, "b"): ("b", "2", 13),
    ("inline", "c"): ('"c"', '"x\\u0041y"', 13),
    ("matrix",): ("matrix", "matrix", 15),
    ("matrix", "subject", 1): ('"owl"', '"owl"', 16),
    ("exclude", 1, "subject"): ("subject", '"owl"', 21),
    ("exclude", 1, "more", "z"): ("z", "1", 23),
    ("models2", "flux.dev", "parameters", "steps"): ("steps", "30", 26),
}


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_every_part_knows_its_place(path):
    document = load(Source(TEXT, "r.toml"))
    found = (document.key_span(path).text, document.span(path).text, document.span(path).line)
    assert found == PLACES[path]


def test_a_path_that_leads_nowhere_ends_at_what_is_there():
    document = load(Source(TEXT, "r.toml"))
    assert document.span(("matrix", "subject", 9)).text == '["fox", "owl"]'
    assert (document.span(("nothing",)).line, document.span().line) == (1, 1)


def test_a_text_keeps_its_places():
    document = load(Source(TEXT, "r.toml"))
    text = document.text(("template",))
    assert text.text == "A {{ x }}\nsecond line"
    assert text.position(text.text.index("x")) == (4, 6)
    assert text.position(text.text.index("second")) == (5, 1)
    with pytest.raises(KeyError):
        document.text(("format",))


_keys = st.text("abc.# =", min_size=1, max_size=4)
_scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.text("ab\"\\[]{}=,#'\n", max_size=5))
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)


def written(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


def paths(value, path=()):
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, item in inner:
        if isinstance(item, (dict, list)):
            yield from paths(item, (*path, step))
        else:
            yield (*path, step), item


@given(st.dictionaries(_keys, _values, max_size=4))
def test_what_stands_at_a_place_is_the_value(data):
    text = "".join(f"{json.dumps(key)} = {written(value)}\n" for key, value in data.items())
    document = load(Source(text))
    assert document.data == data
    for path, value in paths(data):
        if path:
            assert tomllib.loads(f"x = {document.span(path).text}") == {"x": value}


BROKEN = {
    'a = "x\n': "r.toml:1:7: error: this is no TOML: illegal character",
    "a = 1\na = 2\n": "r.toml:2:",
    "a = " + "[" * 5000: "this TOML cannot be read: it is nested too deep",
    "[a\n": "r.toml:1:3: error: this is no TOML",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_toml_is_an_error_with_a_place(text):
    with pytest.raises(FileError) as told:
        load(Source(text, "r.toml"))
    assert BROKEN[text] in str(told.value)
