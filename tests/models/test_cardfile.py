"""The YAML files of cards: what is wrong in one is told with its place; the table is up to date."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from impasto.errors import FileError
from impasto.models import all_models
from impasto.models.card import ModelCard
from impasto.models.cardfile import cards_in, read_document
from impasto.models.table import CARDS, render

CARD = """\
- id: test-1
  title: Test
  vendor: Nobody
  family: test
  writing: prose
  dialect: plain
  negative: none
  sizes: {mode: free, multiple: 8}
  sources: [nowhere]
  parameters:
    width: {default: 512}
    seed: {min: 0, max: 9}
  backends:
    home:
      parameters: {seed: {max: 5}}
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "test.yaml"


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "hint"),
    [
        ("family: test", "familly: test", "4:3", 'a model card has no key "familly"', "family"),
        ("  dialect: plain\n", "", "1:3", 'lacks the key "dialect"', ""),
        (
            "{default: 512}",
            "{defualt: 512}",
            "11:13",
            'parameters.width has no key "defualt"',
            "default",
        ),
        ("{min: 0, max: 9}", "{min: 0, max: lots}", "12:25", "parameters.seed.max: expected", ""),
        ("mode: free", "mode: any", "8:17", "sizes.mode: invalid enum value", ""),
        ("multiple: 8", "multiple: eight", "8:33", "sizes.multiple: expected int, got str", ""),
        ("seed: {max: 5}", "seed: {max: []}", "15:32", "parameters.seed.max: expected", ""),
        ("seed: {max: 5}", "seed: {mx: 5}", "15:27", 'has no key "mx"', "max"),
        ("[nowhere]", "nowhere", "9:12", "sources: expected array, got str", ""),
    ],
)
def test_a_broken_card_names_file_line_and_key(file, old, new, place, message, hint):
    text = CARD.replace(old, new)
    assert text != CARD
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        cards_in(read_document(file))
    assert str(caught.value.span) == f"test.yaml:{place}"
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_file_that_is_no_list_of_cards_is_told(file):
    file.write_text("id: test-1\n", encoding="utf-8")
    with pytest.raises(FileError, match="a file of model cards is a list"):
        read_document(file)


def test_the_table_holds_what_the_files_say():
    written = [
        card for path in sorted(CARDS.glob("*.yaml")) for card in cards_in(read_document(path))
    ]
    assert tuple(written) == all_models()


def test_the_table_is_up_to_date():
    command = [sys.executable, "-m", "impasto.models.table", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout


def test_a_new_family_needs_nothing_but_its_file(file):
    file.write_text(CARD, encoding="utf-8")
    other = CARD.replace("- id: test-1", "- id: test-2\n  aliases: [Two]")
    file.with_name("other.yaml").write_text(other, encoding="utf-8")
    names, *cards = render(file.parent).splitlines()
    assert msgspec.json.decode(names) == [["test-2", "Two"], ["test-1"]]
    assert [msgspec.json.decode(card, type=ModelCard).id for card in cards] == ["test-2", "test-1"]


def test_two_models_of_one_name_are_told(file):
    file.write_text(f"{CARD}{CARD.replace('test-1', 'Test-1')}", encoding="utf-8")
    with pytest.raises(FileError, match='two models are called "Test-1"') as caught:
        render(file.parent)
    assert str(caught.value.span) == "test.yaml:16:7"
