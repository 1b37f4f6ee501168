"""Many images at once, a few at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from itertools import islice
from queue import SimpleQueue
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")
Progress = Callable[[int, int], None]
# How long the end of a batch waits for its threads, in seconds.
GRACE = 0.5


def in_threads(
    work: Callable[[Job], Done], jobs: Iterable[Job], width: int, stop: threading.Event
) -> Iterator[tuple[int, Done]]:
    """Yield (index, work(job)) as they come, at most `width` at a time.

    `jobs` is read as places get free. An exception of `work` ends it. Leaving early (Ctrl-C, a
    `break`) sets `stop`, starts nothing more and waits but a moment for what is under way: the
    threads are daemons.
    """
    todo: SimpleQueue[tuple[int, Job] | None] = SimpleQueue()
    done: SimpleQueue[tuple[int, Done | None, BaseException | None]] = SimpleQueue()
    source = enumerate(jobs)
    crew: list[threading.Thread] = []

    def labour() -> None:
        while (job := todo.get()) is not None:
            try:
                done.put((job[0], work(job[1]), None))
            except BaseException as error:  # noqa: BLE001 - raised where the batch is read
                done.put((job[0], None, error))

    def fill(running: int) -> int:
        for job in islice(source, width - running):
            todo.put(job)
            running += 1
            if len(crew) < running:
                crew.append(threading.Thread(target=labour, daemon=True, name="impasto-batch"))
                crew[-1].start()
        return running

    try:
        running = fill(0)
        while running:
            index, outcome, error = done.get()
            if error:
                raise error
            running = fill(running - 1)
            yield index, outcome  # type: ignore[misc]
    finally:
        stop.set()
        for _ in crew:
            todo.put(None)
        end = time.monotonic() + GRACE
        for thread in crew:
            thread.join(max(end - time.monotonic(), 0))


async def in_tasks(
    work: Callable[[Job], Awaitable[Done]], jobs: Iterable[Job], width: int
) -> AsyncGenerator[tuple[int, Done]]:
    """Yield (index, await work(job)) as they come, at most `width` at a time.

    Leaving early cancels what is under way and waits until it has ended.
    """
    source = enumerate(jobs)
    running: set[asyncio.Task[tuple[int, Done]]] = set()
    ready: set[asyncio.Task[tuple[int, Done]]] = set()

    async def labour(index: int, job: Job) -> tuple[int, Done]:
        return index, await work(job)

    try:
        while True:
            for job in islice(source, width - len(running)):
                running.add(asyncio.create_task(labour(*job)))
            while ready:
                yield ready.pop().result()
            if not running:
                return
            ready, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, *ready, return_exceptions=True)
