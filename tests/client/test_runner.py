from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from impasto.client import AsyncClient
from impasto.client.budget import Budget
from impasto.client.cache import Cache
from impasto.client.exchange import Outcome, Ticket, Work
from impasto.client.journal import Journal
from impasto.client.pace import Pace
from impasto.client.request import Picture
from impasto.client.runner import Runner
from impasto.client.saving import Folder
from impasto.errors import DeadlineExceeded, FileError, GenerationFailed

DRILL = Path(__file__).with_name("drill.py")


class Painter:
    """A backend in this process; `fails` are the prompts that it refuses."""

    name = "painter"
    needs_network = False

    def __init__(self, *fails, cost=None):
        self.fails = set(fails)
        self.cost = cost
        self.asked = []

    def exchange(self, request, _settings):
        yield Work(lambda: None)
        self.asked.append(request.prompt)
        if request.prompt in self.fails:
            raise GenerationFailed("no", billed="no")
        return Outcome((Picture(request.prompt.encode(), "png"),), cost=self.cost)


@pytest.fixture
def run(tmp_path, said):
    """Run a batch of prompts and return its events by number."""

    def go(painter, prompts, *, with_cache=False, seed=1, **options):
        async def work():
            journal = Journal(tmp_path / "journal.db", "plan")
            cache = Cache(tmp_path / "cache") if with_cache else None
            jobs = [
                said(prompt=p, model="stable-diffusion-xl", parameters={"seed": seed})
                for p in prompts
            ]
            try:
                async with AsyncClient(painter) as client:
                    folder = Folder(tmp_path / options.pop("folder", "images"))
                    runner = Runner(client, folder, journal=journal, cache=cache, **options)
                    return {e.number: e async for e in runner.run(jobs)}, journal.summary()
            finally:
                journal.close()
                if cache:
                    cache.close()

        return asyncio.run(work())

    return go


def test_a_mistake_in_a_backend_costs_one_image(run):
    class Broken(Painter):
        def exchange(self, request, settings):
            if request.prompt == "b":
                yield Work({}["images"].clear)
            return (yield from super().exchange(request, settings))

    events, summary = run(Broken(), ["a", "b", "c"])
    assert [events[n].how for n in range(3)] == ["made", "failed", "made"]
    error = events[1].error
    assert (error.message, error.billed) == (
        "a mistake in the backend \"painter\": KeyError: 'images'",
        "maybe",
    )
    assert isinstance(error.__cause__, KeyError)
    assert summary.doubtful == 1


def test_what_is_there_is_kept_and_what_failed_is_asked_for_again(run, tmp_path):
    painter = Painter("b")
    events, summary = run(painter, ["a", "b", "c"])
    assert [events[n].how for n in range(3)] == ["made", "failed", "made"]
    assert (summary.done, summary.failed, summary.open) == (2, 1, 0)
    painter.fails.clear()
    painter.asked.clear()
    events, summary = run(painter, ["a", "b", "c"])
    assert [events[n].how for n in range(3)] == ["kept", "made", "kept"]
    assert painter.asked == ["b"]
    assert summary.done == 3
    assert (tmp_path / "images" / "000001.png").read_bytes() == b"b"


def test_an_image_that_somebody_removed_is_made_again(run, tmp_path):
    painter = Painter()
    run(painter, ["a"])
    (tmp_path / "images" / "000000.png").unlink()
    events, _ = run(painter, ["a"])
    assert (events[0].how, painter.asked) == ("made", ["a", "a"])


def test_a_journal_serves_one_batch(run, tmp_path):
    run(Painter(), ["a"])
    painter = Painter()
    events, _ = run(painter, ["z", "b"])
    assert "another image than the journal knows" in events[0].error.message
    assert (events[1].how, painter.asked) == ("made", ["b"])
    with pytest.raises(FileError, match="of another batch"):
        Journal(tmp_path / "journal.db", "another plan")
    (tmp_path / "text.db").write_text("no journal " * 100)
    with pytest.raises(FileError, match="cannot be used"):
        Journal(tmp_path / "text.db", "plan")


def test_equal_requests_are_asked_once(run):
    painter = Painter()
    run(painter, ["a"], with_cache=True)
    events, _ = run(painter, ["a", "b"], with_cache=True, folder="elsewhere")
    assert (events[0].how, events[1].how) == ("cached", "made")
    assert painter.asked == ["a", "b"]


def test_without_a_seed_nothing_comes_from_the_cache(run):
    painter = Painter()
    run(painter, ["a"], with_cache=True, seed=None)
    events, _ = run(painter, ["a"], with_cache=True, seed=None, folder="elsewhere")
    assert events[0].how == "made"


