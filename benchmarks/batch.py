"""A batch from a loopback server: its time beside a bare httpx loop, its memory over many images.

The loop asks for the same images and throws them away; the batch writes each to disk, whole or not
at all, and into a journal that survives kill -9.
"""

import asyncio
import gc
import os
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
from loopback import server
from timing import table

from impasto.client import AsyncClient
from impasto.client.journal import Journal
from impasto.client.runner import Runner
from impasto.client.saving import Folder

IMAGES = 1_000
WIDTH = 32
ROUNDS = 5
MOST = 1.3
MANY = 10_000
SLACK_MB = 8


def said(number):
    """Return a translation, as far as clients look at it."""
    return SimpleNamespace(
        model="flux-dev",
        backend="gateway",
        prompt=f"a red fox in the snow, number {number}",
        negative_prompt="",
        parameters={"width": 1024, "height": 1024, "seed": number},
        losses=(),
    )


async def bare(url, count):
    """Ask for images with httpx alone."""
    numbers = iter(range(count))

    async def work(http):
        for number in numbers:
            one = said(number)
            body = {"model": one.model, "prompt": one.prompt, **one.parameters}
            answer = await http.post(f"{url}/v1/images/generations", json=body)
            image = await http.get(answer.json()["data"][0]["url"])
            assert image.content.startswith(b"\x89PNG")

    limits = httpx.Limits(max_connections=100)  # as ours: by default it keeps 20 of them open
    async with httpx.AsyncClient(limits=limits) as http:
        await asyncio.gather(*(work(http) for _ in range(WIDTH)))


async def batch(url, count, seen=lambda _number: None):
    """Make images as `impasto batch` does."""
    with tempfile.TemporaryDirectory() as place:
        journal = Journal(Path(place, "journal.db"), "benchmark")
        folder = Folder(Path(place), record=lambda _number, result: result.record())
        try:
            async with AsyncClient("gateway", url, concurrency=WIDTH) as client:
                done = 0
                async for event in Runner(client, folder, journal=journal).run(
                    map(said, range(count))
                ):
                    assert event.how == "made", event
                    done += 1
                    seen(done)
        finally:
            journal.close()


def resident_mb():
    """Return the resident size now in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def time_it(url):
    """Print the times of both, measured in turn."""
    ways = (bare, batch)
    best, work = dict.fromkeys(ways, float("inf")), dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for way in ways:
            gc.collect()
            start, cpu = time.perf_counter(), time.process_time()
            asyncio.run(way(url, IMAGES))
            best[way] = min(best[way], time.perf_counter() - start)
            work[way] = min(work[way], time.process_time() - cpu)
    rows = []
    for way, name in ((bare, "httpx alone"), (batch, "impasto, saved and journalled")):
        ratio = best[way] / best[bare]
        note = "ok" if ratio <= MOST else f"over {MOST}"
        rows.append([name, f"{best[way]:.2f} s", f"{work[way]:.2f} s", f"{ratio:.2f}", note])
    heads = ["", "time", "processor", "ratio", f"at most {MOST}"]
    table(f"{IMAGES:,} images of 100 kB, {WIDTH} at once", rows, heads)


def weigh_it(url):
    """Print the memory along one batch."""
    rows = []

    def seen(done):
        if done in (1_000, 2_500, 5_000, MANY):
            gc.collect()
            rows.append((done, resident_mb()))

    asyncio.run(batch(url, MANY, seen))
    first = rows[0][1]
    shown = [
        [
            f"{done:,}",
            f"{size:.1f}",
            "ok" if size - first <= SLACK_MB else f"grew {size - first:.0f}",
        ]
        for done, size in rows
    ]
    table("memory of one batch", shown, ["images", "MB", f"grows at most {SLACK_MB} MB"])


def main():
    """Measure both."""
    with server() as url:
        time_it(url)
        weigh_it(url)


if __name__ == "__main__":
    main()
