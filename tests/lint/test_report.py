"""The output formats."""

from __future__ import annotations

import json

import pytest

from impasto.errors import UnknownNameError
from impasto.lint.engine import Linter
from impasto.lint.report import Run, load


def run(text: str, name: str = "a.txt", **more) -> Run:
    findings = Linter().check(text, name, ".txt").findings
    return Run(findings, 1, **more)


def test_people_see_the_line_with_an_underline_and_what_to_do():
    assert load("text")(run("a clock (at 5:30)\n")) == (
        'a.txt:1:14: IMP101 accidental-weight warning: the brackets make "30" a weight of 30'
        "  [fixable]\n"
        "   1 | a clock (at 5:30)\n"
        "     |              ^^^\n"
        "  hint: write \\:30 if it is text, or a weight with a dot if it is one\n"
        "\n"
        "1 warning in 1 file. 1 fixable with --fix.\n"
    )


def test_the_count_says_everything():
    assert load("text")(run("a fox\n")) == "No findings in 1 file.\n"
    text = load("text")(run("(a, ((b)), (c:9.5)\n", fixed=2, failed=("x",)))
    assert text.endswith(
        "2 fixes applied. 1 error, 1 warning, 1 note in 1 file. 1 fixable with --fix. "
        "1 path could not be checked.\n"
    )


def test_colours_come_only_when_asked_for_and_no_text_steers_a_terminal():
    assert "\x1b" not in load("text")(run("(\x1b[2J:9.5)\n"))
    assert "\\x1b[2J" in load("text")(run("(\x1b[2J:9.5)\n"))
    assert "\x1b[33mIMP105 weight-out-of-range warning:\x1b[0m" in load("text")(
        run("(a:9.5)\n", colours=True)
    )


def test_json_is_versioned_and_counts():
    found = json.loads(load("json")(run("(at 5:30), ((b))\n", failed=("x.txt",))))
    assert found["format"] == 1
    assert [f["code"] for f in found["findings"]] == ["IMP101", "IMP107"]
    assert found["summary"] == {"files": 1, "error": 0, "warning": 1, "info": 1, "fixed": 0}
    assert found["failed"] == ["x.txt"]
    span = found["findings"][0]["span"]
    assert (span["file"], span["line"], span["column"], span["end_column"]) == ("a.txt", 1, 6, 9)


def test_github_gets_one_escaped_command_a_line():
    text = load("github")(run("(50% off:9.5), ((b)), (c\n", name="a,b:c%.txt"))
    file = "file=a%2Cb%3Ac%25.txt"
    assert text.split("\n") == [
        (
            f"::warning {file},line=1,endLine=1,col=1,endColumn=14,title=IMP105 weight-out-of-range::"
            "the weight 9.5 is outside of 0.3 to 1.6"
            "%0Asay it in words, or first, and keep the weight moderate"
        ),
        (
            f"::notice {file},line=1,endLine=1,col=16,endColumn=21,title=IMP107 redundant-nesting::"
            "nested brackets make a weight of 1.21%0Awrite (…:1.21)"
        ),
        (
            f"::error {file},line=1,endLine=1,col=23,endColumn=24,title=IMP001 syntax-error::"
            "'(' is never closed%0Aadd ')', or write \\( for the character itself"
        ),
        "",
    ]


@pytest.mark.parametrize(
    ("text", "failed", "code"),
    [
        ("a\n", (), 0),
        ("((a))\n", (), 0),
        ("(at 5:30)\n", (), 1),
        ("(\n", (), 1),
        ("a\n", ("x",), 2),
    ],
)
def test_the_exit_code_follows_the_worst(text: str, failed: tuple[str, ...], code: int):
    assert run(text, failed=failed).exit_code == code


def test_an_unknown_format_is_refused():
    with pytest.raises(UnknownNameError, match='did you mean "github"'):
        load("githb")
