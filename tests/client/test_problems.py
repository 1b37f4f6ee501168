"""Any body a server may send is read without an error of our own."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from impasto.client import answers, problems
from impasto.client.exchange import Answer
from impasto.client.pictures import read
from impasto.errors import BackendError

WORDS = st.sampled_from(
    [
        "error",
        "detail",
        "errors",
        "message",
        "code",
        "type",
        "name",
        "data",
        "url",
        "b64_json",
        "images",
        "output",
        "status",
        "loc",
        "msg",
        "param",
        "title",
        "description",
        "object",
        "id",
        "seed",
        "usage",
        "cost",
        "finish_reason",
        "artifacts",
        "retry_after",
    ]
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=12), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=12,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    VALUES.map(lambda data: json.dumps(data).encode()),
    st.text(max_size=60).map(lambda text: f"<html><title>{text}</title>".encode("utf-8", "ignore")),
)


@given(st.integers(100, 999), BODIES)
def test_every_refusal_becomes_an_error_of_ours(status, body):
    answer = Answer(status, {"content-type": "x"}, body, "api.example.com")
    error = answers.refused(answer)
    assert isinstance(error, BackendError)
    assert "api.example.com" in error.message
    assert len(error.message) < 1000
    assert error.message.isprintable()
    assert isinstance(answers.is_final(answer), bool)


@given(BODIES)
def test_every_answer_is_read_or_refused(body):
    answer = Answer(200, {}, body, "api.example.com")
    assert tell(answer).isprintable()


def tell(answer):
    """Return what is found, or what the error says."""
    try:
        found = read(answer, "https://api.example.com/v1/images/generations").found
    except BackendError as error:
        return error.message
    return repr(found)


def test_depth_does_no_harm():
    deep = Answer(500, {}, b"[" * 200_000, "api.example.com")
    assert problems.read(deep).shape == "text"
    assert "failed" in answers.refused(deep).message


def test_control_characters_of_a_server_do_not_reach_the_terminal():
    body = json.dumps({"error": "\x1b[31mred\x07\n\u202egnp.exe"}).encode()
    said = problems.read(Answer(400, {}, body)).message
    assert said == "[31mred gnp.exe"
