"""The two clients: the same in all but who waits."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

from impasto.client import batch
from impasto.client.discretion import discreet
from impasto.client.drive import AsyncWire, Wire, drive, drive_async
from impasto.client.shared import Count, Shared, result_of
from impasto.errors import (
    BackendError,
    DeadlineExceeded,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from impasto.client.batch import Progress
    from impasto.client.exchange import News, Watch
    from impasto.client.request import Result, Sendable


class Client(Shared):
    """Sends translations and waits for the images.

    The backend is "gateway" where a base URL is given or in IMPASTO_BASE_URL, else "proof", which
    needs no network. The key is `api_key`, or in the variable that the backend's own users know
    (BFL_API_KEY), or in IMPASTO_API_KEY. `timeout` bounds all that is done
    for one image, in seconds. `retry_paid` repeats requests that may have been billed; jobs that
    nobody waits for any more are given up unless `cancel_jobs` is false. `http` and
    `download_http` are clients of httpx (or httpx2) to use instead of our own; images are fetched
    over the second, which should know no key. May be used from several threads.
    """

    _lines = Wire
    _wire: Wire
    _sleep: Callable[[float], None] | None = None

    def generate(self, translation: Sendable, *, watch: Watch | None = None) -> Result:
        """Return the image of `translation`; `watch` is told of its `Ticket` and each `Status`.

        Raises:
            BackendError: no image; the class says why, the message what to do.
        """
        return self._generate(translation, threading.Event(), watch)

    def resume(
        self, translation: Sendable, ticket: Mapping[str, str], *, watch: Watch | None = None
    ) -> Result:
        """Return the image of a job submitted before, by the `state` of its `Ticket`.

        Nothing is submitted again.

        Raises:
            BackendError: as in `generate`; InvalidRequest where the backend has no jobs.
        """
        return self._generate(translation, threading.Event(), watch, ticket)

    def batch(
        self, translations: Iterable[Sendable], *, progress: Progress | None = None
    ) -> Iterator[tuple[int, Result | BackendError]]:
        """Yield (index, result or error) as the images come, `concurrency` at a time.

        A failure is yielded and the rest goes on. Leaving early (Ctrl-C, `break`) starts nothing
        more. `progress(done, failed)` is called after each image; see `impasto.client.progress`.
        """
        stop = threading.Event()
        count = Count(progress)
        work = partial(self._outcome, stop=stop)
        for index, outcome in batch.in_threads(work, translations, self.concurrency, stop):
            count(outcome)
            yield index, outcome

    def _outcome(self, translation: Sendable, stop: threading.Event) -> Result | BackendError:
        try:
            return self._generate(translation, stop)
        except BackendError as error:
            return error

    def _generate(
        self,
        translation: Sendable,
        stop: threading.Event,
        watch: Watch | None = None,
        ticket: Mapping[str, str] | None = None,
    ) -> Result:
        request, run, steps = self._begin(translation, ticket)
        sleep = self._sleep or partial(_nap, stop)
        do = partial(
            self._wire.do, sleep=sleep, watch=discreet(watch or _unwatched, self._settings.api_key)
        )
        try:
            with self._told(request, run):
                return result_of(request, run, drive(steps, do))
        except (KeyboardInterrupt, _Stopped, DeadlineExceeded):
            for call in self._giving_up(run):
                do(call)
            raise

    def close(self) -> None:
        """Close the connections that we opened."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _unwatched(_news: News) -> None:
    """Nobody wants to know."""


class _Stopped(BaseException):
    """Ends a thread of a batch that nobody reads any more."""


def _nap(stop: threading.Event, seconds: float) -> None:
    if stop.wait(seconds):
        raise _Stopped


class AsyncClient(Shared):
    """`Client` for asyncio: the same arguments, the same errors, `await` and `async for`."""

    _lines = AsyncWire
    _wire: AsyncWire
    _sleep: Callable[[float], Awaitable[None]] = staticmethod(asyncio.sleep)

    async def generate(self, translation: Sendable, *, watch: Watch | None = None) -> Result:
        """Return the image of `translation`; all else as in `Client.generate`."""
        return await self._generate(translation, watch)

    async def resume(
        self, translation: Sendable, ticket: Mapping[str, str], *, watch: Watch | None = None
    ) -> Result:
        """Return the image of a job submitted before; all else as in `Client.resume`."""
        return await self._generate(translation, watch, ticket)

    async def _generate(
        self,
        translation: Sendable,
        watch: Watch | None = None,
        ticket: Mapping[str, str] | None = None,
    ) -> Result:
        request, run, steps = self._begin(translation, ticket)
        do = partial(
            self._wire.do,
            sleep=self._sleep,
            watch=discreet(watch or _unwatched, self._settings.api_key),
        )
        try:
            with self._told(request, run):
                return result_of(request, run, await drive_async(steps, do))
        except (asyncio.CancelledError, DeadlineExceeded):
            for call in self._giving_up(run):
                await do(call)
            raise

    async def batch(
        self, translations: Iterable[Sendable], *, progress: Progress | None = None
    ) -> AsyncGenerator[tuple[int, Result | BackendError]]:
        """Yield (index, result or error) as the images come, `concurrency` at a time.

        A failure is yielded and the rest goes on. Leaving early cancels what is under way.
        """
        count = Count(progress)
        results = batch.in_tasks(self._outcome, translations, self.concurrency)
        try:
            async for index, outcome in results:
                count(outcome)
                yield index, outcome
        finally:
            await results.aclose()

    async def _outcome(self, translation: Sendable) -> Result | BackendError:
        try:
            return await self.generate(translation)
        except BackendError as error:
            return error

    async def aclose(self) -> None:
        """Close the connections that we opened."""
        await self._wire.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
