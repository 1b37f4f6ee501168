"""A batch that can be killed: journal, cache, budget and pace around `AsyncClient`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, ParamSpec, TypeVar

from impasto.client import batch, reasons
from impasto.client.budget import Budget
from impasto.client.cache import is_reproducible, key_of
from impasto.client.events import Event
from impasto.client.exchange import Status, Ticket
from impasto.client.pace import Pace
from impasto.client.request import Request
from impasto.client.saving import rescue
from impasto.errors import (
    AuthError,
    BackendDown,
    BackendError,
    DeadlineExceeded,
    ImageError,
    ImpastoError,
    QuotaError,
    RateLimited,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from impasto.client.cache import Cache
    from impasto.client.client import AsyncClient
    from impasto.client.events import How, Saver
    from impasto.client.exchange import News
    from impasto.client.journal import Journal, Row
    from impasto.client.request import Result, Sendable

P = ParamSpec("P")
T = TypeVar("T")
_SMALL: Final = 1 << 20  # bytes


class _Order(NamedTuple):
    """An image to make; `row` is what the journal knows of it."""

    number: int
    translation: Sendable
    request: Request
    key: str
    row: Row | None
    price: float | None


class Runner:
    """Makes the images of a batch with `client` and saves them.

    With a journal the batch goes on where it was killed. With a cache, requests that give the
    same image every time are asked only once. `resend` asks again for images whose request may
    have been taken when the batch was killed; without it they are reported as failed.
    `unwritable` says that an image could not be saved, so that nothing more was sent.
    """

    def __init__(
        self,
        client: AsyncClient,
        saver: Saver,
        *,
        journal: Journal | None = None,
        cache: Cache | None = None,
        budget: Budget | None = None,
        resend: bool = True,
    ) -> None:
        self.client = client
        self.pace = Pace(client.concurrency)
        self.budget = budget or Budget(None, lambda _: None)
        self._saver = saver
        self._journal = journal
        self._cache = cache
        self._resend = resend
        self.unwritable = False
        self._stopped = False
        # Images whose server asked us to wait: nothing of theirs is under way.
        self._waiting: dict[int, asyncio.Task[object] | None] = {}

    def stop(self) -> None:
        """Send nothing more; what is under way comes to its end, what only waits ends at once."""
        self._stopped = True
        self.pace.hurry()
        for task in self._waiting.values():
            if task:
                task.cancel()

    async def run(
        self,
        translations: Iterable[Sendable],
        watch: Callable[[int, News], None] | None = None,
    ) -> AsyncGenerator[Event]:
        """Yield an event for each image as they end, numbered from 0; all else as below."""
        events = self.run_numbered(enumerate(translations), watch)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def run_numbered(
        self,
        numbered: Iterable[tuple[int, Sendable]],
        watch: Callable[[int, News], None] | None = None,
    ) -> AsyncGenerator[Event]:
        """Yield an event for each image as they end; a failure does not stop the others.

        `numbered` is read as places get free. `watch` is told of tickets and progress.

        A result that cannot be written fails and stops the batch: its event says where it is now.

        Raises:
            FileError: the journal or the cache cannot be used.
        """

        async def work(one: tuple[int, Sendable]) -> Event:
            return await self._image(*one, watch)

        events = batch.in_tasks(work, numbered, self.client.concurrency)
        try:
            async for _, event in events:
                yield event
        finally:
            await events.aclose()

    async def _image(
        self, number: int, translation: Sendable, watch: Callable[[int, News], None] | None
    ) -> Event:
        request = Request.of(translation, self.client.backend)
        key = key_of(request, self.client.host)
        row = self._journal.row(number) if self._journal else None
        order = _Order(number, translation, request, key, row, self.budget.price(translation))
        known = self._known(order) or self._cached(order) or self._in_the_way(order)
        if known:
            return known
        async with self.pace.place():
            # A job of before has its price counted already: its row says so.
            price = None if _has_job(row) else order.price
            if self._stopped or not self.budget.reserve(price):
                return Event(number, "unsent")
            return await self._made(order._replace(price=price), watch)

    def _known(self, order: _Order) -> Event | None:
        """Return the event of an image that an earlier run has saved, or must not ask for again."""
        number, row = order.number, order.row
        if row is None:
            return None
        if row.key != order.key:
            return reasons.failed(
                number, "this is another image than the journal knows", reasons.CHANGED
            )
        files = self._saver.find(number)
        if files and row.state != "failed":
            if row.state != "done" and self._journal:
                self._journal.done(number, order.key, files, row.facts)
            return Event(number, "kept", tuple(files))
        if row.state == "sent" and not self._resend:
            what = "the batch was killed while the request was on its way"
            return reasons.failed(number, what, reasons.IN_DOUBT, billed="maybe")
        return None

    def _cached(self, order: _Order) -> Event | None:
        if self._cache is None or _has_job(order.row) or not is_reproducible(order.request):
            return None
        result = self._cache.get(order.request, self.client.host)
        if result is None:
            return None
        try:
            files = self._saver.save(order.number, result)
        except ImageError as error:
            return self._unsaved(order, result, 0.0, error)
        if self._journal:
            self._journal.done(order.number, order.key, files, {})
        return Event(order.number, "cached", tuple(files), result)

    def _in_the_way(self, order: _Order) -> Event | None:
        """Return a failure where a file that is none of the journal's would be replaced."""
        if self._journal is None or order.row is not None:
            return None
        files = self._saver.find(order.number)
        what = f"{files[0]} is there, and the journal does not know it" if files else ""
        return reasons.failed(order.number, what, reasons.STRANGE) if files else None

    async def _made(self, order: _Order, watch: Callable[[int, News], None] | None) -> Event:
        row, told = order.row, partial(self._told, order.number, watch)
        try:
            if row and _has_job(row):
                how: How = "resumed"
                result = await self.client.resume(order.translation, row.ticket, watch=told)
            else:
                how = "made"
                if self._journal:
                    price = order.price or 0.0
                    self._journal.sent(order.number, order.key, price, order.request.to_json())
                result = await self.client.generate(order.translation, watch=told)
        except BackendError as error:
            return self._lost(order, error)
        except asyncio.CancelledError:
            if not self._gives_up(order.number):
                raise
            return self._lost(order, RateLimited("stopped while the server asked us to wait"))
        except (ImpastoError, OSError):  # the journal, or whoever watches
            raise
        except Exception as error:  # noqa: BLE001 - of a backend, which may be anybody's
            return self._lost(order, reasons.mistake(order.request.backend, error))
        finally:
            self._waiting.pop(order.number, None)
        self.pace.faster()
        return await self._saved(order, how, result)

    def _told(self, number: int, watch: Callable[[int, News], None] | None, news: News) -> None:
        if isinstance(news, Ticket) and news.state and self._journal:
            self._journal.running(number, news.state)
        self._waiting.pop(number, None)
        if isinstance(news, Status) and news.wait is not None:
            self._waiting[number] = asyncio.current_task()
            self.pace.slower(news.wait)
        if watch:
            watch(number, news)

    def _gives_up(self, number: int) -> bool:
        """Whether an image was cancelled by `stop`, as it only waited for its turn."""
        task = self._waiting.get(number)
        return self._stopped and task is not None and task.uncancel() == 0

    def _lost(self, order: _Order, error: BackendError) -> Event:
        if isinstance(error, RateLimited):
            self.pace.slower(error.retry_after or 0.0)
        cost = order.price if error.billed != "no" else 0.0
        self._settle(order, cost)
        if self._journal:
            row = self._journal.row(order.number)
            lives = _has_job(row) and isinstance(error, _SURVIVED)
            asked = order.request.to_json()
            self._journal.failed(order.number, error, lives=lives, asked=asked)
        return Event(order.number, "failed", error=error, cost=cost)

    async def _saved(self, order: _Order, how: How, result: Result) -> Event:
        cost = order.price if result.cost is None else result.cost
        if how == "resumed" and order.row and result.cost is not None:
            cost = result.cost - order.row.spent
        self._settle(order, cost)
        try:
            files = await self._aside(result, self._saver.save, order.number, result)
        except ImageError as error:
            return self._unsaved(order, result, cost, error)
        facts = {"seed": result.seed, "cost": result.cost, "request_id": result.request_id}
        if self._journal:
            self._journal.done(order.number, order.key, files, facts)
        if self._cache is not None and is_reproducible(result.request):
            await self._aside(result, self._cache.put, result, self.client.host)
        return Event(order.number, how, tuple(files), result, cost=cost)

    def _unsaved(
        self, order: _Order, result: Result, cost: float | None, error: ImageError
    ) -> Event:
        """Put an image that cannot be written elsewhere, and stop: the next would do no better.

        The journal is told nothing: a file that is put where it belongs counts, else a job is
        looked for again.
        """
        self.unwritable = True
        self.stop()
        place = rescue(result, f"{order.number:06}")
        free = order.price == 0 or cost == 0
        lost = reasons.unwritten(error, place, "no" if free else "yes")
        return Event(order.number, "failed", error=lost, cost=cost)

    @staticmethod
    async def _aside(result: Result, write: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Write a result without keeping the others waiting; to hand a small one over takes longer."""
        if sum(map(len, (result.image, *(other.data for other in result.others)))) < _SMALL:
            return write(*args, **named)
        return await asyncio.to_thread(write, *args, **named)

    def _settle(self, order: _Order, cost: float | None) -> None:
        self.budget.settle(order.price, cost)
        if self._journal:
            self._journal.correct(order.number, (cost or 0.0) - (order.price or 0.0))


_SURVIVED: Final = (DeadlineExceeded, BackendDown, RateLimited, AuthError, QuotaError)
"""Errors of a look at a job that say nothing about the job."""


def _has_job(row: Row | None) -> bool:
    return row is not None and row.state == "running"
