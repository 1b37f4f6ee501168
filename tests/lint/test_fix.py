"""Fixes: safe, applied until nothing changes, and laws over any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.lint.engine import Linter
from impasto.lint.fix import fixed, with_line_ends
from impasto.lint.meaning import keeps_meaning, same_runs
from impasto.lint.registry import entries
from impasto.syntax.parser import parse

PIECES = [
    *"()[]{}|:,.\\<>_# \nab",
    "(a)",
    "((a))",
    "[[b]]",
    "(a:1.2)",
    "[a:1.5]",
    "(at 5:30)",
    "()",
    "[ :0.8]",
    "{}",
    "{a|b}",
    "[a:b:0.5]",
    "[a|b:0.5]",
    " AND ",
    "BREAK",
    ":9",
    "16",
    "<lora:x:1>",
    "__w__",
    "（x：1.2）",
    "# ",
    "{{ x }}",
    "{% if x %}",
    "{% endif %}",
    "---\n",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
CHANGING = tuple(entry.code for entry in entries() if entry.load().changes_weights)


def checker(linter: Linter, suffix: str = ""):
    return lambda text: list(linter.check(text, f"case{suffix}", suffix).findings)


ALL = Linter()
KEEPING = Linter(ignore=CHANGING)


@pytest.mark.parametrize("suffix", ["", ".txt", ".j2", ".prompt", ".yaml"])
@given(text=st.one_of(TEXTS, st.text()))
@settings(deadline=None, max_examples=150)
def test_any_text_can_be_linted(suffix: str, text: str):
    for finding in ALL.check(text, f"case{suffix}", suffix).findings:
        assert finding.span is not None
        _, start, end = finding.span.in_file()
        assert 0 <= start <= end <= len(text) + 1  # what is missing is missed behind the end
        assert str(finding)
        assert finding.to_json()["span"]["line"] >= 1


@given(value=st.one_of(TEXTS, st.text()))
@settings(deadline=None, max_examples=150)
def test_any_text_of_a_style_can_be_linted(value: str):
    import json

    text = f"format: 1\nname: p\nstyles:\n  a: {{text: {json.dumps(value)}}}\n"
    assert isinstance(ALL.check(text, "p.yaml", ".yaml").findings, tuple)


@pytest.mark.parametrize("suffix", ["", ".txt", ".j2"])
@given(text=TEXTS)
@settings(deadline=None, max_examples=200)
def test_fixing_twice_is_fixing_once(suffix: str, text: str):
    once, _ = fixed(text, checker(ALL, suffix))
    assert fixed(once, checker(ALL, suffix)) == (once, 0)


@given(text=TEXTS)
@settings(deadline=None, max_examples=300)
def test_fixes_keep_the_effective_weights(text: str):
    after, _ = fixed(text, checker(KEEPING))
    before, now = parse(text, recover=True), parse(after, recover=True)
    if any(sign in text for sign in "{_"):
        return  # open prompts have no weights; a rule's own cases cover them
    for old, new in zip(before.schedule(), now.schedule(), strict=True):
        assert old[1] == new[1]
        assert old[0] == pytest.approx(new[0], abs=1e-4)
        assert same_runs(old[2], new[2])


def test_a_fix_that_would_change_a_weight_is_not_offered():
    finding = ALL.check("A()ND b").findings[0]
    assert (finding.code, finding.fix) == ("IMP108", None)
    assert ALL.check("a () b").findings[0].fix is not None


def test_only_words_have_weights():
    assert same_runs([("a ", 1.0), ("b", 1.2)], [("a", 1.0), (" b", 1.2)])
    assert not same_runs([("a ", 1.0), ("b", 1.2)], [("a b", 1.0)])
    assert not same_runs([("a", 1.0)], [("a", 1.001)])
    assert not same_runs([("a", 1.0)], [("b", 1.0)])


def test_meaning_is_compared_through_choices_and_schedules():
    from impasto.diagnostics import Edit, Fix

    prompt = parse("{a|((b))} [c:((d)):0.5]")

    def fix(start, end, text):
        return [Fix("x", (Edit(prompt.source.span(start, end), text),))]

    assert keeps_meaning(prompt, fix(3, 8, "(b:1.21)"))
    assert not keeps_meaning(prompt, fix(3, 8, "(b:1.3)"))
    assert not keeps_meaning(prompt, fix(13, 18, "(d)"))


def test_fixes_in_yaml_get_the_escapes_of_their_quotes():
    values = {
        '"a (at 5:30)"': '"a (at 5\\\\:30)"',
        "'it''s (at 5:30)'": "'it''s (at 5\\:30)'",
        "a (at 5:30)": "a (at 5\\:30)",
        ">\n      a\n      (at 5:30)": ">\n      a\n      (at 5\\:30)",
        "|\n      a\n      (at 5:30)": "|\n      a\n      (at 5\\:30)",
    }
    for before, after in values.items():
        text = f"format: 1\nname: p\nstyles:\n  a:\n    text: {before}\n"
        assert fixed(text, checker(ALL, ".yaml")) == (text.replace(before, after), 1)


def test_a_fix_does_not_touch_what_a_value_wrote():
    text = "---\nvariables:\n  w: {default: '5:30'}\n---\n(({{ w }})) (at 5:30)\n"
    after = "({{ w }}:1.21) (at 5\\:30)\n"
    assert fixed(text, checker(ALL, ".prompt")) == (text[: text.index("((")] + after, 2)


def test_overlapping_fixes_wait_for_the_next_pass():
    text = "((at 5:30)), [[()]]"
    assert fixed(text, checker(ALL)) == (r"(at 5\:30:1.21)", 5)


def test_line_ends_stay_as_they_are():
    assert with_line_ends("x\ny\n", "a\r\nb\n") == "x\r\ny\n"
    assert with_line_ends("x\ny", "a\nb") == "x\ny"


def test_long_and_deep_texts_take_linear_time():
    for text in (
        "(" * 20_000,
        "((a))" * 5_000,
        "(" * 5_000 + "a" + ")" * 5_000,
        "[a|b:0.5]" * 3_000,
    ):
        assert ALL.check(text).findings


def test_unsafe_fixes_are_applied_on_request_only():
    from impasto.diagnostics import Diagnostic, Edit, Fix
    from impasto.source import Source

    def check(text):
        at = text.find("b")
        edits = (Edit(Source(text).span(at, at + 1), "c"),)
        return (
            [Diagnostic("X", "x", "info", "", fix=Fix("x", edits, safe=False))] if at >= 0 else []
        )

    assert fixed("abb", check) == ("abb", 0)
    assert fixed("abb", check, unsafe=True) == ("acc", 2)
