import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impasto.images import glyphs
from impasto.images.typeset import Block, factor, fit
from impasto.images.words import BREAK, length, number, split

ALPHABET = st.characters(codec="utf-8") | st.sampled_from("aeiou lmn ,.\n 猫é")
RUN = st.tuples(st.text(ALPHABET, max_size=80), st.floats(-2, 30))
RUNS = st.lists(RUN | st.just(BREAK), max_size=8)


def text_of(block):
    return "".join(s.piece.text for line in block.lines for s in line.sets if not s.piece.mark)


def solid(text):
    """Return the text without what no line shows: spaces and line ends."""
    return re.sub(r"\s", "", text)


@settings(max_examples=150, deadline=None)
@given(RUNS, st.integers(120, 900), st.integers(60, 700))
@example([("0", 10.25)], 120, 188)  # a weight that is wider than the box
@example([("\x1b", 3.5)], 120, 235)  # a sign that is
def test_text_stays_in_its_box_and_nothing_is_lost_silently(runs, width, height):
    block = fit(runs, width, height, 120, 24)
    assert block.height <= height
    for line in block.lines:
        for item in line.sets:
            assert item.x >= 0
            assert item.x + glyphs.width(item.piece.text, item.size) <= width + 1
    whole = solid("".join(text for text, weight in runs if (text, weight) != BREAK))
    if not block.left_out:
        assert solid(text_of(block)) == whole
    else:
        note = block.lines[-1].sets[0].piece.text
        assert f"{block.left_out:,}" in note
        assert whole.startswith(solid(text_of(block)).removesuffix(solid(note)))


def test_what_does_not_fit_is_counted_exactly():
    text = "word " * 4000
    block = fit(((text, 1.0),), 600, 400, 60, 24)
    shown = text_of(block).split("…")[0].count("word")
    assert block.left_out == length(((text, 1.0),)) - 5 * shown
    assert text_of(block).endswith(f"… {block.left_out:,} more characters")


def test_a_million_characters_do_not_take_longer_than_a_page():
    block = fit((("x" * 1_000_000, 1.0),), 600, 400, 60, 24)
    assert 990_000 < block.left_out < 1_000_000
    spaces = fit(((" " * 1_000_000 + "end", 1.0),), 600, 400, 60, 24)
    assert text_of(spaces) == "end"
    marked = fit((("a" + "\u0301" * 100_000, 1.0),), 600, 400, 60, 24)
    assert 90_000 < marked.left_out < 100_000


def test_heavier_is_larger():
    weights = [-2, 0, 0.5, 0.8, 1, 1.1, 1.5, 2, 30]
    sizes = [factor(weight) for weight in weights]
    assert sizes == sorted(sizes)
    assert factor(1) == 1
    block = fit((("low", 0.7), (" mid ", 1.0), ("high", 1.5)), 2000, 200, 60, 24)
    size = {s.piece.text: s.size for s in block.lines[0].sets}
    assert size["low"] < size["mid"] < size["high"]


def test_the_weight_stands_behind_its_words():
    block = fit((("a red fox", 1.5), (", snow", 1.0)), 2000, 200, 60, 24)
    pieces = [(s.piece.text, s.piece.mark) for s in block.lines[0].sets]
    assert pieces == [
        ("a", False),
        ("red", False),
        ("fox", False),
        ("1.5", True),
        (",", False),
        ("snow", False),
    ]


def test_a_word_is_cut_only_if_it_cannot_be_whole():
    assert not fit((("incomprehensibilities indeed", 1.0),), 400, 400, 120, 24).split
    assert fit((("incomprehensibilities" * 5, 1.0),), 400, 400, 120, 24).split


def test_lines_rules_and_blank_lines():
    block = fit((("a\n\nb", 1.0), BREAK, ("c", 1.0)), 400, 800, 40, 24)
    shown = [
        "rule" if line.rule else "".join(s.piece.text for s in line.sets) for line in block.lines
    ]
    assert shown == ["a", "", "b", "rule", "c"]


def test_words_glued_across_runs_stay_together():
    words, _ = split((("un", 1.0), ("believ", 1.2), ("able day", 1.0)), 100)
    texts = ["".join(piece.text for piece in word.pieces if not piece.mark) for word in words]
    assert texts == ["unbelievable", "day"]


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(1.5, "1.5"), (0.8264, "0.83"), (-2.0, "-2"), (30.0, "30"), (1e30, "1e+30")],
)
def test_numbers(weight, shown):
    assert number(weight) == shown


def test_an_empty_text_is_an_empty_block():
    block = fit((), 400, 400, 40, 24)
    assert isinstance(block, Block)
    assert text_of(block) == ""


def test_letters_that_the_font_lacks():
    kinds = [
        (cell.text, cell.boxed, len(cell.marks)) for cell in glyphs.cells("aé猫，—a\u0301\u200b")
    ]
    assert kinds == [
        ("a", False, 0),
        ("e", False, 1),
        ("猫", True, 0),
        (",", False, 0),
        ("—", False, 0),
        ("a", False, 1),
        ("\u200b", True, 0),
    ]
