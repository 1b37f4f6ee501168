"""`impasto.format`: kinds, errors, edits, and the cases of the documentation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import impasto
from impasto.formatting.api import format_edits
from impasto.formatting.numbers import shortest

CASES = yaml.safe_load((Path(__file__).parent / "data" / "prompts.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_cases(case):
    _, before, after = case
    assert impasto.format(before) == after
    assert impasto.format(after) == after


def test_a_file_of_prompts():
    before = "\n\na  cat ,dog\n\n \n\n# a  note \n#1 fox ,x\n(a :1.0)"
    assert impasto.format(before, "lines") == "a cat, dog\n\n# a  note\n#1 fox, x\n(a:1)\n"
    assert impasto.format("", "lines") == ""
    assert impasto.format(" \n\n", "lines") == ""


def test_the_place_of_an_error_is_that_of_the_file():
    with pytest.raises(impasto.PromptSyntaxError) as caught:
        impasto.format("\ufeffa\r\n\r\nb (c\r\n", "lines", name="x.txt")
    assert str(caught.value.span) == "x.txt:3:3"


def test_line_ends_of_both_kinds_stay_where_they_are():
    assert impasto.format("a  b\r\nc\nd  e\r\n", "lines") == "a b\r\nc\nd e\r\n"


def test_edits_are_small():
    edits = format_edits("a  cat, red( fox:1.20)")
    assert [(e.span.start, e.span.end, e.text) for e in edits] == [
        (2, 3, ""),
        (11, 13, " ("),
        (20, 21, ""),
    ]


def test_edits_of_a_pack_are_small_unless_keys_move():
    text = 'styles:\n  a:\n    text: "x ,y"\n    tags: [a,b]\n'
    edits = format_edits(text, "pack")
    assert len(edits) == 1
    text = 'styles:\n  a:\n    tags: [a,b]\n    text: "x ,y"\n'
    assert [(e.span.text, e.text) for e in format_edits(text, "pack")] == [
        ("", " "),
        (" ", ""),
        ("", " "),
    ]


def test_an_unknown_kind_says_which_are_known():
    with pytest.raises(impasto.UnknownNameError, match='did you mean "template"'):
        impasto.format("a", "templates")


@pytest.mark.parametrize(
    ("number", "dotted", "expected"),
    [
        ("1.20", False, "1.2"),
        (" +1. ", False, "1"),
        (".5", False, "0.5"),
        ("-.50", False, "-0.5"),
        ("007", False, "7"),
        ("-0.0", False, "0"),
        ("1.0", True, "1.0"),
        ("12.", True, "12.0"),
        ("12", True, "12"),
        ("0.50", True, "0.5"),
    ],
)
def test_numbers(number, dotted, expected):
    assert shortest(number, dotted=dotted) == expected
    assert float(expected) == float(number)


def test_prompts_need_neither_yaml_nor_jinja():
    heavy = ["yaml", "jinja2", "lark", "pydantic", "httpx"]
    code = (
        "import impasto, sys, json; impasto.format('(a :1.20) ,b')\n"
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
