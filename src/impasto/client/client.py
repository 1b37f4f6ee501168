"""The two clients: the same in all but who waits."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from impasto.client import answers, backends, batch, seeds
from impasto.client.backends.base import Resumable, Settings
from impasto.client.discretion import discreet, hide
from impasto.client.drive import AsyncWire, Wire, drive, drive_async
from impasto.client.exchange import host_of
from impasto.client.pictures import money
from impasto.client.request import Request, Result
from impasto.client.retry import Policy, Run, persevere
from impasto.client.secret import key_of
from impasto.errors import (
    AuthError,
    BackendError,
    DeadlineExceeded,
    InvalidRequest,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from impasto.client.backends.base import Backend
    from impasto.client.batch import Progress
    from impasto.client.exchange import Call, News, Outcome, Steps, Watch
    from impasto.client.request import Sendable

KEY = "IMPASTO_API_KEY"
BASE = "IMPASTO_BASE_URL"
# How long giving up a job may take, in seconds.
CANCEL = 5.0


class _Client:
    """What both clients share: everything but waiting."""

    def __init__(
        self,
        backend: str | Backend | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 300.0,
        concurrency: int = 4,
        retry_paid: bool = False,
        cancel_jobs: bool = True,
    ) -> None:
        if not timeout > 0:
            raise ValueError(f"timeout is a number of seconds above 0, not {timeout!r}")
        if concurrency < 1:
            raise ValueError(f"concurrency is at least 1, not {concurrency!r}")
        url = os.environ.get(BASE, "") if base_url is None else base_url
        chosen = backend or ("gateway" if url else "proof")
        self._backend = backends.backend(chosen) if isinstance(chosen, str) else chosen
        url = url or os.environ.get(getattr(self._backend, "place", ""), "")
        key = _environment_key(self._backend) if api_key is None else api_key
        self._settings = Settings(url.strip(), key_of(key))
        self._policy = Policy(retry_paid=retry_paid)
        self._cancel_jobs = cancel_jobs
        self.timeout = timeout
        # A backend may say that more at once are of no use to it.
        self.concurrency = min(concurrency, getattr(self._backend, "at_once", concurrency))

    @property
    def backend(self) -> str:
        """The name of the backend that requests go to."""
        return self._backend.name

    @property
    def host(self) -> str:
        """Host and port of the server that was asked for; empty for the backend's own."""
        return host_of(self._settings.base_url)

    def __repr__(self) -> str:
        host = f", host={self.host!r}" if self.host else ""
        key = ", api_key=***" if self._settings.api_key else ""
        return f"{type(self).__name__}({self.backend!r}{host}{key})"

    def _begin(
        self, translation: Sendable, ticket: Mapping[str, str] | None
    ) -> tuple[Request, Run, Steps[Outcome]]:
        request = Request.of(translation, self.backend)
        run = Run(self.timeout)
        steps = persevere(self._exchange(request, ticket), self._policy, run)
        return request, run, steps

    def _exchange(self, request: Request, ticket: Mapping[str, str] | None) -> Steps[Outcome]:
        if ticket is None:
            return self._backend.exchange(request, self._settings)
        if isinstance(self._backend, Resumable):
            return self._backend.resume(request, self._settings, ticket)
        raise InvalidRequest(
            f'the backend "{self.backend}" has no jobs to go on with',
            hint="it answers with the image itself; ask it again (generate)",
        )

    def _giving_up(self, run: Run) -> Iterator[Call]:
        """Yield the calls that give up the job of `run`."""
        if self._cancel_jobs and run.ticket:
            yield from (replace(call, seconds=CANCEL) for call in run.ticket.cancel)

    @contextmanager
    def _told(self, request: Request) -> Iterator[None]:
        """Complete the errors of an exchange: backend, model; and no key, whoever wrote them."""
        try:
            yield
        except BackendError as error:
            error.backend = error.backend or request.backend
            error.model = error.model or request.model
            error.hint = _own_words(error, self._backend)
            hide(error, self._settings.api_key)
            raise


