"""Answers of servers that are broken or mean: no crash, no lost image, no key where it may stay."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest

from impasto import errors
from impasto.client import AsyncClient, Client
from impasto.client.backends.gateway import endpoint
from impasto.client.cache import Cache
from impasto.client.exchange import Sleep, Status, Ticket
from impasto.client.journal import Journal
from impasto.client.pace import LONGEST, Pace
from impasto.client.pictures import money
from impasto.client.runner import Runner
from impasto.client.saving import Folder

KEY = "sk-Loopback0123456789"


@pytest.mark.parametrize(
    "url", ["http://[::1/x.png", "https://\x00/x.png", "/\ud800.png", "file:///etc/passwd"]
)
def test_an_address_that_is_none_is_an_error_that_tells_the_bill(api, said, acts, url):
    api.plays(acts.url(url), acts.answer(404))
    with Client(base_url=api.url) as client, pytest.raises(errors.ProtocolError) as caught:
        client.generate(said())
    assert caught.value.billed == "yes"
    assert "base URL looks like" not in str(caught.value)


@pytest.mark.parametrize("place", ["http://[::1/", "file:///etc/passwd"])
def test_a_redirect_to_no_address(api, images, said, acts, place):
    images.plays(acts.moved(place))
    with Client(base_url=api.url) as client:
        client._sleep = lambda _seconds: None
        with pytest.raises(errors.BackendError) as caught:
            client.generate(said())
    assert caught.value.billed == "yes"


@pytest.mark.parametrize("cost", ["NaN", "1e999", "-5", "1" + "0" * 400, "true", '"much"'])
def test_a_cost_that_is_none_loses_no_image(api, said, acts, cost):
    image = base64.b64encode(acts.PNG).decode()
    api.plays(acts.answer(200, f'{{"data":[{{"b64_json":"{image}"}}],"cost":{cost}}}'.encode()))
    with Client(base_url=api.url) as client:
        result = client.generate(said())
    assert (result.image, result.cost) == (acts.PNG, None)


def test_what_money_is():
    assert [money(sum_) for sum_ in (0, 0.04, 3, -0.01, 1e6, "4", None)] == [
        *(0.0, 0.04, 3.0),
        *[None] * 4,
    ]


def test_a_prompt_that_is_no_unicode_can_be_kept(tmp_path, api, said, acts):
    api.plays(acts.b64())
    cache = Cache(tmp_path)
    with Client(base_url=api.url) as client:
        result = client.generate(said(prompt="a \ud800 fox \x00"))
    cache.put(result)
    assert cache.get(result.request).image == acts.PNG
    assert "\\ud800" in next(cache.entries()).prompt
    cache.close()


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/api/v3", "/api/v3/images/generations"),
        ("/api/paas/v4/", "/api/paas/v4/images/generations"),
        ("/v1beta/openai/", "/v1beta/openai/images/generations"),
        ("/api/v3/images/generations", "/api/v3/images/generations"),
        ("/team?k=1", "/team/v1/images/generations?k=1"),
        ("/v1x", "/v1x/v1/images/generations"),
    ],
)
def test_a_base_url_with_a_version_is_taken_as_the_official_client_takes_it(base, path):
    assert endpoint(f"https://api.example.com{base}") == f"https://api.example.com{path}"


def test_the_key_of_a_proxy_goes_to_the_proxy(api, said, acts, monkeypatch):
    """OPENAI_API_KEY is a key for OPENAI_BASE_URL, where that is set."""
    api.plays(acts.b64())
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{api.url}/v1")
    with Client("openai") as client:
        client.generate(said(model="gpt-image-2"))
        assert client.host in api.url
    assert api.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert Client("azure").host == ""


class Queue:
    """Its jobs never end, and it repeats the key wherever it can."""

    name = "queue"
    needs_network = False

    def exchange(self, _request, _settings):
        yield Ticket({"id": f"job-{KEY}", "url": "https://example.com/job"})
        yield Status(f"we know {KEY}")
        while True:
            yield Sleep(0.02)


class Quiet(Queue):
    def exchange(self, _request, _settings):
        yield Ticket({"id": "job-7"})
        while True:
            yield Sleep(0.02)


def test_news_hold_no_key(said):
    news = []
    client = Client(Queue(), api_key=KEY, timeout=0.1)
    with pytest.raises(errors.DeadlineExceeded) as caught:
        client.generate(said(), watch=news.append)
    assert news == [Ticket({}), Status("we know ***")]
    assert KEY not in str(caught.value)


def test_a_deadline_names_the_job_that_goes_on(said):
    with pytest.raises(errors.DeadlineExceeded, match="the server calls the job job-7"):
        Client(Quiet(), timeout=0.1).generate(said())


def test_a_ticket_with_the_key_in_another_form_is_not_written_down(api, images, said, acts):
    key = "a/b+c==0123456789"
    api.plays(acts.url(f"{images.url}/a.png?k=a%2Fb%2Bc%3D%3D0123456789"))
    news = []
    with Client(base_url=api.url, api_key=key) as client:
        client.generate(said(), watch=news.append)
    assert not any(news_.state for news_ in news if isinstance(news_, Ticket))


def test_nobody_waits_for_a_year():
    async def go():
        pace = Pace(4)
        pace.slower(31_536_000.0)
        left = pace._quiet_until - asyncio.get_running_loop().time()
        pace.hurry()
        async with pace.place():
            return left

    assert asyncio.run(go()) <= LONGEST


def _runner(client, folder, journal):
    return Runner(client, folder, journal=journal)


def test_a_stop_does_not_wait_where_the_server_asked_to(tmp_path, api, said, acts):
    """Nothing is under way while we wait to send it again."""
    api.plays(acts.error(429, "rate_limit_exceeded", "slow", retry_after="60"))
    journal = Journal(tmp_path / "journal.db", "plan")

    async def go():
        async with AsyncClient(base_url=api.url, concurrency=2) as client:
            runner = _runner(client, Folder(tmp_path), journal)
            asyncio.get_running_loop().call_later(0.5, runner.stop)
            return [e async for e in runner.run([said(prompt=str(n)) for n in range(4)])]

    found = asyncio.run(asyncio.wait_for(go(), 20))
    summary = journal.summary()
    journal.close()
    assert sorted(e.how for e in found) == ["failed", "failed", "unsent", "unsent"]
    assert {e.error.billed for e in found if e.error} == {"no"}
    assert (summary.cost, summary.doubtful, summary.open) == (0.0, 0, 0)


def test_a_result_that_cannot_be_written_is_put_elsewhere(tmp_path, api, said, acts, monkeypatch):
    """It was paid for; nothing more is sent, and what is put in its place counts."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    api.plays(acts.b64())
    (tmp_path / "out").write_text("no folder")
    journal = Journal(tmp_path / "journal.db", "plan")

    async def go():
        async with AsyncClient(base_url=api.url, concurrency=1) as client:
            runner = _runner(client, Folder(tmp_path / "out"), journal)
            found = [e async for e in runner.run([said(prompt=str(n)) for n in range(3)])]
            return found, runner.unwritable

    found, unwritable = asyncio.run(go())
    assert ([e.how for e in found], unwritable) == (["failed", "unsent", "unsent"], True)
    error = found[0].error
    assert (error.billed, "cannot write" in error.message) == ("yes", True)
    place = error.message.rpartition("the image is in ")[2]
    assert Path(place).read_bytes() == acts.PNG
    (tmp_path / "out").unlink()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "000000.png").write_bytes(acts.PNG)
    found, _ = asyncio.run(go())
    journal.close()
    assert [e.how for e in found] == ["kept", "made", "made"]
    assert len(api.seen) == 3


def test_jobs_of_a_deadline_go_on_in_the_next_run(tmp_path, said):
    journal = Journal(tmp_path / "journal.db", "plan")

    class Ends(Quiet):
        def resume(self, request, _settings, state):
            assert state == {"id": "job-7"}
            yield Status("nearly")
            raise errors.GenerationFailed("gone", billed="no")

    async def go():
        async with AsyncClient(Ends(), timeout=0.1) as client:
            return [e async for e in _runner(client, Folder(tmp_path), journal).run([said()])]

    first, second = asyncio.run(go()), asyncio.run(go())
    row = journal.row(0)
    journal.close()
    assert isinstance(first[0].error, errors.DeadlineExceeded)
    assert second[0].error.message == "gone"
    assert (row.state, row.attempts) == ("failed", 1)
    assert "job-7" in json.dumps(row.ticket)
