"""Positions and changes as the protocol counts them, in all three of its encodings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.lsp.documents import Document, Place, Range, path_of, to_column, to_units

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.text(st.sampled_from("ab,é漢🦊👩\u200d\u2028\u0085\x0b\ud800"), max_size=12)
LINES = st.text(st.sampled_from("ab🦊\u2028\n\r"), max_size=16)


@pytest.mark.parametrize(
    ("encoding", "units"), [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)], ids=ENCODINGS
)
def test_a_fox_counts_as_its_code_units(encoding, units):
    assert to_units("🦊 x", 2, encoding) == units
    assert to_column("🦊 x", units, encoding) == 2


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(line=TEXTS, column=st.integers(0, 14))
def test_units_and_columns_lead_to_each_other(encoding, line, column):
    column = min(column, len(line))
    assert to_column(line, to_units(line, column, encoding), encoding) == column


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(line=TEXTS, units=st.integers(0, 60))
def test_any_number_of_units_is_a_column_of_the_line(encoding, line, units):
    column = to_column(line, units, encoding)
    assert 0 <= column <= len(line)
    assert to_units(line, column, encoding) <= units


def test_inside_of_a_character_is_before_it():
    assert to_column("🦊x", 1, "utf-16") == 0
    assert to_column("🦊x", 3, "utf-8") == 0


@given(text=LINES)
def test_lines_end_where_the_protocol_says(text):
    assert Document("file:///a.txt", text).lines == re.split("\r\n|\r|\n", text)


@given(text=LINES, new=LINES, start=st.integers(0, 20), end=st.integers(0, 20))
def test_a_change_is_what_it_would_be_to_the_whole_text(text, new, start, end):
    document = Document("file:///a.txt", text)
    plain = document.text
    start, end = sorted((min(start, len(plain)), min(end, len(plain))))
    document.change(new, Range(document.place(start), document.place(end)))
    assert document.text == plain[:start] + re.sub("\r\n|\r", "\n", new) + plain[end:]


@given(text=LINES, offset=st.integers(0, 20))
def test_places_and_offsets_lead_to_each_other(text, offset):
    document = Document("file:///a.txt", text)
    offset = min(offset, len(document.text))
    assert document.offset(document.place(offset)) == offset


def test_places_beyond_the_text_are_its_end():
    document = Document("file:///a.txt", "a\nbc")
    document.change("!", Range(Place(9, 9), Place(10, 0)))
    assert document.text == "a\nbc!"


def test_a_snapshot_stays_as_it_was():
    document = Document("file:///a.txt", "a\nb", 3)
    before = document.snapshot()
    document.change("z", Range(Place(0, 0), Place(0, 1)))
    assert (before.text, before.version, document.text) == ("a\nb", 3, "z\nb")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a%20b/%F0%9F%A6%8A.txt", "/a b/🦊.txt"),
        ("file:///c%3A/x.txt", "c:/x.txt"),
        ("untitled:Untitled-1", None),
    ],
)
def test_uris_name_files(uri, path):
    found = path_of(uri)
    assert (found.as_posix() if found else None) == path


@pytest.mark.parametrize(
    ("name", "language", "text", "suffix"),
    [
        ("a.prompt", "", "", ".prompt"),
        ("a.TXT", "plaintext", "", ".txt"),
        ("a.yaml", "yaml", "format: 1\n", ".yaml"),
        ("a.yaml", "yaml", "on: push\n", None),
        ("a.yaml", "impasto-pack", "", ".yaml"),
        ("a.py", "python", "", None),
        ("a", "impasto", "", ".prompt"),
    ],
)
def test_names_and_languages_say_what_a_document_is(name, language, text, suffix):
    assert Document(f"file:///{name}", text, 1, language).suffix == suffix
