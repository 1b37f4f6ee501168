"""What goes wrong is told as what it is; what may cost money is sent once."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from impasto import errors
from impasto.client import download

REFUSALS = json.loads(Path(__file__).with_name("refusals.json").read_text(encoding="utf-8"))


def fails(client, kind, translation, **options):
    with pytest.raises(kind) as caught:
        client.generate(translation, **options)
    assert type(caught.value) is kind
    assert caught.value.model == translation.model
    assert caught.value.backend == "gateway"
    return caught.value


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["name"])
def test_refusals(client, api, said, acts, case):
    body = case["body"].encode() if isinstance(case["body"], str) else case["body"]
    api.plays(acts.answer(case["status"], body, case.get("headers")))
    error = fails(client, getattr(errors, case["error"]), said(), base_url=api.url)
    for words in case["says"]:
        assert words in str(error)
    assert error.billed == case.get("billed", "no")
    assert error.status in (case["status"], None)
    if "fields" in case:
        assert error.fields == case["fields"]
    if case["error"] == "ModerationRefused":
        assert error.stage == case.get("stage", "input")
    assert len(api.seen) == 1
    assert client.sleeps == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_when_is_asked_again_then(client, api, said, acts, status):
    busy = acts.error(status, "rate_limit_exceeded", "slow down", retry_after="2")
    api.plays(busy, busy, acts.b64())
    result = client.generate(said(), base_url=api.url)
    assert result.attempts == 3
    assert client.sleeps == [2.0, 2.0]


def test_a_429_that_does_not_say_when_is_asked_again_later_and_later(client, api, said, acts):
    api.plays(acts.error(429, "rate_limit_exceeded", "slow down"))
    error = fails(client, errors.RateLimited, said(), base_url=api.url, timeout=100.0)
    assert client.sleeps == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert len(api.seen) == 6
    assert error.billed == "no"


@pytest.mark.parametrize(("asked", "shown"), [("3600", "60 min"), ("121", "2 min"), ("25", "25 s")])
def test_a_wait_that_is_too_long_is_told(client, api, said, acts, asked, shown):
    """Longer than two minutes, or than this image has."""
    api.plays(acts.error(429, "rate_limit_exceeded", "slow down", retry_after=asked))
    error = fails(client, errors.RateLimited, said(), base_url=api.url)
    assert f"try again in {shown}" in str(error)
    assert error.retry_after == float(asked)
    assert (len(api.seen), client.sleeps) == (1, [])


@pytest.mark.parametrize("act", ["hang", "stall", "trickle", "trickle_headers"])
def test_a_server_that_says_nothing_in_time(client, api, said, acts, act):
    api.plays(getattr(acts, act))
    error = fails(client, errors.DeadlineExceeded, said(), base_url=api.url, timeout=0.3)
    assert error.billed == "maybe"
    assert "may have been billed" in str(error)
    assert len(api.seen) == 1


@pytest.mark.parametrize("act", ["hang_up", "cut"])
def test_a_connection_that_breaks_after_sending(client, api, said, acts, act):
    api.plays(getattr(acts, act))
    error = fails(client, errors.BackendDown, said(), base_url=api.url)
    assert error.billed == "maybe"
    assert "broke" in str(error)
    assert (len(api.seen), client.sleeps) == (1, [])


@pytest.mark.parametrize("act", ["hang_up", "cut", "500"])
def test_paid_requests_are_repeated_on_request(client, api, said, acts, act):
    first = acts.error(500, "oops", "oops") if act == "500" else getattr(acts, act)
    api.plays(first, acts.b64())
    result = client.generate(said(), base_url=api.url, retry_paid=True)
    assert result.attempts == len(api.seen) == 2
    assert client.sleeps == [0.5]


def test_a_wish_not_to_be_asked_again_is_kept(client, api, said, acts):
    api.plays(acts.error(429, "x", "no", x_should_retry="false", retry_after="1"))
    fails(client, errors.RateLimited, said(), base_url=api.url)
    assert len(api.seen) == 1


def _closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_server_that_is_not_there(client, said):
    port = _closed_port()
    error = fails(client, errors.BackendDown, said(), base_url=f"http://127.0.0.1:{port}")
    assert f"cannot reach 127.0.0.1:{port}: the connection was refused" in str(error)
    assert error.billed == "no"
    assert client.sleeps == [0.5, 1.0]


def test_a_server_that_speaks_no_https(client, api, said):
    secure = api.url.replace("http", "https")
    error = fails(client, errors.BackendDown, said(), base_url=secure)
    assert "does not speak https" in str(error)
    assert client.sleeps == []


def test_a_key_that_is_missing(client, api, said, acts):
    api.plays(acts.error(401, "unauthorized", "no token"))
    error = fails(client, errors.AuthError, said(), base_url=api.url, api_key="")
    assert "a key is needed" in str(error)
    assert "set IMPASTO_API_KEY" in str(error)


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("api.example.com/v1", 'did you mean "https://api.example.com/v1"?'),
        ("localhost:8080", 'did you mean "http://localhost:8080"?'),
        ("ftp://api.example.com", "looks like https://"),
        ("http://", "looks like https://"),
        ("http://[::1", "looks like https://"),
        ("http://me:hunter2@api.example.com", "leave it out of the address"),
    ],
)
def test_an_address_that_is_none(client, said, base, says):
    error = fails(client, errors.InvalidRequest, said(), base_url=base)
    assert says in str(error)
    assert "hunter2" not in str(error)


def test_a_gateway_without_an_address(client, said):
    error = fails(client, errors.InvalidRequest, said(), backend="gateway")
    assert "IMPASTO_BASE_URL" in str(error)


def test_a_parameter_that_json_cannot_say(client, api, said):
    broken = said(parameters={"guidance_scale": float("nan")})
    error = fails(client, errors.InvalidRequest, broken, base_url=api.url)
    assert '"guidance_scale"' in str(error)
    assert api.seen == []


# The image


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_image_that_is_gone(client, api, images, said, acts, status):
    images.plays(acts.answer(status, b"gone"))
    error = fails(client, errors.ResultExpired, said(), base_url=api.url)
    assert error.billed == "yes"
    assert "it was billed" in str(error)
    assert (len(api.seen), len(images.seen)) == (1, 1)


def test_a_cut_image_is_fetched_again(client, api, images, said, acts):
    images.plays(acts.image(acts.PNG[:-30]), acts.cut_image, acts.image(b""), acts.image())
    assert client.generate(said(), base_url=api.url).image == acts.PNG
    assert (len(api.seen), len(images.seen)) == (1, 4)


def test_an_image_that_stays_cut(client, api, images, said, acts):
    images.plays(acts.image(acts.PNG[:-30]))
    error = fails(client, errors.ProtocolError, said(), base_url=api.url)
    assert error.billed == "yes"
    assert "no whole image" in str(error)
    assert (len(api.seen), len(images.seen)) == (1, download.FETCHES)


def test_a_page_where_the_image_should_be(client, api, images, said, acts):
    images.plays(acts.html(title="Log in"))
    error = fails(client, errors.ProtocolError, said(), base_url=api.url)
    assert "no image but text/html" in str(error)
    assert error.billed == "yes"
    assert len(images.seen) == 1


def test_the_image_host_may_have_a_bad_moment(client, api, images, said, acts):
    busy = acts.error(429, "busy", "busy", retry_after="3")
    images.plays(acts.answer(503), busy, acts.hang_up, acts.image())
    assert client.generate(said(), base_url=api.url).attempts == 1
    assert client.sleeps == [0.5, 3.0, 2.0]
    assert (len(api.seen), len(images.seen)) == (1, 4)


def test_the_image_host_may_stay_away(client, api, images, said, acts):
    images.plays(acts.answer(500))
    error = fails(client, errors.BackendDown, said(), base_url=api.url, timeout=100.0)
    assert error.billed == "yes"
    assert (len(api.seen), len(images.seen)) == (1, 6)
    assert client.sleeps == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_the_deadline_bounds_the_download(client, api, images, said, acts):
    images.plays(acts.trickle)
    error = fails(client, errors.DeadlineExceeded, said(), base_url=api.url, timeout=0.4)
    assert error.billed == "yes"


def test_an_image_that_is_too_large(client, api, images, said, acts, monkeypatch):
    monkeypatch.setattr(download, "MAX_IMAGE", len(acts.PNG) - 1)
    error = fails(client, errors.ProtocolError, said(), base_url=api.url)
    assert "too much" in str(error)
    assert error.billed == "yes"
    assert len(images.seen) == 1


def test_an_image_that_moves_for_ever(client, api, images, said, acts):
    images.plays(acts.moved("/again.png"))
    error = fails(client, errors.ProtocolError, said(), base_url=api.url)
    assert "more than 3 times" in str(error)
    assert len(images.seen) == 4


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/a.png"])
def test_only_the_web_is_fetched_from(client, api, images, said, acts, where):
    api.plays(acts.url(where))
    error = fails(client, errors.ProtocolError, said(), base_url=api.url)
    assert "cannot be fetched" in str(error)
    images.plays(acts.moved(where))
    api.plays(acts.url(f"{images.url}/a.png"))
    fails(client, errors.ProtocolError, said(), base_url=api.url)


@pytest.mark.parametrize("act", ["403", "hang_up", "html"])
def test_an_error_says_where_the_paid_image_lies(client, api, images, said, acts, act):
    images.plays({"403": acts.answer(403), "html": acts.html()}.get(act) or acts.hang_up)
    with pytest.raises(errors.BackendError) as caught:
        client.generate(said(), base_url=api.url)
    error = caught.value
    assert error.image_url == f"{images.url}/a.png?token=t"
    assert error.billed == "yes"
    assert f"the image: {images.url}/a.png" in str(error)


def test_the_address_of_an_image_does_not_show_the_key(client, api, images, said, acts):
    images.plays(acts.answer(403))
    api.plays(acts.url(f"{images.url}/a.png?key=sk-Loopback0123456789"))
    with pytest.raises(errors.ResultExpired) as caught:
        client.generate(said(), base_url=api.url)
    assert "sk-Loopback" not in str(caught.value)
    assert caught.value.image_url.endswith("?key=***")
