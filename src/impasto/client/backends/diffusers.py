"""Pipelines of diffusers in this process: SD, SDXL and FLUX from a folder, without a server.

One thread of the process paints, one request after the other, and keeps the pipeline that it
loaded last. torch and diffusers are an extra; they are imported there, when the first request is
made. Facts: diffusers 0.42.1, pipelines stable_diffusion, stable_diffusion_xl and flux.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, ClassVar, Final

from impasto.client.backends._diffusers_errors import Stopped
from impasto.client.exchange import Outcome, Sleep, Status, Work

if TYPE_CHECKING:
    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Steps
    from impasto.client.request import Picture, Request

LOOK: Final = 0.2
"""Seconds between two looks at the deadline and at Ctrl-C while a step is painted."""
_QUIET: Final = Status()


class Diffusers:
    """Paints here; `checkpoint` is the pipeline's folder, else what the model's card says.

    `at_once` says that more requests at a time are of no use: they wait for the same pipeline.
    """

    name = "diffusers"
    needs_network = False
    at_once: ClassVar[int] = 1

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:  # noqa: ARG002
        """Paint the image of `request`; whoever closes the exchange stops it after a step."""
        job = _Job(request)
        painted = _crew().submit(job.run)
        painted.add_done_callback(lambda _: job.end())
        try:
            while news := (yield Work(job.news)):
                yield Sleep(0.0)  # here the deadline is looked at
                if news is not _QUIET:
                    yield news
            pictures, seed = painted.result()
        finally:
            painted.cancel()
            job.stop()
        return Outcome(pictures, seed=seed)


@cache
def _crew() -> ThreadPoolExecutor:
    """Return the thread that paints: a pipeline is not made for two at a time."""
    return ThreadPoolExecutor(1, "impasto-diffusers")


class _Job:
    """What the painting thread and the one that waits tell each other about a request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._news: SimpleQueue[Status | None] = SimpleQueue()
        self._stop = Event()

    def run(self) -> tuple[tuple[Picture, ...], int]:
        """Return the images and the seed of the first.

        Raises:
            BackendError: there are none.
        """
        from impasto.client.backends._diffusers_paint import paint  # noqa: PLC0415

        return paint(self._request, self._tell)

    def _tell(self, news: Status) -> None:
        if self._stop.is_set():
            raise Stopped
        self._news.put(news)

    def news(self) -> Status | None:
        """Return the next news, `_QUIET` where there is none for a while, None at the end."""
        try:
            return self._news.get(timeout=LOOK)
        except Empty:
            return _QUIET

    def end(self) -> None:
        """Say that there will be no more news."""
        self._news.put(None)

    def stop(self) -> None:
        """End the work at its next news."""
        self._stop.set()
