"""The page for when it goes wrong has every error, as the error tree has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from impasto import errors
from impasto.client import Client, backends
from impasto.client.answers import NOWHERE
from impasto.client.retry import Run
from impasto.errors import BackendError

PAGE = (Path(__file__).parents[1] / "docs" / "troubleshooting.md").read_text("utf-8")
ROWS = {
    name: (what, billed, todo)
    for name, what, billed, todo in re.findall(
        r"^\| `(\w+)` \| (.+?) \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE
    )
}
CLASSES = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, BackendError) and kind is not BackendError
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_says_what_to_do_and_is_on_the_page(kind):
    error = kind("it went wrong")
    assert error.hint == kind.advice
    assert f"hint: {kind.advice}" in str(error)
    what, billed, todo = ROWS[kind.__name__]
    assert what
    assert billed == error.billed
    first = re.split(r"[;,(`]", kind.advice)[0].strip()
    assert first in todo


def test_the_page_names_no_error_that_there_is_none_of():
    assert set(ROWS) == {kind.__name__ for kind in CLASSES} | {"LimitError"}


def test_the_guides_troubles_are_on_the_page():
    for word in (
        "distorted proportions",
        "too few steps",
        "refused",
        "--timeout",
        "credit",
        "retired",
    ):
        assert word in PAGE


@pytest.mark.parametrize("name", [n for n in backends.names() if backends.backend(n).needs_network])
def test_every_backend_says_where_its_address_is(name):
    assert getattr(backends.backend(name), "lost", "").startswith("check the ")


def test_an_address_that_nobody_serves_is_told_in_the_backends_own_words():
    client = Client("together", "https://api.example.com", "key")
    with pytest.raises(errors.InvalidRequest) as caught, client._told(_Asked(), Run(1.0)):
        raise errors.InvalidRequest("answered 404", status=404, hint=NOWHERE)
    assert caught.value.hint.endswith("/v1/images/generations")
    client = Client("replicate", "https://api.example.com", "key")
    with pytest.raises(errors.AuthError) as caught, client._told(_Asked(), Run(1.0)):
        raise errors.AuthError("no", hint="set IMPASTO_API_KEY or pass api_key=")
    assert "REPLICATE_API_TOKEN or IMPASTO_API_KEY" in caught.value.hint


class _Asked:
    backend, model = "together", "flux-dev"
