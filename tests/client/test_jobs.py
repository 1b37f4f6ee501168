"""Backends that take a request as a job: tickets, looking again, going on later, giving up."""

from __future__ import annotations

import asyncio
import json

import pytest

from impasto.client import AsyncClient, Client, problems
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.request import Picture
from impasto.client.waits import pauses
from impasto.errors import DeadlineExceeded, InvalidRequest


class Queue:
    """A small protocol of jobs, as hosted services have them."""

    name = "queue"
    needs_network = True

    def exchange(self, request, settings):
        form = {"prompt": request.prompt, "init": ("a.png", b"\x89PNG")}
        headers = {"x-key": settings.api_key}
        reply = yield Call("POST", f"{settings.base_url}/submit", headers, form=form, secret=True)
        state = {"url": settings.base_url + problems.json_of(reply)["poll"]}
        yield Ticket(state, (Call("PUT", f"{state['url']}/cancel", headers, secret=True),))
        return (yield from self.resume(request, settings, state))

    def resume(self, _request, settings, state):
        for pause in pauses():
            reply = yield Call(
                "GET",
                state["url"],
                {"x-key": settings.api_key},
                timeout="poll",
                idempotent=True,
                secret=True,
                settled=lambda answer: b'"state"' in answer.body,
            )
            told = problems.json_of(reply)
            if told["state"] != "running":
                return Outcome((Picture(told["state"].encode(), "png"),))
            yield Status("running", told.get("share"))
            yield Sleep(pause)
        raise AssertionError


@pytest.fixture
def queue(acts, api):
    """A server that needs three looks for a job."""
    running = [acts.answer(202, {"state": "running", "share": part}) for part in (0.0, 0.5)]
    api.plays(acts.answer(200, {"poll": "/jobs/7"}), *running, acts.answer(200, {"state": "done"}))
    return api


def asked(site):
    return [f"{seen.method} {seen.path}" for seen in site.seen]


def test_a_job_is_looked_at_until_it_is_done(client, said, queue):
    found = client.generate(said(), backend=Queue(), base_url=queue.url)
    assert found.image == b"done"
    assert asked(queue) == ["POST /submit", *["GET /jobs/7"] * 3]
    assert client.sleeps == [0.5, 0.65]


def test_the_form_arrives_as_multipart(client, said, queue):
    client.generate(said(prompt="a cät"), backend=Queue(), base_url=queue.url)
    sent = queue.seen[0]
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert 'name="prompt"\r\n\r\na cät\r\n'.encode() in sent.body
    assert b'name="init"; filename="a.png"' in sent.body


def generate(settings, said, watch):
    with Client(**settings) as client:
        client._sleep = lambda _: None
        return client.generate(said, watch=watch)


def generate_async(settings, said, watch):
    async def no_wait(_):
        pass

    async def go():
        async with AsyncClient(**settings) as client:
            client._sleep = no_wait
            return await client.generate(said, watch=watch)

    return asyncio.run(go())


@pytest.mark.parametrize("run", [generate, generate_async])
def test_the_ticket_comes_before_the_first_look_and_holds_no_key(said, queue, run):
    news = []
    settings = {"backend": Queue(), "base_url": queue.url, "api_key": "sk-Secret0123456789"}
    found = run(settings, said(), lambda told: news.append((told, len(queue.seen))))
    (ticket, looks), *others = news
    assert found.image == b"done"
    assert (ticket.state, looks) == ({"url": f"{queue.url}/jobs/7"}, 1)
    assert "Secret" not in json.dumps(dict(ticket.state))
    assert "Secret" not in repr(ticket)
    assert [told for told, _ in others] == [Status("running", 0.0), Status("running", 0.5)]


def test_a_job_goes_on_later_and_is_not_sent_again(acts, api, said):
    api.plays(acts.answer(200, {"state": "done"}))
    with Client(Queue(), api.url, "k") as client:
        assert client.resume(said(), {"url": f"{api.url}/jobs/7"}).image == b"done"
    assert asked(api) == ["GET /jobs/7"]


def test_a_backend_without_jobs_says_so(said, api):
    with (
        Client("gateway", api.url) as client,
        pytest.raises(InvalidRequest, match="no jobs to go on with"),
    ):
        client.resume(said(), {"url": "x"})
    assert api.seen == []


def test_a_failed_job_may_be_told_with_a_503(client, acts, api, said):
    api.plays(acts.answer(200, {"poll": "/jobs/7"}), acts.answer(503, {"state": "failed"}))
    assert client.generate(said(), backend=Queue(), base_url=api.url).image == b"failed"
    assert len(api.seen) == 2


def test_an_overloaded_server_is_asked_again(client, acts, api, said):
    api.plays(
        acts.answer(200, {"poll": "/jobs/7"}),
        acts.answer(503, {"error": "later"}),
        acts.answer(200, {"state": "done"}),
    )
    assert client.generate(said(), backend=Queue(), base_url=api.url).image == b"done"


@pytest.mark.parametrize(("cancel_jobs", "last"), [(True, "PUT /jobs/7/cancel"), (False, None)])
def test_a_job_that_nobody_waits_for_is_given_up(acts, api, said, cancel_jobs, last):
    api.plays(acts.answer(200, {"poll": "/jobs/7"}), acts.answer(202, {"state": "running"}))
    client = Client(Queue(), api.url, "k", cancel_jobs=cancel_jobs)

    def interrupted(_seconds):
        raise KeyboardInterrupt

    client._sleep = interrupted
    with client, pytest.raises(KeyboardInterrupt):
        client.generate(said())
    assert asked(api)[2:] == ([last] if last else [])


def test_a_job_beyond_its_deadline_is_given_up(acts, api, said):
    api.plays(acts.answer(200, {"poll": "/jobs/7"}), acts.answer(202, {"state": "running"}))
    with Client(Queue(), api.url, "k", timeout=0.6) as client, pytest.raises(DeadlineExceeded):
        client.generate(said())
    assert asked(api)[-1] == "PUT /jobs/7/cancel"


def test_a_cancelled_task_gives_its_job_up(acts, api, said):
    api.plays(acts.answer(200, {"poll": "/jobs/7"}), acts.answer(202, {"state": "running"}))

    async def go():
        async with AsyncClient(Queue(), api.url, "k") as client:
            looked = asyncio.Event()
            task = asyncio.create_task(client.generate(said(), watch=lambda _: looked.set()))
            await looked.wait()
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(go())
    assert asked(api)[-1] == "PUT /jobs/7/cancel"
