"""What both clients share: everything but waiting."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import answers, backends, seeds
from impasto.client.backends.base import Resumable, Settings
from impasto.client.discretion import hide
from impasto.client.exchange import host_of
from impasto.client.pictures import money
from impasto.client.request import Request, Result
from impasto.client.retry import Policy, Run, persevere
from impasto.client.secret import key_of, quoted
from impasto.errors import (
    AuthError,
    BackendError,
    DeadlineExceeded,
    InvalidRequest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.backends.base import Backend
    from impasto.client.batch import Progress
    from impasto.client.exchange import Call, Outcome, Steps
    from impasto.client.lines import Lines
    from impasto.client.request import Sendable

KEY = "IMPASTO_API_KEY"
BASE = "IMPASTO_BASE_URL"
# How long giving up a job may take, in seconds.
CANCEL = 5.0
# Where tickets have the name of their job.
_NAMES = ("id", "request_id", "prompt_id", "batch_id")


class Shared:
    """A backend, its settings and its limits; see `impasto.client.client` for the arguments."""

    _lines: ClassVar[type[Lines]]
    _wire: Lines

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
        self._wire = self._lines(http, download_http, concurrency)

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
    def _told(self, request: Request, run: Run) -> Iterator[None]:
        """Complete the errors of an exchange: backend, model; and no key, whoever wrote them."""
        try:
            yield
        except BackendError as error:
            error.backend = error.backend or request.backend
            error.model = error.model or request.model
            error.hint = _own_words(error, self._backend)
            if isinstance(error, DeadlineExceeded):
                error.message += _job_of(run)
            hide(error, self._settings.api_key)
            raise


def _job_of(run: Run) -> str:
    """Return what the server calls the job of `run`, in words: it may be found there by that."""
    state = run.ticket.state if run.ticket else {}
    name = next((state[key] for key in _NAMES if state.get(key)), "")
    return f"; the server calls the job {quoted(name, None, 100)}" if name else ""


def _own_words(error: BackendError, backend: Backend) -> str:
    """Return the hint of an error with what the backend calls its address and its key."""
    keys = getattr(backend, "keys", ())
    if error.hint == answers.NOWHERE:
        return str(getattr(backend, "lost", error.hint))
    if isinstance(error, AuthError) and keys and keys[0] not in error.hint:
        return error.hint.replace(KEY, f"{' or '.join(keys)} or {KEY}")
    return error.hint


def result_of(request: Request, run: Run, outcome: Outcome) -> Result:
    """Return the result that an exchange has brought."""
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


class Count:
    """Tells `progress` how many have ended and how many of them failed."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = self._failed = 0

    def __call__(self, outcome: Result | BackendError) -> None:
        """Count an outcome and tell."""
        self._done += 1
        self._failed += isinstance(outcome, BackendError)
        if self._progress:
            self._progress(self._done, self._failed)


def _environment_key(backend: Backend) -> str:
    """Return the key from the variables of the backend's own users, else from ours."""
    names = (*getattr(backend, "keys", ()), KEY)
    return next((key for name in names if (key := os.environ.get(name))), "")
