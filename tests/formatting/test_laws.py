"""Laws of the formatter over prompts: those that the strategies make, and those that people wrote."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import impasto
from formatting.meaning import heard, kept
from impasto.formatting.api import format_edits
from impasto.formatting.changes import Change, apply
from strategies import canonical, hostile

CORPUS = [
    json.loads(line)["prompt"]
    for line in (Path(__file__).parent / "data" / "prompts.jsonl").read_text("utf-8").splitlines()
]
SPACES = st.sampled_from(["", "", " ", "  ", "\t", "\n", " \n\n\n", "\n  "])
PIECES = st.sampled_from(
    [
        *(
            "cat",
            "red fox",
            "1,000",
            "#",
            "# x",
            "日本",
            "需求,推理",
            "，",
            "\\,",
            "\\ ",
            "o_o",
            "%",
        ),
        *('"OPEN ,  NOW"', "'x ,y'", "https://a.b/c,d", "16:9", "“A ,B”", "BREAK", "AND", ",", ","),
        *("(", ")", "[", "]", "{", "}", "|", ":1.20", ":0.50]", ":", ":1.0)", "2$$", "02::", "$$"),
        *("(a :1.2)", "[ a| b ]", "[a :b:0.50]", "{ a |b}", "{{", "<lora:x:0.80>", "__a/b*__"),
    ]
)
spaced = st.lists(st.tuples(SPACES, PIECES), max_size=14).map(
    lambda found: "".join([text for pair in found for text in pair])
)
"""Signs of every kind with every kind of space between them."""


def parsable(text):
    try:
        impasto.parse(text)
    except impasto.PromptSyntaxError:
        return False
    return True


def check_laws(text):
    after = impasto.format(text)
    assert impasto.format(after) == after
    assert heard(after) == heard(text)
    assert kept(after) == kept(text)


@settings(max_examples=150)
@given(canonical)
@example("x{ [ a|b]|c}")
@example("x( [ a|b])")
@example("x [ [ a|b ]|c ]y")
@example("BREAK[ a|b]")
@example("(cat{( <3 )})")
@example("BREAK# \n\n\ncat")
@example("  # foo")
@example("a\nb BREAK # c")
@example("(a, )b,( c )")
@example("a AND b :0.50 AND c")
def test_generated_prompts(text):
    check_laws(text)


@settings(max_examples=200)
@given(spaced)
@example("[x,\n(0,\n1)]")
@example("[a: b:1.0][ c :d:1]")
@example('"a ,b" , (c")" :1.20)')
def test_any_signs_with_any_spaces(text):
    assume(parsable(text))
    check_laws(text)


@pytest.mark.parametrize("start", range(0, len(CORPUS), 40))
def test_prompts_that_people_wrote(start):
    for text in CORPUS[start : start + 40]:
        check_laws(text)


@given(st.one_of(spaced, hostile))
def test_what_cannot_be_parsed_is_an_error_with_a_place(text):
    assume(not parsable(text))
    with pytest.raises(impasto.PromptSyntaxError) as caught:
        impasto.format(text)
    assert caught.value.span.in_file()[0].text == text


@given(spaced)
def test_edits_are_in_order_and_touch_only_what_they_change(text):
    assume(parsable(text))
    edits = format_edits(text)
    places = [(edit.span.start, edit.span.end) for edit in edits]
    assert places == sorted(places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert all(edit.span.text != edit.text for edit in edits)
    changes = [Change(*place, edit.text) for place, edit in zip(places, edits, strict=True)]
    assert apply(text, changes) == impasto.format(text)


@given(st.lists(spaced, max_size=4), st.booleans(), st.booleans())
def test_line_ends_and_the_byte_order_mark_stay(prompts, windows, marked):
    lines = [prompt.replace("\n", " ") for prompt in prompts]
    assume(all(parsable(line) for line in lines))
    end = "\r\n" if windows else "\n"
    mark = "\ufeff" if marked else ""
    after = impasto.format(mark + end.join([*lines, ""]), "lines")
    plain = impasto.format("\n".join(lines), "lines")
    assert after == mark + plain.replace("\n", end)


@given(st.lists(spaced, max_size=4))
def test_a_file_of_prompts_is_each_of_them(prompts):
    lines = [prompt.replace("\n", " ") for prompt in prompts]
    assume(all(parsable(line) for line in lines))
    after = impasto.format("\n".join(lines), "lines")
    assert impasto.format(after, "lines") == after
    assert not after or after.endswith("\n")
    found = [line for line in after.splitlines() if line]
    given_lines = [line for line in lines if line.strip(" \t")]
    for before, line in zip(given_lines, found, strict=True):
        is_comment = before.startswith("# ")
        assert line == (
            before.rstrip(" \t") if is_comment else impasto.format(before).rstrip(" \t")
        )