@pytest.mark.parametrize(("cost", "made"), [(None, {3}), (0.05, {4, 5}), (0.5, {1, 2, 3})])
def test_a_budget_stops_the_batch(run, cost, made):
    """An image is thought to cost 0.1; what is under way counts, what it really cost, too."""
    budget = Budget(0.3, lambda _: 0.1)
    events, summary = run(Painter(cost=cost), [str(n) for n in range(8)], budget=budget)
    hows = Counter(event.how for event in events.values())
    assert hows["made"] in made
    assert hows["made"] + hows["unsent"] == 8
    assert summary.cost == pytest.approx(budget.spent)


def test_a_request_in_doubt_is_sent_again_or_told(run, tmp_path, said):
    painter = Painter()
    run(painter, ["a"])
    with sqlite3.connect(tmp_path / "journal.db") as db:
        db.execute("update image set state = 'sent'")
    db.close()
    (tmp_path / "images" / "000000.png").unlink()
    events, summary = run(painter, ["a"], resend=False)
    assert events[0].error.billed == "maybe"
    assert summary.doubtful == 1
    events, summary = run(painter, ["a"])
    assert (events[0].how, summary.doubtful) == ("made", 0)


class Slow:
    """A backend with jobs; each ends when `ready` says so."""

    name = "slow"
    needs_network = False

    def __init__(self):
        self.ready = False
        self.submitted = 0

    def exchange(self, request, settings):
        yield Work(lambda: None)
        self.submitted += 1
        yield Ticket({"id": str(self.submitted)})
        return (yield from self.resume(request, settings, {"id": str(self.submitted)}))

    def resume(self, _request, _settings, state):
        yield Work(lambda: None)
        if not self.ready:
            raise DeadlineExceeded("over", billed="maybe")
        return Outcome((Picture(state["id"].encode(), "png"),))


def test_a_job_that_outlived_its_deadline_is_fetched_later_and_paid_once(run):
    slow = Slow()
    events, summary = run(slow, ["a"], budget=Budget(1, lambda _: 0.1))
    assert (events[0].how, events[0].cost) == ("failed", 0.1)
    assert (summary.open, summary.doubtful, summary.cost) == (1, 1, 0.1)
    slow.ready = True
    budget = Budget(0.1, lambda _: 0.1, spent=summary.cost)
    events, summary = run(slow, ["a"], budget=budget)
    assert (events[0].how, events[0].result.image) == ("resumed", b"1")
    assert (slow.submitted, summary.done, summary.doubtful) == (1, 1, 0)
    assert summary.cost == pytest.approx(0.1)


def test_what_a_killed_request_may_have_cost_is_counted(run, tmp_path):
    priced = {"budget": Budget(None, lambda _: 0.1)}
    run(Painter(), ["a"], **priced)
    with sqlite3.connect(tmp_path / "journal.db") as db:
        db.execute("update image set state = 'sent'")
    db.close()
    (tmp_path / "images" / "000000.png").unlink()
    _, summary = run(Painter(), ["a"], **priced)
    assert summary.cost == pytest.approx(0.2)
    _, summary = run(Painter("b"), ["a", "b"], **priced)
    assert summary.cost == pytest.approx(0.2)  # what was refused costs nothing


def test_a_price_that_nobody_knows_is_no_zero(run):
    events, _ = run(Painter(), ["a"])
    assert events[0].cost is None
    events, _ = run(Painter(cost=0.3), ["a", "b"])
    assert events[1].cost == 0.3


def test_a_file_of_somebody_else_is_not_replaced(run, tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "000000.jpg").write_bytes(b"mine")
    events, _ = run(Painter(), ["a", "b"])
    assert "the journal does not know it" in events[0].error.message
    assert events[1].how == "made"


def test_two_do_not_open_one_journal(tmp_path):
    first = Journal(tmp_path / "journal.db", "plan")
    with pytest.raises(FileError, match="another run"):
        Journal(tmp_path / "journal.db", "plan")
    first.close()
    Journal(tmp_path / "journal.db", "plan").close()


def test_a_stopped_batch_ends_what_is_under_way_and_sends_nothing_more(tmp_path, said):
    async def go():
        async with AsyncClient(Painter(), concurrency=1) as client:
            runner = Runner(client, Folder(tmp_path))
            hows = []
            async for event in runner.run([said(prompt=str(n)) for n in range(4)]):
                hows.append(event.how)
                runner.stop()
            return hows

    assert asyncio.run(go()) == ["made", "unsent", "unsent", "unsent"]


