"""Many images: a few at a time, failures collected, the rest goes on."""

from __future__ import annotations

import asyncio
import io
import threading

import pytest

from impasto.client import Client
from impasto.client.progress import bar
from impasto.client.request import Result
from impasto.errors import InvalidRequest, UnknownNameError


def test_failures_are_collected_and_the_rest_goes_on(client, api, said, acts):
    api.plays(acts.b64(), acts.error(400, "invalid_value", "too small"), acts.b64())
    seen = []
    jobs = (said(prompt=f"cat {n}") for n in range(6))
    found = client.batch(jobs, base_url=api.url, concurrency=1, progress=lambda *c: seen.append(c))
    assert sorted(found) == list(range(6))
    assert [n for n, r in found.items() if isinstance(r, InvalidRequest)] == [1]
    assert all(r.request.prompt == f"cat {n}" for n, r in found.items() if n != 1)
    assert seen == [(1, 0), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)]


def test_only_so_many_at_once(client, api, said, acts):
    reached = threading.Event()

    def slow(handler, site):
        if site.most >= 3:
            reached.set()
        reached.wait(10)
        acts.b64()(handler, site)

    api.plays(slow)
    found = client.batch([said()] * 12, base_url=api.url, concurrency=3)
    assert len(found) == len(api.seen) == 12
    assert api.most == 3


def test_no_jobs_no_images(client, api):
    assert client.batch([], base_url=api.url) == {}


def test_jobs_are_read_as_places_get_free(client, api, said, acts):
    """A list of a hundred thousand need not be in memory, nor its first images wait for it."""
    read = []

    def jobs():
        for n in range(10):
            read.append(n)
            yield said()

    ahead = []
    api.plays(acts.b64())
    client.batch(
        jobs(),
        base_url=api.url,
        concurrency=2,
        progress=lambda done, _: ahead.append(len(read) - done),
    )
    assert max(ahead) <= 4
    assert read == list(range(10))


def test_ctrl_c_starts_nothing_more(client, api, said, acts):
    api.plays(acts.b64())

    def interrupt(done, failed):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.batch([said()] * 50, progress=interrupt, base_url=api.url, concurrency=2)
    assert len(api.seen) <= 4


def test_leaving_early_cuts_waits_short(api, said, acts, client):
    """A thread or task that waits for its next try does not hold up the end."""
    api.plays(acts.b64(), acts.error(429, "busy", "busy", retry_after="100"))
    opened = client.kind(base_url=api.url, timeout=300, concurrency=2)

    def threads():
        for _ in opened.batch([said()] * 9):
            break
        opened.close()

    async def tasks():
        async with opened:
            results = opened.batch([said()] * 9)
            async for _ in results:
                break
            await results.aclose()

    threads() if client.kind.__name__ == "Client" else asyncio.run(tasks())
    assert not [t for t in threading.enumerate() if t.name == "impasto-batch" and _alive(t)]


def _alive(thread):
    thread.join(5)
    return thread.is_alive()


def test_an_error_of_the_caller_ends_the_batch(client, api, said, acts):
    api.plays(acts.b64())

    def jobs():
        yield said()
        raise UnknownNameError("model", "flux-dve", ("flux-dev",))

    with pytest.raises(UnknownNameError, match="did you mean"):
        client.batch(jobs(), base_url=api.url, concurrency=1)


def test_generate_from_several_threads(api, said, acts):
    api.plays(acts.b64())
    results = []
    with Client(base_url=api.url) as opened:
        crew = [
            threading.Thread(target=lambda: results.append(opened.generate(said())))
            for _ in range(8)
        ]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
    assert len(results) == 8
    assert all(isinstance(result, Result) for result in results)


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"concurrency": 0}, {"timeout": float("nan")}])
def test_numbers_that_make_no_sense(client, wrong):
    with pytest.raises(ValueError, match="not"):
        client.kind(**wrong)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_without_a_terminal_is_a_few_lines():
    out = io.StringIO()
    with bar(100, file=out) as advance:
        for n in range(1, 101):
            advance(n, n // 50)
    lines = out.getvalue().splitlines()
    assert lines[0] == "10/100 images"
    assert lines[-1] == "100/100 images, 2 failed"
    assert len(lines) == 10


def test_progress_of_unknown_length():
    out = io.StringIO()
    with bar(file=out, label="proofs") as advance:
        advance(1, 0)
    assert out.getvalue() == "1 proofs\n"


def test_progress_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    with bar(4, file=out) as advance:
        advance(4, 1)
    assert "4/4" in out.getvalue()
    assert "1 failed" in out.getvalue()
