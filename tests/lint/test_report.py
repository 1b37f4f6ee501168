"""The formats for people, and how formats are found."""

from __future__ import annotations

import pytest

from findings import ACCEPTED, CLEAN, FAILED, found, run
from impasto.diagnostics import Diagnostic
from impasto.errors import UnknownNameError
from impasto.lint import report
from impasto.lint.report import Run, load
from impasto.source import Source

text, concise = load("text"), load("concise")


def test_people_see_the_line_with_an_underline_and_what_to_do():
    assert text(run()) == (
        "prompts/hero 1.prompt:2:8: IMP001 syntax-error error: odd: 1, 2\\n& <3\n"
        "   2 | title: x\n"
        "     |        ^ expected ')' or ','\n"
        "\n"
        "prompts/hero 1.prompt:4:16: IMP101 accidental-weight warning: "
        'the brackets make "30" a weight of 30  [fixable]\n'
        "   4 | a 🦊 clock (at 5:30), 50% off\n"
        "     |                 ^^^\n"
        "  hint: write \\:30 if it is text\n"
        "\n"
        "prompts/hero 1.prompt:4:22: IMP107 redundant-nesting info: about '50% off'\n"
        "   4 | a 🦊 clock (at 5:30), 50% off\n"
        "     |                       ^^^^^^^\n"
        "\n"
        "prompts/hero 1.prompt:5:1: IMP105 weight-out-of-range warning: "
        "the weight 9.5 is outside of 0.3 to 1.6  [fixable, unsafe]\n"
        "   5 | (a,\n"
        "     | ^^^\n"
        "\n"
        "1 error, 2 warnings, 1 note in 1 file. "
        "1 fixable with --fix, 1 fixable with --unsafe-fixes.\n"
    )


def test_the_count_says_everything():
    assert text(CLEAN) == "No findings in 3 files.\n"
    assert text(CLEAN._replace(fixed=2, files=1)) == "2 fixes applied. No findings in 1 file.\n"
    assert text(FAILED).endswith(
        "1 error, 1 warning in 1 file. 1 fixable with --fix. 1 path could not be checked.\n"
    )


def test_a_file_that_was_not_read_has_no_line_to_show():
    assert text(FAILED).startswith(
        "bad.txt: IMP007 file-error error: bad.txt is not UTF-8 text\n"
        "  hint: save the file with the encoding UTF-8\n\n"
    )


def test_a_finding_without_a_place_is_told_all_the_same():
    bare = Diagnostic("IMP401", "limit", "warning", "1025 is too wide")
    assert text(run(bare)).startswith("IMP401 limit warning: 1025 is too wide\n\n1 warning")
    assert concise(run(bare)) == "IMP401 limit warning: 1025 is too wide\n"


def test_colours_come_only_when_asked_for():
    assert "\x1b" not in text(run())
    shown = text(run(colours=True))
    assert "\x1b[33mIMP101 accidental-weight warning:\x1b[0m" in shown
    assert "\x1b[2m     |\x1b[0m\x1b[33m                 ^^^\x1b[0m" in shown


def test_no_text_steers_a_terminal():
    evil = Source("a \x1b[2J\x07 \u202e fox\n", "\x1b]0;x\x07.txt")
    for write in (text, concise):
        shown = write(run(found("fox", evil, message="\x1b[8m", hint="\x9b")))
        assert "\\x1b[8m" in shown
        assert all(c.isprintable() or c == "\n" for c in shown)
    assert "a \\x1b[2J\\x07 \\u202e fox" in text(run(found("fox", evil)))


def test_concise_is_one_line_for_each_finding():
    assert concise(run()).splitlines() == [
        "prompts/hero 1.prompt:2:8: IMP001 syntax-error error: odd: 1, 2\\n& <3",
        (
            "prompts/hero 1.prompt:4:16: IMP101 accidental-weight warning: "
            'the brackets make "30" a weight of 30  [fixable]'
        ),
        "prompts/hero 1.prompt:4:22: IMP107 redundant-nesting info: about '50% off'",
        (
            "prompts/hero 1.prompt:5:1: IMP105 weight-out-of-range warning: "
            "the weight 9.5 is outside of 0.3 to 1.6  [fixable, unsafe]"
        ),
    ]
    assert concise(FAILED).startswith("bad.txt: IMP007 file-error error: ")
    assert concise(CLEAN) == ""


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (CLEAN, 0),
        (ACCEPTED, 0),
        (Run((found("x", severity="info"),), 1), 0),
        (Run((found("x"),), 1), 1),
        (Run((found("x", severity="error"),), 1), 1),
        (CLEAN._replace(failed=("x",)), 2),
    ],
)
def test_the_exit_code_follows_the_worst(done: Run, code: int):
    assert done.exit_code == code


def test_the_formats_are_the_files():
    assert report.built_in() == (
        *("concise", "github", "github-sarif", "gitlab", "json", "jsonl", "junit", "sarif", "text"),
    )


@pytest.mark.parametrize("form", report.built_in())
@pytest.mark.parametrize("done", [run(), CLEAN, FAILED, ACCEPTED])
def test_every_format_ends_its_last_line_and_is_the_same_each_time(form: str, done: Run):
    write = load(form)
    assert write(done).endswith("\n") or not done.findings
    assert write(done) == write(done)


@pytest.mark.parametrize("wrong", ["githb", "__init__", "_places", "../text", "", "text.py"])
def test_an_unknown_format_is_refused(wrong: str):
    with pytest.raises(UnknownNameError) as told:
        load(wrong)
    assert wrong != "githb" or told.value.hint == 'did you mean "github"?'