def test_the_pace_halves_and_recovers():
    async def go():
        pace = Pace(8)
        pace.slower(0.01)
        pace.slower(0.01)  # the same rush: told once
        widths = [pace.width]
        for _ in range(40):
            pace.faster()
            widths.append(pace.width)
        return widths

    widths = asyncio.run(go())
    assert widths[0] == 4
    assert widths[-1] == 8
    assert widths == sorted(widths)


def test_no_more_run_at_once_than_the_pace_allows():
    async def go():
        pace = Pace(3)
        running = most = 0

        async def job():
            nonlocal running, most
            async with pace.place():
                running += 1
                most = max(most, running)
                await asyncio.sleep(0.001)
                running -= 1

        await asyncio.gather(*[job() for _ in range(20)])
        return most

    assert asyncio.run(go()) == 3


PNG = b"\x89PNG\r\n\x1a\n"


class Hostile(ThreadingHTTPServer):
    """Takes jobs and fails in every way, 30 times of 100."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.dice = random.Random(7)
        self.jobs = {}
        self.lock = threading.Lock()

    def handle_error(self, request, client_address):
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            trouble = self.server.dice.random() < 0.3 and self.server.dice.choice(
                ["429", "503", "refuse", "hang up", "wrong type", "no id"]
            )
            if trouble in (False, "hang up"):
                name = f"job{len(self.server.jobs)}"
                self.server.jobs[name] = body["prompt"]
        if trouble == "hang up":
            self.close_connection = True
        elif trouble == "429":
            self._say(429, b"{}", {"retry-after-ms": "5"})
        elif trouble == "503":
            self._say(503, b"{}", {"retry-after-ms": "5"})
        elif trouble == "refuse":
            self._say(422, b'{"error": "no"}')
        elif trouble == "wrong type":
            self._say(502, b"<html><title>Bad gateway</title>")
        elif trouble == "no id":
            self._say(500, b"")
        else:
            self._say(200, json.dumps({"id": name}).encode())

    def do_GET(self):
        with self.server.lock:
            trouble = self.server.dice.random() < 0.3 and self.server.dice.choice(
                ["500", "cut", "hang up", "running"]
            )
            prompt = self.server.jobs.get(self.path.split("/")[2], "")
        if trouble == "500":
            self._say(500, b"<html>")
        elif trouble in ("cut", "hang up"):
            if trouble == "cut":
                self.send_response(200)
                self.send_header("content-length", "1000")
                self.end_headers()
            self.close_connection = True
        elif self.path.endswith("/image"):
            self._say(200, PNG + prompt.encode())
        else:
            state = "running" if trouble else "done"
            self._say(200, json.dumps({"state": state}).encode())

    def _say(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def hostile():
    server = Hostile()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.timeout(300)
def test_the_fault_drill(hostile, tmp_path):
    """500 images, 30 % of the calls fail, ten kills: every image is there once."""
    count, kills = 500, 10
    command = [
        sys.executable,
        str(DRILL),
        f"http://127.0.0.1:{hostile.server_port}",
        str(tmp_path),
        str(count),
    ]
    dice = random.Random(1)
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(dice.randint(5, 60)):
            if not process.stdout.readline():
                break
        process.send_signal(signal.SIGKILL)
        process.communicate()
    for _ in range(20):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        if not any(line.endswith("failed") for line in done.stdout.splitlines()):
            break
    images = sorted((tmp_path / "images").iterdir())
    assert [path.name for path in images if path.suffix != ".part"] == [
        f"{n:06}.png" for n in range(count)
    ]
    for number, path in enumerate(p for p in images if p.suffix != ".part"):
        assert path.read_bytes() == PNG + f"image {number}".encode()
    _accounted_for(hostile, tmp_path, kills)


def _accounted_for(hostile, folder, kills):
    journal = Journal(folder / "journal.db", "drill 500")
    cache = Cache(folder / "cache")
    try:
        rows = list(journal.rows())
        summary = journal.summary()
        assert (summary.done, summary.failed, summary.open) == (500, 0, 0)
        assert cache.verify()[1] == []
    finally:
        journal.close()
        cache.close()
    # A job is submitted twice only where no answer said that it was taken: the server hung up,
    # or a kill came between the request and its ticket (at most 16 were under way each time).
    submitted = Counter(hostile.jobs.values())
    tries = {f"image {row.number}": row.attempts for row in rows}
    assert all(submitted[prompt] <= tries[prompt] for prompt in submitted)
    with sqlite3.connect(folder / "journal.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()
