"""Laws of the fixes over real prompts, in every dialect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from impasto.dialects import DIALECTS
from impasto.errors import UnknownNameError
from impasto.lint.engine import Linter
from impasto.lint.fix import fixed
from impasto.lint.meaning import outline, same_outline, same_runs
from impasto.lint.reading import closed, read
from impasto.lint.registry import entries
from impasto.lint.settings import Settings
from impasto.source import Source
from impasto.syntax.parser import parse

LINES = (Path(__file__).parent / "data" / "prompts.jsonl").read_text().splitlines()
PROMPTS = [json.loads(line)["prompt"] for line in LINES]
CHANGING = tuple(entry.code for entry in entries() if entry.load().changes_weights)


def checker(linter: Linter):
    return lambda text: list(linter.check(text).findings)


def meaning(text: str, dialect: str):
    prompt = read(Source(text), dialect)
    return [entry for seed in (0, 1) for entry in closed(prompt, seed).schedule(20)]


def fixes_keep(text: str, dialect: str, linter: Linter):
    after, _ = fixed(text, checker(linter))
    assert fixed(after, checker(linter)) == (after, 0), "fixing twice is fixing once"
    if after == text:
        return 0
    for old, new in zip(meaning(text, dialect), meaning(after, dialect), strict=True):
        assert old[1] == new[1]
        assert old[0] == pytest.approx(new[0], abs=1e-4)
        assert same_runs(old[2], new[2])
    return 1


def test_fixes_of_the_canonical_syntax_keep_the_weights_of_real_prompts():
    linter = Linter(ignore=CHANGING)
    assert sum(fixes_keep(text, "impasto", linter) for text in PROMPTS) > 10


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_fixes_in_every_dialect_keep_the_weights_of_real_prompts(dialect: str):
    linter = Linter(ignore=CHANGING, settings=Settings(dialect=dialect))
    try:
        read(Source("a"), dialect)
    except UnknownNameError:
        pytest.skip("a dialect that is only written")
    for text in PROMPTS[::3]:
        fixes_keep(text, dialect, linter)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("((a))", "(a:1.21)", True),
        ("[fog:0.8]", "(fog:0.8)", True),
        ("((__w__))", "(__w__:1.21)", True),
        ("((__w__))", "(__w__:1.1)", False),
        ("{2::a|b}", "{a|b}", False),
        ("{a|b}", "{a|b|}", False),
        ("{a|((b))}", "{a|(b:1.21)}", True),
        ("[a:b:0.5]", "[a:b:0.6]", False),
        ("[a:(b):0.5]", "[(a):b:0.5]", False),
        ("[a|b]", "[a|b|c]", False),
        ("<lora:x:1>", "<lora:x:2>", False),
        ("a BREAK b", "a b", False),
        ("a AND b:2", "a AND b:3", False),
        (r"a\,b", "a,b", True),
    ],
)
def test_outlines_are_the_same_where_the_meaning_is(one: str, other: str, same: bool):
    first, second = parse(one), parse(other)
    pairs = zip(first.parts, second.parts, strict=True)
    assert all(same_outline(outline(x), outline(y)) for x, y in pairs) == same
