"""A batch that can be killed: journal, cache, budget and pace around `AsyncClient`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from impasto.client import batch
from impasto.client.cache import is_reproducible, key_of
from impasto.client.exchange import Status, Ticket
from impasto.client.pace import Pace
from impasto.client.request import Request
from impasto.errors import BackendError, RateLimited

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from impasto.client.cache import Cache
    from impasto.client.client import AsyncClient
    from impasto.client.exchange import News
    from impasto.client.journal import Journal, Row
    from impasto.client.request import Result, Sendable

How = Literal["made", "resumed", "cached", "kept", "failed", "unsent"]


class Event(NamedTuple):
    """What became of an image: its number, how it came about, its files or its error.

    "made" was asked for now, "resumed" is a job of an earlier run, "cached" an equal request of
    before, "kept" was there already; "unsent" would have broken the budget.
    """

    number: int
    how: How
    files: tuple[str, ...] = ()
    result: Result | None = None
    error: BackendError | None = None


class Saver(Protocol):
    """Where images go: each number has a place of its own."""

    def save(self, number: int, result: Result) -> list[str]:
        """Write the images, whole or not at all, the first one last; return the files."""

    def find(self, number: int) -> list[str]:
        """Return the files of an image that was saved before, none where the first is missing."""


class Budget:
    """US dollars that may be spent; `price` estimates an image, None where nobody knows.

    What is under way counts as spent, so the limit holds however many run at once.
    """

    def __init__(
        self, most: float | None, price: Callable[[Sendable], float | None], spent: float = 0.0
    ) -> None:
        self.most = most
        self.spent = spent
        self._price = price
        self._reserved = 0.0

    def reserve(self, translation: Sendable) -> float | None:
        """Set the price of an image aside and return it, None where there is too little left."""
        price = self._price(translation) or 0.0
        if self.most is not None and self.spent + self._reserved + price > self.most + 1e-9:
            return None
        self._reserved += price
        return price

    def settle(self, reserved: float, cost: float | None, *, billed: bool) -> None:
        """Replace what was set aside by what was paid; where nobody says, by the estimate."""
        self._reserved -= reserved
        if billed:
            self.spent += reserved if cost is None else cost


class Runner:
    """Makes the images of a batch with `client` and saves them.

    With a journal the batch goes on where it was killed. With a cache, requests that give the
    same image every time are asked only once. `resend` asks again for images whose request may
    have been taken when the batch was killed; without it they are reported as failed.
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

    async def run(
        self,
        translations: Iterable[Sendable],
        watch: Callable[[int, News], None] | None = None,
    ) -> AsyncGenerator[Event]:
        """Yield an event for each image as they end; a failure does not stop the others.

        `translations` is read as places get free. `watch` is told of tickets and progress.

        Raises:
            FileError: the journal belongs to another batch, or files cannot be written.
        """

        async def work(numbered: tuple[int, Sendable]) -> Event:
            return await self._image(*numbered, watch)

        events = batch.in_tasks(work, enumerate(translations), self.client.concurrency)
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
        row = self._journal.row(number, key) if self._journal else None
        known = self._known(number, key, row) or self._cached(number, key, request)
        if known:
            return known
        reserved = self.budget.reserve(translation)
        if reserved is None:
            return Event(number, "unsent")
        async with self.pace.place():
            return await self._made(number, key, translation, row, reserved, watch)

    def _known(self, number: int, key: str, row: Row | None) -> Event | None:
        """Return the event of an image that an earlier run has saved, or must not ask for again."""
        if row is None:
            return None
        files = self._saver.find(number)
        if files and row.state != "failed":
            if row.state != "done" and self._journal:
                self._journal.done(number, key, files, row.facts)
            return Event(number, "kept", tuple(files))
        if row.state == "sent" and not self._resend:
            error = BackendError(
                "the batch was killed while the request was on its way",
                billed="maybe",
                hint="look at the provider's dashboard, then run it again with --resend",
            )
            return Event(number, "failed", error=error)
        return None

    def _cached(self, number: int, key: str, request: Request) -> Event | None:
        if self._cache is None or not is_reproducible(request):
            return None
        result = self._cache.get(request, self.client.host)
        if result is None:
            return None
        files = self._saver.save(number, result)
        if self._journal:
            self._journal.done(number, key, files, {})
        return Event(number, "cached", tuple(files), result)

    async def _made(
        self,
        number: int,
        key: str,
        translation: Sendable,
        row: Row | None,
        reserved: float,
        watch: Callable[[int, News], None] | None,
    ) -> Event:
        def told(news: News) -> None:
            if isinstance(news, Ticket) and news.state and self._journal:
                self._journal.running(number, news.state)
            if isinstance(news, Status) and news.wait is not None:
                self.pace.slower(news.wait)
            if watch:
                watch(number, news)

        try:
            if row and row.state == "running":
                how: How = "resumed"
                result = await self.client.resume(translation, row.ticket, watch=told)
            else:
                how = "made"
                if self._journal:
                    self._journal.sent(number, key)
                result = await self.client.generate(translation, watch=told)
        except BackendError as error:
            return self._failed(number, error, reserved)
        self.pace.faster()
        self.budget.settle(reserved, result.cost, billed=True)
        return await self._saved(number, key, how, result, reserved)

    def _failed(self, number: int, error: BackendError, reserved: float) -> Event:
        if isinstance(error, RateLimited):
            self.pace.slower(error.retry_after or 0.0)
        self.budget.settle(reserved, None, billed=error.billed != "no")
        if self._journal:
            self._journal.failed(number, error)
        return Event(number, "failed", error=error)

    async def _saved(
        self, number: int, key: str, how: How, result: Result, reserved: float
    ) -> Event:
        files = await asyncio.to_thread(self._saver.save, number, result)
        cost = reserved if result.cost is None else result.cost
        facts = {"seed": result.seed, "cost": cost, "request_id": result.request_id}
        if self._journal:
            self._journal.done(number, key, files, facts)
        if self._cache is not None and is_reproducible(result.request):
            await asyncio.to_thread(self._cache.put, result, self.client.host)
        return Event(number, how, tuple(files), result)
