"""Rules about wildcards, which need the word lists of a project."""

from __future__ import annotations

import pytest

from impasto.lint.engine import Linter
from impasto.lint.kinds import Surroundings

LISTS = {
    "animals.txt": "fox\na __pets__\n",
    "pets.txt": "cat\nan __animals__\n",
    "colours.txt": "red\nblue\n",
    "letters.txt": "\n".join("abcdefghij"),
}


@pytest.fixture
def linter(tmp_path):
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text)
    return Linter(surroundings=Surroundings(words=(tmp_path,)))


def found(linter, text):
    return [
        (f.code, f.severity, f.span.text, f.hint)
        for f in linter.check(text).findings
        if f.code.startswith("IMP81")
    ]


def test_a_wildcard_without_a_list_is_an_error_with_the_nearest_name(linter):
    assert found(linter, "a __colors__ fox") == [
        ("IMP811", "error", "__colors__", 'did you mean "colours"?')
    ]
    assert found(linter, "a __colours__ fox") == []


def test_without_any_lists_it_is_a_note():
    assert [severity for _, severity, _, _ in found(Linter(), "a __colours__ fox")] == ["info"]


def test_lists_in_a_circle_are_an_error(linter):
    [circle] = linter.check("a __pets__ on a hill").findings
    assert (circle.code, circle.severity, circle.span.text) == ("IMP812", "error", "__pets__")
    assert "__pets__ -> __animals__ -> __pets__" in circle.message
    assert circle.hint


def test_combinations_of_lists_are_counted(linter):
    assert found(linter, "__letters__" * 6) == []
    [(code, severity, _, _)] = found(linter, "__letters__" * 7)
    assert (code, severity) == ("IMP815", "info")
    [finding] = linter.check("__letters__" * 7).findings
    assert finding.message == "this stands for 10,000,000 prompts"
    assert "10^100" in linter.check("__letters__" * 100).findings[0].message
