"""The key is nowhere but in the header it belongs to."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import string
import traceback
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto import errors
from impasto.client import Client
from impasto.client.secret import Secret, key_of, quoted, scrub

KEY = "sk-Loopback0123456789"
KEYS = st.text(string.ascii_letters + string.digits + "-_.+/=&", min_size=8, max_size=60).filter(
    lambda key: any(c.isalnum() for c in key)
)


def test_a_secret_does_not_show_itself():
    secret = Secret(KEY)
    assert f"{secret} {secret!r} {[secret]}" == "*** *** [***]"
    assert KEY not in repr(secret.behind("Bearer "))
    assert secret.behind("Bearer ").reveal() == f"Bearer {KEY}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_clients_do_not_show_it(client):
    opened = client.open(base_url="https://api.example.com")
    assert "api.example.com" in repr(opened)
    assert KEY not in repr(opened) + str(vars(opened)) + repr(opened._settings)


@pytest.mark.parametrize("encode", [str, quote, lambda k: base64.b64encode(k.encode()).decode()])
def test_servers_that_quote_it_are_not_quoted(client, api, said, acts, encode):
    shown = encode(KEY)
    body = {
        "error": {"message": f"bad key {shown} (Bearer {KEY})", "param": shown, "code": shown},
        "detail": [{"loc": ["header", shown], "msg": f"wrong: {shown}"}],
    }
    api.plays(acts.answer(422, body, {"x-request-id": shown}))
    with pytest.raises(errors.InvalidRequest) as caught:
        client.generate(said(), base_url=api.url)
    error = caught.value
    told = "".join(traceback.format_exception(error)) + str(vars(error)) + repr(error.args)
    assert KEY not in told
    assert shown not in told
    assert "***" in told


@pytest.mark.parametrize("act", ["ok", "cut", "hang_up", "401"])
def test_logs_do_not_have_it(client, api, said, acts, act, caplog):
    caplog.set_level(logging.DEBUG)
    kinds = {"ok": acts.b64(revised_prompt=KEY), "401": acts.error(401, "bad", f"bad key {KEY}")}
    api.plays(kinds[act] if act in kinds else getattr(acts, act))
    try:
        told = repr(client.generate(said(), base_url=api.url))
    except errors.BackendError as error:
        told = "".join(traceback.format_exception(error))
    assert KEY not in told
    assert caplog.records
    assert KEY not in caplog.text


@pytest.mark.parametrize("text", ["sk-one\nsk-two", "sk one", "clé", "sk\x00"])
def test_a_key_that_no_header_can_carry_is_refused_unquoted(text):
    with pytest.raises(errors.AuthError) as caught:
        Client(base_url="https://api.example.com", api_key=text)
    assert text not in "".join(traceback.format_exception(caught.value)).replace(f"{text!r}", "")
    assert "copy the key again" in str(caught.value)


def test_space_around_a_key_is_no_part_of_it():
    assert key_of(" abc\n").reveal() == "abc"
    assert key_of("  ") is None
    assert key_of(None) is None


@given(st.text(max_size=40), KEYS, st.text(max_size=40))
def test_scrubbing_removes_it_in_every_form(before, key, after):
    coded = base64.b64encode(key.encode()).decode().rstrip("=")
    for form in (key, quote(key, safe=""), json.dumps(key)[1:-1], coded):
        assert form not in scrub(f"{before}{form}{after}", Secret(key))


@given(st.text(max_size=400), KEYS, st.integers(2, 300))
def test_cutting_a_text_leaves_no_half_of_it(before, key, limit):
    shown = quoted(f"{before} {key} {key}", Secret(key), limit)
    assert len(shown) <= limit
    assert key[: len(key) - 1] not in shown or key[: len(key) - 1] in before
    assert shown.isprintable()


@given(st.text(string.ascii_lowercase + " ,", max_size=80))
def test_other_words_stay(text):
    assert scrub(text, Secret("K3Y-9999")) == text


def test_bearer_tokens_of_others_are_hidden_too():
    assert scrub('sent "Authorization: Bearer abc.def-1"', None) == (
        'sent "Authorization: Bearer ***"'
    )
