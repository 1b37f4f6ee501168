"""Findings in open documents: those of `impasto lint`, with no prompt checked twice."""

import random
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editing import document, project
from impasto.lsp.checking import SLICE, Checker
from impasto.lsp.documents import Place, Range
from impasto.syntax import parser

LINES = st.lists(
    st.sampled_from(
        [
            "a clock (at 5:30)",
            "((fox)), 🦊 (x:9)",
            "a (",
            "",
            "   ",
            "# a note",
            "# impasto: ignore[IMP101]",
            "# impasto: ignore",
            "  # impasto: ignore[IMP107]",
            "# impasto: ignore-file[IMP107]",
            "# impasto: ignore[IMP999, IMP101]",
            "plain text",
            "plain text",
        ]
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return project(tmp_path_factory.mktemp("project"))


def shown(found):
    return Counter((f.diagnostic.code, f.diagnostic.message, f.range) for f in found)


def expected(text, name, home):
    """What the linter says of the whole text, with lines and columns from 0."""
    places = []
    for finding in home.linter.check(text, name, ".txt").findings:
        source, start, end = finding.span.in_file()
        (line, column), (last, end_column) = source.position(start), source.position(end)
        where = Range(Place(line - 1, column - 1), Place(last - 1, end_column - 1))
        places.append((finding.code, finding.message, where))
    return Counter(places)


@given(lines=LINES, other=LINES)
def test_the_findings_of_lines_are_those_of_the_file(home, lines, other):
    text = document("\n".join(lines), "a.txt")
    checker = Checker()
    assert shown(checker.check(text, home)) == expected(text.text, text.name, home)
    text.change("\n".join([*lines[:3], *other]))
    assert shown(checker.check(text, home)) == expected(text.text, text.name, home)


def prompts(count):
    return [f"a fox number {n}, (golden light:1.{n % 9 + 1}), ((mist))" for n in range(count)]


def parsed_during(job):
    """The texts of all prompts that are parsed while `job` runs, however they got there."""
    texts = []

    def watch(frame, event, _argument):
        if event == "call" and frame.f_code is parser.parse.__code__:
            texts.append(frame.f_locals["text"])

    sys.setprofile(watch)
    try:
        job()
    finally:
        sys.setprofile(None)
    return set(texts)


def test_a_change_of_one_line_of_many_parses_one_prompt_again(home):
    text = document("\n".join(f"fox {n}" for n in range(5000)), "many.txt")
    checker = Checker()
    assert checker.check(text, home) == []
    assert checker.checked == 5000
    text.change("old (oak at 5:30)", Range(Place(2500, 0), Place(2500, 5)))
    found = []
    parsed = parsed_during(lambda: found.extend(checker.check(text, home)))
    assert [f.range.start for f in found] == [Place(2500, 13)]
    fixed = text.lines[2500].replace(":", "\\:")  # read to prove that the fix does no harm
    assert parsed <= {text.lines[2500], fixed}
    assert checker.checked == 5001


def test_lines_that_move_are_not_checked_again(home):
    text = document("\n".join(prompts(50)), "many.txt")
    checker = Checker()
    checker.check(text, home)
    random.Random(1).shuffle(text.lines)
    text.change("one more\n", Range(Place(0, 0), Place(0, 0)))
    found = checker.check(text, home)
    assert checker.checked == 51
    assert shown(found) == expected(text.text, text.name, home)


def test_lines_that_are_gone_are_forgotten(home):
    text = document("\n".join(prompts(50)), "many.txt")
    checker = Checker()
    checker.check(text, home)
    text.change("a fox")
    checker.check(text, home)
    text.change("\n".join(prompts(50)))
    checker.check(text, home)
    assert checker.checked == 101


def test_a_long_check_shows_what_it_knows_and_can_be_given_up(home):
    text = document("\n".join(prompts(SLICE * 3)), "many.txt")
    checker = Checker()
    steps = checker.steps(text, home)
    first = next(steps)
    assert checker.checked == SLICE
    assert max(f.range.start.line for f in first) == SLICE - 1
    steps.close()
    assert shown(checker.check(text, home)) == expected(text.text, text.name, home)
    assert checker.checked == SLICE * 3


def test_other_rules_mean_another_check(tmp_path):
    text = document("((a))", "a.txt", tmp_path)
    checker = Checker()
    assert [f.diagnostic.code for f in checker.check(text, project(tmp_path))] == ["IMP107"]
    assert checker.check(text, project(tmp_path, ignore=("IMP107",))) == []
    assert checker.checked == 2


def test_a_template_is_checked_as_one(tmp_path):
    text = document("---\nvariables: {a: }\n---\n{{ a }}, (b:1.2), ((c))\n", "a.prompt", tmp_path)
    checker = Checker()
    (found,) = checker.check(text, project(tmp_path))
    assert (found.diagnostic.code, found.range) == ("IMP107", Range(Place(3, 18), Place(3, 23)))
    assert checker.checked == 1


def test_a_finding_in_an_included_file_says_where(tmp_path):
    (tmp_path / "light.txt").write_text("((light))", "utf-8")
    text = document('{% include "light.txt" %}, a', "a.prompt", tmp_path)
    (found,) = Checker().check(text, project(tmp_path))
    assert found.range.start == Place(0, 0)
    assert str(found.elsewhere) == f"{tmp_path / 'light.txt'}:1:1"
    assert found.changes == ()


@pytest.mark.parametrize(
    "text", ["---\nformat: 2\n---\na", "---\n", "{% if %}", "---\n\x00\n---\n"]
)
def test_what_cannot_be_checked_is_a_finding(tmp_path, text):
    found = Checker().check(document(text, "a.prompt", tmp_path), project(tmp_path))
    assert any(f.diagnostic.severity == "error" for f in found)


def test_files_of_others_are_none_of_our_business(tmp_path):
    assert Checker().check(document("on: push", "ci.yaml", tmp_path), project(tmp_path)) == []


def test_word_lists_are_checked_as_such(tmp_path):
    folder = tmp_path / "wildcards"
    folder.mkdir()
    lists = {"a.txt": "3::((fox))\n", "b.yaml": "birds: ['((owl))']\n", "c.json": '["((elk))"]'}
    for name, text in lists.items():
        found = Checker().check(document(text, name, folder), project(tmp_path))
        assert [f.diagnostic.code for f in found] == ["IMP107"], name
        assert len(found[0].changes) > 0


def test_a_list_that_changes_means_another_check(tmp_path):
    (tmp_path / "wildcards").mkdir()
    text = document("__animals__", "a.txt", tmp_path)
    checker = Checker()
    before = checker.check(text, project(tmp_path))
    (tmp_path / "wildcards" / "animals.txt").write_text("fox\n", "utf-8")
    after = checker.check(text, project(tmp_path))
    assert checker.checked == 2
    assert len(after) <= len(before)
