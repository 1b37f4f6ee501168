"""Comments that switch rules off."""

from __future__ import annotations

import pytest

from impasto.lint.engine import Linter
from impasto.lint.fix import fixed


def found(text: str, suffix: str = ".txt", **more):
    linter = Linter(ignore=("IMP890",), **more)
    findings = linter.check(text, f"case{suffix}", suffix).findings
    return [(f.code, f.span.line) for f in findings]


def unused(text: str, suffix: str = ".txt", **more):
    findings = Linter(**more).check(text, f"case{suffix}", suffix).findings
    return [(f.span.line, f.span.text, f.hint) for f in findings if f.code == "IMP890"]


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# impasto: ignore", []),
        ("# impasto: ignore[IMP101]", ["IMP105"]),
        ("# impasto: ignore[imp101, weight-out-of-range]", []),
        ("# impasto: ignore[IMP1]", []),
        ("# impasto: ignore[IMP102]", ["IMP101", "IMP105"]),
        ("# impasto: ignore[]", ["IMP101", "IMP105"]),
        ("# impasto: ignored", ["IMP101", "IMP105"]),
        ("# please ignore", ["IMP101", "IMP105"]),
        ("# impasto: ignore[IMP107", ["IMP101", "IMP105"]),
    ],
)
def test_a_comment_counts_for_the_next_line_only(comment: str, left: list[str]):
    text = f"{comment}\n(at 5:30), (a:3.5)\n(at 5:30)\n"
    assert found(text) == [*((code, 2) for code in left), ("IMP101", 3)]


def test_several_comments_stand_above_one_line():
    assert found("# impasto: ignore[IMP101]\n# impasto: ignore[IMP105]\n(at 5:30), (a:3.5)\n") == []


def test_a_comment_behind_a_prompt_is_no_comment():
    assert found("(at 5:30) # impasto: ignore\n") == [("IMP101", 1)]


def test_the_whole_file_can_be_switched_off():
    assert found("(at 5:30)\n# impasto: ignore-file\n(a:3.5)\n") == []
    assert found("# impasto: ignore-file[IMP101]\n(at 5:30)\n(a:3.5)\n") == [("IMP105", 3)]


def test_jinja_and_yaml_comments_count_too():
    text = "---\nvariables:\n  x: {}  # impasto: ignore[IMP201]\n  y: {}\n---\n"
    text += "{# impasto: ignore[IMP101] #}\n(at 5:30)\n(at 6:45)\n"
    assert found(text, ".prompt") == [("IMP201", 4), ("IMP101", 8)]


def test_no_comment_hides_an_error_that_stops_the_check():
    assert found("# impasto: ignore-file\nstyle: []\n", ".yaml") == [("IMP006", 2)]
    assert found("{# impasto: ignore-file #}{{ a\n", ".j2") == [("IMP002", 1)]


def test_what_is_switched_off_is_still_told():
    checked = Linter().check("# impasto: ignore[IMP101]\n(at 5:30), ((a))\n", "x.txt", ".txt")
    assert [f.code for f in checked.findings] == ["IMP107"]
    assert [f.code for f in checked.silenced] == ["IMP101"]


def test_unused_comments_are_found_code_by_code():
    text = "# impasto: ignore[IMP101, IMP107]\n(at 5:30)\n# impasto: ignore\na fox\n"
    assert unused(text) == [(1, "IMP107", ""), (3, "ignore", "")]
    assert unused("# impasto: ignore[acidental-weight]\na fox\n") == [
        (1, "acidental-weight", 'did you mean "accidental-weight"?')
    ]


def test_a_comment_for_what_was_not_asked_is_left_alone():
    text = "# impasto: ignore[IMP402]\na fox\n"
    assert unused(text) == []
    assert unused(text, targets=("flux-dev",)) == [(1, "IMP402", "")]
    assert unused("# impasto: ignore[IMP107]\na fox\n", ignore=("IMP107",)) == []
    assert unused("# impasto: ignore[IMP107]\na fox\n", select=("IMP101",)) == []


def test_the_rule_can_be_switched_off_where_it_stands():
    assert unused("# impasto: ignore[IMP107, IMP890]\na fox\n") == []
    assert unused("# impasto: ignore-file[unused-ignore]\n# impasto: ignore[IMP107]\na\n") == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "{# impasto: ignore[IMP101]\n   because it is new #}\na fox\n",
            "{#\n   because it is new #}\na fox\n",
        ),
        ("{# a # impasto: ignore[IMP101] #}\na fox\n", "{# a  #}\na fox\n"),
        ("{# impasto: ignore[IMP101] #}\na fox\n", "a fox\n"),
        ("{# impasto: ignore[IMP101] #} a fox\n", " a fox\n"),
    ],
)
def test_taking_a_comment_away_leaves_a_template(text: str, left: str):
    linter = Linter()

    def check(text: str):
        return list(linter.check(text, "x.j2", ".j2").findings)

    assert fixed(text, check) == (left, 1)
    assert check(left) == []
