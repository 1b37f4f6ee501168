"""The committed table is what the grammar says, and the fold knows what it cannot hold."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lark import Lark

from impasto.syntax import _tables, grammar

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of grammar and table that a test may change."""
    shutil.copy(grammar.GRAMMAR, tmp_path / "impasto.lark")
    shutil.copy(grammar.TABLES, tmp_path / "_tables.py")
    monkeypatch.setattr(grammar, "GRAMMAR", tmp_path / "impasto.lark")
    monkeypatch.setattr(grammar, "TABLES", tmp_path / "_tables.py")
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_check_passes_as_a_command():
    command = [sys.executable, "-m", "impasto.syntax.grammar", "--check"]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BREAK(?![0-9A-Za-z_])/", "BREAK(?![0-9A-Za-z])/"),
        ('round: "(" (node | COLON |', 'round: "(" (node |'),
        ("// The canonical", "// Our canonical"),
    ],
    ids=["a terminal", "a rule", "a comment"],
)
def test_the_check_fails_for_a_changed_grammar(copy, old, new):
    assert grammar.main(["--check"]) == 0
    change(copy / "impasto.lark", old, new)
    assert grammar.main(["--check"]) == 1
    assert grammar.main(["--write"]) == 0
    assert grammar.main(["--check"]) == 0


def test_the_check_fails_for_a_changed_table(copy):
    change(copy / "_tables.py", "'schedule'", "'schedules'")
    assert grammar.main(["--check"]) == 1


def test_writing_gives_the_same_table_each_time(copy):
    assert grammar.main(["--write"]) == 0
    written = (copy / "_tables.py").read_bytes()
    assert grammar.main(["--write"]) == 0
    assert (copy / "_tables.py").read_bytes() == written
    assert _tables.GRAMMAR_SHA256 in written.decode()


def test_the_table_is_the_same_in_another_process():
    code = "from impasto.syntax.grammar import render; print(render(), end='')"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout.replace(b"\r\n", b"\n")
        for seed in ("1", "2")
    }
    assert len(found) == 1


def fold(rules):
    return grammar.Fold(Lark(rules, parser="lalr", lexer="basic", maybe_placeholders=False))


def test_a_list_that_grows_to_the_right_cannot_be_folded():
    """Every word would stay on the stack until the last one is read."""
    with pytest.raises(grammar.UnfoldableError, match="grow without end"):
        fold(
            """
            start: more -> words
            more: WORD more | WORD
            WORD: /[a-z]/
            """
        )


def test_a_closer_that_belongs_to_two_rules_cannot_be_folded():
    with pytest.raises(grammar.UnfoldableError, match="does not close one bracket rule"):
        fold(
            """
            start: top -> words
            top: (WORD | round)*
            round: "(" pair ")" -> round
            pair: WORD WORD
                | WORD ")" -> odd
            WORD: /[a-z]/
            """
        )


def test_a_small_grammar_folds_into_rows():
    rows = fold(
        """
        start: top -> words
        top: (WORD | round)*
        round: "(" (WORD | round)* ")" -> round
        WORD: /[a-z]/
        """
    ).numbered()
    assert rows == [
        {"$END": ("close", "words"), "(": ("open", 1, 0), "WORD": ("item", 0)},
        {"(": ("open", 1, 1), ")": ("close", "round"), "WORD": ("item", 1)},
    ]
