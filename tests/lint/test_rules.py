"""Every rule against its own cases, and its page against the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from impasto.lint import readers
from impasto.lint.engine import Linter
from impasto.lint.fix import fixed
from impasto.lint.registry import discovered, entries, outdated
from impasto.lint.rule import HEADINGS, Case, Rule
from impasto.lint.settings import Settings
from impasto.styles.exchange import import_files

if TYPE_CHECKING:
    from pathlib import Path

RULES = discovered()
NAMES = {"": "prompt", ".yaml": "p.yaml"}
ABOUT_RUNS = {"IMP000", "IMP008", "IMP009", "IMP308", "IMP891"}
"""Findings about a run, not about a text; what makes them has its own tests."""
IMPORTS = {code: row for code, row in readers.rows().items() if "format" in row}
"""Findings about the files of other programs."""
OPT_IN = tuple(rule.code for rule in RULES if rule.opt_in)
NEED_FILES = {"IMP812"}
"""Rules whose bad case needs other files; see test_wordlist_rules."""
SOFTER = {"IMP811"}
"""Rules that are less severe where nothing is known of the project."""


def cases(which):
    return [
        pytest.param(
            rule, case if isinstance(case, Case) else Case(case), id=f"{rule.code}-{number}"
        )
        for rule in RULES
        for number, case in enumerate(getattr(rule, which))
    ]


def findings(case: Case, text: str | None = None):
    targets = (case.target,) if case.target else ()
    linter = Linter(targets, settings=Settings(dialect=case.dialect, extend_select=OPT_IN))
    name = NAMES.get(case.suffix, f"case{case.suffix}")
    return linter.check(case.text if text is None else text, name, case.suffix).findings


def underlined(finding):
    file, start, end = finding.span.in_file()
    return file.text[start:end]


@pytest.mark.parametrize(("rule", "case"), cases("VALID"))
def test_a_good_text_has_no_finding_of_the_rule(rule: type[Rule], case: Case):
    assert [f for f in findings(case) if f.code == rule.code] == []


@pytest.mark.parametrize(("rule", "case"), cases("INVALID"))
def test_a_bad_text_has_exactly_the_finding_that_the_case_shows(rule: type[Rule], case: Case):
    found = [f for f in findings(case) if f.code == rule.code]
    assert [underlined(f) for f in found] == [case.span]
    assert found[0].rule == rule.name
    assert (found[0].fix is not None) == (case.fix is not None)


@pytest.mark.parametrize(("rule", "case"), cases("INVALID"))
def test_a_finding_is_as_severe_as_the_page_says(rule: type[Rule], case: Case):
    severities = {f.severity for f in findings(case) if f.code == rule.code}
    assert severities == {rule.severity} or rule.code in SOFTER


@pytest.mark.parametrize(("rule", "case"), cases("INVALID"))
def test_the_fix_is_the_one_that_the_case_shows(rule: type[Rule], case: Case):
    if case.fix is None:
        return

    def check(text):
        return [f for f in findings(case, text) if f.code == rule.code]

    assert fixed(case.text, check) == (case.fix, 1)


@pytest.mark.parametrize(("rule", "case"), cases("INVALID"))
def test_messages_and_hints_are_short_and_end_without_a_dot(rule: type[Rule], case: Case):
    for finding in (f for f in findings(case) if f.code == rule.code):
        assert 10 < len(finding.message) < 240
        assert not finding.message.endswith(".")
        assert not finding.hint.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_page_and_cases_of_both_kinds(rule: type[Rule]):
    elsewhere = ABOUT_RUNS | IMPORTS.keys()
    assert rule.VALID or rule.code in elsewhere
    assert rule.INVALID or rule.code in elsewhere | NEED_FILES
    wanted = HEADINGS if rule.is_fixable() else HEADINGS[:-1]
    wanted = HEADINGS[:2] if rule.code in ABOUT_RUNS else wanted
    page = rule.page()
    places = [page.find(f"\n## {heading}\n") for heading in wanted]
    assert -1 not in places
    assert places == sorted(places)
    assert page.count("\n## ") == len(wanted)
    assert page.count("```") % 2 == 0
    assert rule.summary().endswith(".")


@pytest.mark.parametrize("code", IMPORTS)
@pytest.mark.parametrize("which", ["good", "bad"])
def test_an_import_finds_what_the_page_shows(code: str, which: str, tmp_path: Path):
    row = IMPORTS[code]
    path = tmp_path / ("styles.csv" if row["format"] == "a1111" else "styles.json")
    path.write_text(row[which].lstrip(), encoding="utf-8")
    terms = row.get("license", "") if which == "good" else ""
    found = import_files([str(path)], row["format"], license=terms).findings
    severities = {f.severity for f in found if (f.code, f.rule) == (code, row["name"])}
    assert severities == ({row["severity"]} if which == "bad" else set())


def test_the_index_and_the_pages_are_up_to_date():
    assert outdated() == []
    assert [e.code for e in entries()] == [r.code for r in RULES]
    assert len({e.name for e in entries()}) == len({e.code for e in entries()}) == len(RULES)


def test_a_rule_with_a_handler_for_nothing_is_refused():
    with pytest.raises(TypeError, match="handles 'groop'"):
        type("Wrong", (Rule,), {"visit_groop": lambda *_: None})
