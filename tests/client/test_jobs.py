"""Backends that take a request as a job: tickets, looking again, going on later, giving up."""

from __future__ import annotations

import asyncio
import json

import pytest

from impasto.client import AsyncClient, Client, problems
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.request import Picture
from impasto.client.waits import pauses
from impasto.errors import DeadlineExceeded, InvalidRequest, ProtocolError


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
        Client("a1111", api.url) as client,
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


def test_a_finished_image_is_fetched_again_without_paying_again(client, acts, api, images, said):
    """Where an answer names the image, the ticket says where it is."""
    told = []
    image = client.generate(said(), base_url=api.url)
    with Client("gateway", api.url) as again:
        again.generate(said(), watch=told.append)
        (ticket,) = (news for news in told if isinstance(news, Ticket))
        fetched = again.resume(said(), ticket.state)
    assert fetched.image == image.image
    assert len(api.seen) == 2
    assert len(images.seen) == 3


def test_what_was_said_of_an_image_is_kept_with_its_ticket(acts, api, images, said):
    api.plays(
        acts.answer(
            200,
            {
                "data": [{"url": f"{images.url}/a.png", "seed": 9, "revised_prompt": "a fox"}],
                "usage": {"cost": 0.04},
            },
            {"x-request-id": "r-1"},
        )
    )
    told = []
    with Client("gateway", api.url) as client:
        first = client.generate(said(), watch=told.append)
        again = client.resume(said(), told[0].state)
    for fact in ("seed", "revised_prompt", "cost", "request_id", "host", "image"):
        assert getattr(first, fact) == getattr(again, fact)
    assert (again.seed, again.cost) == (9, 0.04)


@pytest.mark.parametrize("answer", ["b64", "key"])
def test_no_ticket_is_written_that_holds_an_image_or_the_key(acts, api, images, said, answer):
    named = acts.url(f"{images.url}/a.png?key=sk-Loopback0123456789")
    api.plays(acts.b64() if answer == "b64" else named)
    told = []
    with Client("gateway", api.url, "sk-Loopback0123456789") as client:
        client.generate(said(), watch=told.append)
    assert told == []


@pytest.mark.parametrize(
    "state", [{}, {"images": "x"}, {"images": "[]"}, {"images": '["file:///x"]'}]
)
def test_a_ticket_that_names_nothing_is_told(api, said, state):
    with Client("gateway", api.url) as client, pytest.raises(ProtocolError):
        client.resume(said(), state)
    assert api.seen == []


def test_a_ticket_does_not_lead_inside(said):
    """A journal of somebody else could name any address."""
    state = {"images": '["http://127.0.0.1:9/a.png"]'}
    with (
        Client("gateway", "http://203.0.113.7") as client,
        pytest.raises(ProtocolError, match="private address"),
    ):
        client.resume(said(), state)