def _own_words(error: BackendError, backend: Backend) -> str:
    """Return the hint of an error with what the backend calls its address and its key."""
    keys = getattr(backend, "keys", ())
    if error.hint == answers.NOWHERE:
        return str(getattr(backend, "lost", error.hint))
    if isinstance(error, AuthError) and keys and keys[0] not in error.hint:
        return error.hint.replace(KEY, f"{' or '.join(keys)} or {KEY}")
    return error.hint


def _result(request: Request, run: Run, outcome: Outcome) -> Result:
    first, *others = outcome.pictures
    seed = seeds.written_in(first)
    return Result(
        image=first.data,
        kind=first.kind,
        request=request,
        seed=outcome.seed if seed is None else seed,
        revised_prompt=outcome.revised_prompt,
        cost=money(outcome.cost),
        seconds=run.spent(),
        request_id=outcome.request_id,
        host=outcome.host,
        attempts=max(run.attempts, 1),
        others=tuple(others),
    )


class _Count:
    """Tells `progress` how many have ended and how many of them failed."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = self._failed = 0

    def __call__(self, outcome: Result | BackendError) -> None:
        self._done += 1
        self._failed += isinstance(outcome, BackendError)
        if self._progress:
            self._progress(self._done, self._failed)


class Client(_Client):
    """Sends translations and waits for the images.

    The backend is "gateway" where a base URL is given or in IMPASTO_BASE_URL, else "proof", which
    needs no network. The key is `api_key`, or in the variable that the backend's own users know
    (BFL_API_KEY), or in IMPASTO_API_KEY. `timeout` bounds all that is done
    for one image, in seconds. `retry_paid` repeats requests that may have been billed; jobs that
    nobody waits for any more are given up unless `cancel_jobs` is false. `http` and
    `download_http` are clients of httpx (or httpx2) to use instead of our own; images are fetched
    over the second, which should know no key. May be used from several threads.
    """

    def __init__(
        self,
        backend: str | Backend | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 300.0,
        concurrency: int = 4,
        retry_paid: bool = False,
        cancel_jobs: bool = True,
        http: Any = None,
        download_http: Any = None,
    ) -> None:
        super().__init__(
            backend,
            base_url,
            api_key,
            timeout=timeout,
            concurrency=concurrency,
            retry_paid=retry_paid,
            cancel_jobs=cancel_jobs,
        )
        self._wire = Wire(http, download_http, concurrency)
        self._sleep: Callable[[float], None] | None = None

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
        count = _Count(progress)
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
            with self._told(request):
                return _result(request, run, drive(steps, do))
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


def _environment_key(backend: Backend) -> str:
    """Return the key from the variables of the backend's own users, else from ours."""
    names = (*getattr(backend, "keys", ()), KEY)
    return next((key for name in names if (key := os.environ.get(name))), "")


def _unwatched(_news: News) -> None:
    """Nobody wants to know."""


class _Stopped(BaseException):
    """Ends a thread of a batch that nobody reads any more."""


def _nap(stop: threading.Event, seconds: float) -> None:
    if stop.wait(seconds):
        raise _Stopped


class AsyncClient(_Client):
    """`Client` for asyncio: the same arguments, the same errors, `await` and `async for`."""

    def __init__(
        self,
        backend: str | Backend | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 300.0,
        concurrency: int = 4,
        retry_paid: bool = False,
        cancel_jobs: bool = True,
        http: Any = None,
        download_http: Any = None,
    ) -> None:
        super().__init__(
            backend,
            base_url,
            api_key,
            timeout=timeout,
            concurrency=concurrency,
            retry_paid=retry_paid,
            cancel_jobs=cancel_jobs,
        )
        self._wire = AsyncWire(http, download_http, concurrency)
        self._sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

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
            with self._told(request):
                return _result(request, run, await drive_async(steps, do))
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
        count = _Count(progress)
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
