from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from impasto.cli.terminal import Terminal, clean, width, wrap


@given(st.text(), st.integers(4, 60))
def test_lines_fit_and_lose_no_word(text, room):
    lines = wrap(clean(text), room)
    assert all(width(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "").replace("\n", "")


def test_wide_characters_count_twice():
    assert width("狐x") == 3
    assert wrap("狐狐狐狐", 4) == ["狐狐", "狐狐"]


@given(st.text())
def test_clean_text_has_no_control_characters(text):
    assert all(c.isprintable() or c in "\n\u200d" for c in clean(text))


def test_a_table_keeps_its_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out = io.StringIO()
    Terminal(out).table([("狐", "one two three four five six seven")], head=("name", "text"))
    assert out.getvalue().splitlines() == [
        "name  text",
        "狐    one two three four five six seven",
    ]
    Terminal(out).table([("a name that takes all of it", "one two")], head=("name", "text"))
    assert out.getvalue().splitlines()[-2:] == ["a name that takes all of it", "    one two"]
