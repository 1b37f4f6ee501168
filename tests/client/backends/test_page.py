"""docs/backends.md names every backend, and says of it what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from impasto.client import backends
from impasto.client.backends.base import Resumable

PAGE = Path(__file__).parents[3] / "docs" / "backends.md"


def tables():
    """Return the rows of each table by their first cell."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|---"):
            found.append({})
        elif row := re.match(r"\| `([\w-]+)` \|(.*)\|$", line):
            found[-1][row[1]] = [cell.strip() for cell in row[2].split(" | ")]
    return found


PLACES, NOTES = tables()


@pytest.mark.parametrize("name", backends.names())
def test_a_backend_has_a_row_that_is_true(name):
    made = backends.backend(name)
    address, key, _, resume, _, _ = PLACES[name]
    if getattr(made, "address", ""):
        assert address == f"`{made.address}`"
    for variable in getattr(made, "keys", ()):
        assert f"`{variable}`" in key
    assert resume == ("yes" if isinstance(made, Resumable) else "no")
    assert len(NOTES[name]) == 2


def test_rows_are_in_order_and_no_backend_has_two():
    assert list(PLACES) == sorted(PLACES) == list(NOTES)
