"""The page about the syntax says what is true."""

import doctest
import re
from pathlib import Path

import pytest

import impasto

PAGE = Path(__file__).parents[2] / "docs" / "syntax.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_code_block_gives_what_it_shows():
    assert set(re.findall(r"^```(\w+)$", TEXT, re.MULTILINE)) == {"pycon"}
    found = doctest.testfile(
        str(PAGE),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE,
        encoding="utf-8",
    )
    assert found.attempted > 25
    assert found.failed == 0


ROWS = [
    example
    for line in TEXT.splitlines()
    if line.startswith("| `")
    for example in re.findall(r"`([^`]+)`", line.replace(r"\|", "|").split(" | ")[0])
]


@pytest.mark.parametrize("example", ROWS)
def test_every_row_of_the_table_is_read(example):
    assert str(impasto.parse(example)) == example
