"""Prompts that were written after the rules were, against the findings that a reader expects."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from impasto.lint.engine import Linter
from impasto.lint.registry import discovered
from impasto.lint.settings import Settings

LINES = (Path(__file__).parent / "corpus" / "fresh.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [line.split("\t") for line in LINES if not line.startswith("# ")]
ROOMS = ("IMP0", "IMP1", "IMP3", "IMP7")
"""Rules about the text of a prompt; those about models, tokens and files have other corpora."""


@cache
def linter(target: str) -> Linter:
    opt_in = tuple(rule.code for rule in discovered() if rule.opt_in)
    return Linter((target,) if target else (), settings=Settings(extend_select=opt_in))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_a_fresh_prompt_has_the_findings_that_a_reader_expects(row: list[str]):
    codes, text, target = (*row, "")[:3]
    found = linter(target).check(text.replace("\\n", "\n")).findings
    wanted = [] if codes == "-" else codes.split(",")
    assert sorted({f.code for f in found}) == wanted, [str(f) for f in found]


def test_there_are_enough_of_them_and_most_are_fine():
    assert len(ROWS) >= 200
    assert sum(row[0] == "-" for row in ROWS) >= 100


def test_every_rule_about_the_text_of_a_prompt_is_among_them():
    covered = {code for row in ROWS for code in row[0].split(",")}
    wanted = {
        rule.code
        for rule in discovered()
        if rule.code.startswith(ROOMS)
        and not rule.code.startswith("IMP00")
        and any(case.suffix == "" for case in rule.INVALID)
    }
    assert wanted - covered == set()
