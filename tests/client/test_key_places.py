"""Keys by reference: where they are looked for, and that they are nowhere else."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING

import keyring
import pytest

from impasto import config
from impasto.client.secret import key_at
from impasto.errors import AuthError, FileError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "kr-Loopback0123456789"


class Store(keyring.backend.KeyringBackend):
    """A store of secrets in memory."""

    priority = 1

    def __init__(self, kept):
        self.kept = kept

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def store():
    before = keyring.get_keyring()
    keyring.set_keyring(Store({("impasto", "bfl"): KEY}))
    yield
    keyring.set_keyring(before)


@pytest.fixture
def settings(tmp_path):
    def load(text, **environ):
        (tmp_path / "impasto.toml").write_text(text, "utf-8")
        return config.load(tmp_path, {"IMPASTO_CONFIG": str(tmp_path / "none"), **environ})

    return load


def test_a_reference_leads_to_the_key(store):
    assert key_at("env:A_KEY", {"A_KEY": KEY}) == KEY
    assert key_at("keyring:impasto/bfl", {}) == KEY


@pytest.mark.parametrize(
    ("reference", "told"),
    [("env:A_KEY", "set A_KEY"), ("keyring:impasto/fal", "keyring set impasto fal")],
)
def test_an_empty_place_is_an_error_that_says_what_to_do(store, reference, told):
    with pytest.raises(AuthError) as caught:
        key_at(reference, {})
    assert told in caught.value.hint


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(AuthError) as caught:
        key_at("keyring:impasto/bfl", {})
    assert "impasto[keyring]" in caught.value.hint


def test_a_key_goes_only_to_the_backend_it_is_meant_for(store, settings):
    text = 'backend = "{}"\n[keys]\nbfl = "keyring:impasto/bfl"\ngateway = "env:OURS"\n'
    assert settings(text.format("bfl")).key() == KEY
    assert settings(text.format("fal")).key() == ""
    assert settings(text.format("gateway"), OURS="o").key() == "o"
    assert settings(text.format("bfl"), BFL_API_KEY="own").key() == "own"
    assert settings(text.format("bfl"), IMPASTO_API_KEY="any").key() == KEY
    assert settings(text.format("fal"), IMPASTO_API_KEY="any", FAL_KEY="f").key() == "f"
    assert settings('backend = "fal"\n', IMPASTO_API_KEY="any").key() == "any"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[keys]\nbfl = "sk-Loopback0123456789"', "does not belong in a file"),
        ('keys = {bfl = "sk-Loopback0123456789"}', "does not belong in a file"),
        ('[keys]\nblf = "env:A"', 'did you mean "bfl"?'),
        ("[keys]\nbfl = 3", '"env:NAME" or "keyring:SERVICE/USER"'),
    ],
)
def test_a_bad_table_is_refused_and_no_key_is_shown(settings, text, told):
    with pytest.raises(FileError) as caught:
        settings(text)
    assert told in str(caught.value)
    assert "Loopback" not in str(caught.value)


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("command", ["generate", "batch"])
@pytest.mark.parametrize("fails", [False, True])
def test_a_key_of_the_keyring_is_in_nothing_that_is_written(
    store, tmp_path, monkeypatch, acts, images, caplog, command, fails
):
    from click.testing import CliRunner

    from impasto.cli.app import main

    caplog.set_level(logging.DEBUG)
    keyring.set_password("impasto", "gateway", KEY)
    told = {"error": {"message": f"bad key {KEY} (Bearer {KEY})", "code": KEY}}
    act = acts.answer(422, told) if fails else acts.url(f"{images.url}/a.png", revised_prompt=KEY)
    api = acts.Site(act)
    monkeypatch.chdir(tmp_path)
    for name in ("IMPASTO_API_KEY", "IMPASTO_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "none"))
    (tmp_path / "impasto.toml").write_text(
        f'base_url = "{api.url}"\n[keys]\ngateway = "keyring:impasto/gateway"\n'
    )
    (tmp_path / "p.jsonl").write_text('"a fox"\n')
    what = ["generate", "a fox"] if command == "generate" else ["batch", "p.jsonl"]
    args = [*what, "-m", "sdxl", "--seed", "1", "-o", "out/", "--format", "json"]
    done = CliRunner().invoke(main, args)
    api.close()
    assert done.exit_code == (2 if fails else 0), done.stderr
    assert api.seen[0].headers["authorization"] == f"Bearer {KEY}"
    everything = written(tmp_path) + done.output.encode() + caplog.text.encode()
    for form in (KEY, base64.b64encode(KEY.encode()).decode().rstrip("=")):
        assert form.encode() not in everything
