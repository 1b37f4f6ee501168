"""A batch against a hostile server, made to be killed: `drill.py URL FOLDER COUNT`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from impasto.client import AsyncClient, problems
from impasto.client.cache import Cache
from impasto.client.exchange import Call, Outcome, Sleep, Ticket
from impasto.client.journal import Journal
from impasto.client.request import Picture
from impasto.client.runner import Runner
from impasto.client.saving import Folder
from impasto.errors import GenerationFailed


@dataclass
class Said:
    prompt: str
    model: str = "stable-diffusion-xl"
    backend: str = "queue"
    negative_prompt: str = ""
    parameters: dict = field(default_factory=lambda: {"seed": 1})
    losses: tuple = ()


class Queue:
    """Submit, look, fetch: the protocol of the server in test_runner.py."""

    name = "queue"
    needs_network = True

    def exchange(self, request, settings):
        url = f"{settings.base_url}/submit"
        reply = yield Call("POST", url, json={"prompt": request.prompt})
        if reply.status != 200:
            raise GenerationFailed(f"refused: {reply.status}", billed="no")
        state = {"id": problems.json_of(reply)["id"]}
        yield Ticket(state)
        return (yield from self.resume(request, settings, state))

    def resume(self, _request, settings, state):
        url = f"{settings.base_url}/jobs/{state['id']}"
        while True:
            reply = yield Call("GET", url, timeout="poll", idempotent=True)
            told = problems.json_of(reply) or {}
            if told.get("state") == "failed":
                raise GenerationFailed("the job failed", billed="no")
            if told.get("state") == "done":
                image = yield Call("GET", f"{url}/image", timeout="download", idempotent=True)
                return Outcome((Picture(image.body, "png"),))
            yield Sleep(0.01)


async def main(url, folder, count):
    journal = Journal(folder / "journal.db", f"drill {count}")
    cache = Cache(folder / "cache")
    async with AsyncClient(Queue(), url, concurrency=16, timeout=20, cancel_jobs=False) as client:
        client._policy = replace(client._policy, first_pause=0.02)
        runner = Runner(client, Folder(folder / "images"), journal=journal, cache=cache)
        jobs = (Said(f"image {number}") for number in range(count))
        async for event in runner.run(jobs):
            print(event.number, event.how, flush=True)
    journal.close()
    cache.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
