"""Fixes, comments that switch off, and the layout, as changes of the document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editing import document, project
from impasto.lsp import fixing
from impasto.lsp.checking import Checker
from impasto.lsp.documents import Place, Range

LINES = st.text(st.sampled_from("ab\n"), max_size=10)


def changed(text, changes):
    copy = text.snapshot()
    for change in sorted(changes, key=lambda c: c.range.start, reverse=True):
        copy.change(change.text, change.range)
    return copy.text


@given(before=LINES, after=LINES)
def test_changes_between_two_texts_make_one_of_the_other(before, after):
    text = document(before, "a.txt")
    changes = fixing.changes_between(before, after)
    assert changed(text, changes) == after
    assert bool(changes) == (before != after)


def test_only_the_lines_that_differ_are_touched():
    changes = fixing.changes_between("a\nb\nc\nd", "a\nB\nc\nD")
    assert [change.range.start.line for change in changes] == [1, 3]
    (change,) = fixing.changes_between("a\nb\nc", "a\nc")
    assert change.range == Range(Place(1, 0), Place(2, 0))


def actions(text, where, home):
    found = Checker().check(text, home)
    return found, list(fixing.actions(found, Range(Place(*where), Place(*where))))


def test_a_fix_and_a_comment_are_offered_where_the_cursor_is(tmp_path):
    home = project(tmp_path)
    text = document("plain\n🦊 a clock (at 5:30)\n((c))", "a.txt", tmp_path)
    found, offered = actions(text, (1, 16), home)
    assert [one.title for one in offered] == [
        "Escape the colon",
        "Ignore IMP101 (accidental-weight) here",
    ]
    fix, ignore = offered
    assert changed(text, fix.changes) == "plain\n🦊 a clock (at 5\\:30)\n((c))"
    comment = fixing.ignoring(text, ignore.found, found, home)
    assert changed(text, comment) == (
        "plain\n# impasto: ignore[IMP101]\n🦊 a clock (at 5:30)\n((c))"
    )
    assert actions(text, (0, 2), home)[1] == []


PACK = """format: 1
name: mine
license: MIT
styles:
  one:
    text: "a clock (at 5:30)"
  two:
    text: |
      a clock (at 5:30)
      and a fox
"""


@pytest.mark.parametrize(
    ("text", "name", "line", "comment"),
    [
        ("a\n  a clock (at 5:30)\n", "x.prompt", 1, "  {# impasto: ignore[IMP101] #}\n  a clock"),
        ("---\nnegative: (at 5:30)\n---\na", "x.prompt", 1, "(at 5:30)  # impasto: ignore[IMP101]"),
        ("a clock (at 5:30)", "x.j2", 0, "{# impasto: ignore[IMP101] #}\na clock"),
        (PACK, "mine.yaml", 5, '(at 5:30)"  # impasto: ignore[IMP101]'),
        (PACK, "mine.yaml", 8, "(at 5:30) {# impasto: ignore[IMP101] #}"),
    ],
)
def test_a_comment_goes_where_it_hides_the_finding(tmp_path, text, name, line, comment):
    home = project(tmp_path)
    text = document(text, name, tmp_path)
    found = Checker().check(text, home)
    (finding,) = [f for f in found if f.diagnostic.code == "IMP101" and f.range.start.line == line]
    after = text.snapshot()
    (change,) = fixing.ignoring(text, finding, found, home)
    after.change(change.text, change.range)
    assert comment in after.text
    left = Checker().check(after, home)
    assert len(left) == len(found) - 1


@pytest.mark.parametrize(
    ("text", "name", "after"),
    [
        (
            "((a))\n# impasto: ignore[IMP107]\n((b))\nx\n((🦊))",
            "a.txt",
            "(a:1.21)\n# impasto: ignore[IMP107]\n((b))\nx\n(🦊:1.21)",
        ),
        ("((a))\n\n{{ b }} ((c))\n", "a.prompt", "(a:1.21)\n\n{{ b }} (c:1.21)\n"),
        ("nothing", "a.txt", "nothing"),
    ],
)
def test_all_that_is_safe_is_fixed_at_once(tmp_path, text, name, after):
    home = project(tmp_path)
    text = document(text, name, tmp_path)
    found = Checker().check(text, home)
    assert fixing.has_safe_fix(found) == (text.text != after)
    assert changed(text, fixing.fix_all(text, found, home)) == after


@pytest.mark.parametrize(
    ("text", "name", "after"),
    [
        ("a ,b\n\n🦊  fox,  (x:1.20)", "a.txt", "a, b\n\n🦊 fox, (x:1.2)\n"),
        ("on:   push", "ci.yaml", "on:   push"),
    ],
)
def test_the_layout_is_that_of_the_formatter(tmp_path, text, name, after):
    text = document(text, name, tmp_path)
    assert changed(text, fixing.formatting(text, project(tmp_path))) == after
