"""Addresses, over a server on loopback."""

import gzip
import threading

import httpx
import pytest

from impasto.client import fetch as fetching
from impasto.client.fetch import fetch
from impasto.errors import SourceRefused, SourceUnavailable
from impasto.styles.sharing import origin
from impasto.styles.sharing.sources import members

PACK = b"format: 1\nname: fog\nstyles: {}\n"
LIMIT = 1 << 20


def test_bytes_and_what_they_are_called(site, acts):
    site.plays(acts.answer(200, PACK, kind="Text/YAML; charset=utf-8"))
    found = fetch(f"{site.url}/fog.yaml", limit=LIMIT)
    assert found == (f"{site.url}/fog.yaml", "text/yaml", PACK)


def test_no_key_and_no_cookie_is_sent_even_where_there_is_one(site, acts, monkeypatch):
    monkeypatch.setenv("IMPASTO_API_KEY", "sk-Loopback0123456789")
    site.plays(
        acts.answer(302, b"", {"location": "/fog.yaml", "set-cookie": "a=b"}),
        acts.answer(200, PACK, kind="text/plain"),
    )
    assert fetch(f"{site.url}/old.yaml", limit=LIMIT).data == PACK
    assert [seen.path for seen in site.seen] == ["/old.yaml", "/fog.yaml"]
    for seen in site.seen:
        assert not {"authorization", "cookie", "x-api-key"} & seen.headers.keys()
        assert "sk-" not in str(seen.headers)


@pytest.mark.parametrize(
    ("status", "said"), [(404, "404"), (401, "without a key"), (500, "500"), (204, "204")]
)
def test_an_answer_that_is_none(site, acts, status, said):
    site.plays(acts.answer(status))
    with pytest.raises(SourceUnavailable, match=said):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)


def test_too_much_is_not_read_to_its_end(site, acts):
    site.plays(acts.answer(200, b"#" * 3 * LIMIT))
    with pytest.raises(SourceRefused, match="is larger than 1 MiB"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)


def test_packed_bytes_are_refused(site, acts):
    packed = gzip.compress(b"\0" * LIMIT)
    site.plays(acts.answer(200, packed, {"content-encoding": "gzip"}))
    with pytest.raises(SourceRefused, match=r"packed bytes|larger than"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)
    assert site.seen[0].headers["accept-encoding"] == "identity"


def test_redirects_end(site, acts):
    site.plays(acts.moved("/again"))
    with pytest.raises(SourceRefused, match="redirects more than 5 times"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)
    assert len(site.seen) == 6


@pytest.mark.parametrize(
    "there", ["file:///etc/passwd", "ftp://example.com/x", "javascript:alert(1)"]
)
def test_a_redirect_to_another_kind_of_address_is_refused(site, acts, there):
    site.plays(acts.moved(there))
    with pytest.raises((SourceRefused, SourceUnavailable), match="cannot"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)
    assert len(site.seen) == 1


@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1:1/a", "http://169.254.169.254/latest", "http://10.0.0.7/", "http://[::1]/"]
)  # fmt: skip
def test_a_public_address_may_not_lead_inside(site, acts, inside):
    """The public address is served by a proxy on loopback."""
    site.plays(acts.moved(inside))
    refused = pytest.raises(SourceRefused, match="redirects to a private address")
    with httpx.Client(proxy=site.url, trust_env=False) as http, refused:
        fetch("http://203.0.113.7/fog.yaml", limit=LIMIT, http=http)
    assert [seen.path for seen in site.seen] == ["http://203.0.113.7/fog.yaml"]


def test_a_redirect_may_not_give_up_https():
    steps = fetching._moved("https://203.0.113.7/a", "http://203.0.113.7/b", "203.0.113.7")
    with pytest.raises(SourceRefused, match="from https to http"):
        list(steps)


def test_nobody_is_there(acts):
    site = acts.Site(acts.answer(200))
    site.close()
    with pytest.raises(SourceUnavailable, match="the connection was refused"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)


def test_an_answer_that_breaks_off(site, acts):
    site.plays(acts.cut)
    with pytest.raises(SourceUnavailable, match="cannot fetch from 127"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)


def test_a_server_that_trickles_is_given_up(site, acts, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    site.plays(acts.trickle)
    with pytest.raises(SourceUnavailable, match="did not answer in time"):
        fetch(f"{site.url}/fog.yaml", limit=LIMIT)
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text/html; charset=utf-8", "a web page"),
        ("image/png", "image/png"),
        ("application/zip", "called a zip archive and is none"),
    ],
)
def test_another_type_of_content_is_refused(site, acts, place, kind, said):
    site.plays(acts.answer(200, PACK, kind=kind))
    with pytest.raises(SourceRefused, match=said):
        members(origin(f"{site.url}/fog.yaml", place, place), fetch)
