"""How long servers ask us to wait, in every way they say it."""

from __future__ import annotations

import json
import math
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.client.exchange import Answer
from impasto.client.waits import retry_after

NOW = 1_800_000_000


def wait(headers=None, body=b"", now=NOW):
    return retry_after(Answer(429, headers or {}, body), now)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "٣"}, None),
        ({"ratelimit": '"default";r=0;t=42'}, 42),
        ({"ratelimit": "limit=100, remaining=0, reset=7"}, 7),
        ({"ratelimit": '"default";r=0;ttl=42'}, None),
        ({"ratelimit-reset": "9"}, 9),
        ({"retry-after": "3", "ratelimit": '"default";r=0;t=42'}, 3),
    ],
)
def test_headers(headers, seconds):
    assert wait(headers) == seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"retry_after": 12}, 12),
        ({"retry_after": "12"}, 12),
        ({"error": {"retry_after": 1.5}}, 1.5),
        ({"detail": {"retry_after": 8}}, 8),
        ({"retry_after": True}, None),
        ({"retry_after": None}, None),
        ({"retry_after": -1}, None),
        ([{"retry_after": 3}], None),
    ],
)
def test_bodies(body, seconds):
    assert wait(body=json.dumps(body).encode()) == seconds
    assert wait({"retry-after": "77"}, json.dumps(body).encode()) == 77


def test_a_wrong_clock_here_does_no_harm():
    headers = {"retry-after": formatdate(NOW + 20, usegmt=True), "date": formatdate(NOW)}
    assert wait(headers, now=0) == wait(headers, now=2 * NOW) == 20


@given(st.integers(-(10**6), 10**6))
def test_dates_are_the_time_from_now(delta):
    assert wait({"retry-after": formatdate(NOW + delta, usegmt=True)}) == max(delta, 0)


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "ratelimit", "ratelimit-reset", "date"]),
        st.one_of(
            st.text(max_size=40),
            st.floats().map(str),
            st.integers().map(str),
            st.from_regex(r"\w{3}, \d{1,3} \w{3} \d{1,6} \d\d:\d\d:\d\d \S{0,6}", fullmatch=True),
        ),
    ),
    st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5)),
            lambda inner: st.dictionaries(
                st.sampled_from(["retry_after", "error", "detail"]), inner
            ),
        ).map(lambda data: json.dumps(data).encode()),
    ),
)
def test_nonsense_is_no_time(headers, body):
    seconds = wait(headers, body)
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0)
