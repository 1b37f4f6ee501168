"""Our own readers of JSON and CSV agree with Python's, and know every place."""

from __future__ import annotations

import contextlib
import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import FileError
from impasto.source import Source
from impasto.styles.exchange.csvsource import rows
from impasto.styles.exchange.jsonsource import MAX_DEPTH, JsonDocument

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_json_as_python_reads_it(value, indent, plain):
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    assert JsonDocument(Source(text)).data == json.loads(text)


@given(st.text(alphabet='{}[]:,"\\ \n01-.eEtrufalsn\u00e9', max_size=60))
def test_json_soup(text):
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(FileError) as caught:
            JsonDocument(Source(text))
        assert caught.value.span is not None
        return
    if '"' in text or "E" in text or "e" in text:  # a key twice and 1e999 are errors of ours
        with contextlib.suppress(FileError):
            assert JsonDocument(Source(text)).data == expected
    else:
        assert JsonDocument(Source(text)).data == expected


def test_json_places():
    document = JsonDocument(Source('[{"a": 1},\n  {"a": "two", "b": [3]}]', "x.json"))
    assert str(document.span((1, "a"))) == "x.json:2:9"
    assert document.span((1, "b", 0)).text == "3"
    assert document.span((1, "b", 7)).text == "["
    assert document.span((9,)).text == "["


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('{"a": 1,}', "a comma stands behind the last item", (1, 8)),
        ('{"a": 1\n "b": 2}', 'a comma is missing before ""b""', (2, 2)),
        ('{"a" 1}', "a colon is missing", (1, 6)),
        ("{a: 1}", '"a" is not JSON', (1, 2)),
        ('{"a": 1, "a": 2}', 'the key "a" stands here twice', (1, 10)),
        ('["one\ntwo"]', "not closed", (1, 2)),
        ("[1] 2", "follows the end", (1, 5)),
        ("[1e999]", "beyond all numbers", (1, 2)),
        ("[" * 33, f"deeper than {MAX_DEPTH}", (1, 33)),
        ("[" + "1" * 500 + "]", "too long", (1, 2)),
        ("[1", "ends too early", (1, 3)),
        ("", "ends too early", (1, 1)),
    ],
)
def test_json_that_is_broken(text, message, place):
    with pytest.raises(FileError) as caught:
        JsonDocument(Source(text))
    assert message in caught.value.message
    assert (caught.value.span.line, caught.value.span.column) == place


def test_json_of_any_depth_is_refused_without_recursion():
    with pytest.raises(FileError, match="deeper"):
        JsonDocument(Source("[" * 200_000))


CELLS = st.text(alphabet='abc ,"\n\u00e9', max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5))
def test_csv_as_python_reads_it(table):
    page = io.StringIO(newline="")
    csv.writer(page).writerows(table)
    expected = list(csv.reader(io.StringIO(page.getvalue(), newline=""), skipinitialspace=True))
    found = [[cell.text for cell in row] for row in rows(Source(page.getvalue()))]
    assert found == expected


def test_csv_places():
    found = list(rows(Source('name,prompt\n"a, ""b""",\n\n  c, "d"x\r\ne,', "s.csv")))
    assert [[cell.text for cell in row] for row in found] == [
        ["name", "prompt"],
        ['a, "b"', ""],
        ["c", "dx"],
        ["e", ""],
    ]
    assert str(found[2][1].span) == "s.csv:4:6"
    assert found[1][0].span.text == '"a, ""b"""'
