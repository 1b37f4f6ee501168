"""Running a batch: its lines become images, one Ctrl-C stops it gently, a second one at once."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from impasto.cli.batchlines import BadLineError
from impasto.client.answers import seconds
from impasto.client.pace import LONGEST
from impasto.errors import AuthError, ImpastoError, QuotaError, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from impasto.cli.batchinput import Line
    from impasto.cli.batchplan import Item, Planner
    from impasto.cli.batchtold import Told
    from impasto.client.events import Event
    from impasto.client.request import Result, Sendable
    from impasto.client.runner import Runner

BY_HAND = "Ctrl-C"
# What ends a container or a session should be as gentle as Ctrl-C.
_SIGNS = (signal.SIGINT, signal.SIGTERM)


class Batch:
    """The images of `lines`, made one after the other and told to `told`.

    `items` are those under way, by number; `stopped` says why no more are sent, if so.
    """

    def __init__(self, lines: Iterable[Line], planner: Planner, told: Told) -> None:
        self.items: dict[int, Item] = {}
        self.stopped = ""
        self.budget: float | None = None
        self._lines = lines
        self._planner = planner
        self._told = told
        self._runner: Runner | None = None

    def name(self, number: int) -> str:
        """Return the name of the file of an image under way."""
        return self.items[number].name

    def record(self, number: int, result: Result) -> dict[str, object]:
        """Return the record of an image under way."""
        return self.items[number].record(result)

    async def run(self, runner: Runner) -> None:
        """Make what can be made; after Ctrl-C or where nothing more can come, end early.

        Raises:
            ImpastoError: the journal, the cache or the folder cannot be used.
        """
        self._runner = runner
        with _on_interrupt(self._interrupted):
            async for event in runner.run_numbered(self._sendable(), self._told.news):
                self._told.event(event, self.items.pop(event.number))
                self._consider(event)

    def _sendable(self) -> Iterator[tuple[int, Sendable]]:
        for line in self._lines:
            if self.stopped == BY_HAND:
                return
            try:
                item = self._planner.item(line)
                self._check_price(item)
            except ImpastoError as error:
                self._told.broken(line.number, line.place, error)
                continue
            self.items[item.number] = item
            yield item.number, item.translation

    def _check_price(self, item: Item) -> None:
        if self.budget is not None and self._planner.price(item.translation) is None:
            raise BadLineError(
                f"nobody knows what {item.translation.model} costs, so --max-cost cannot hold",
                hint="leave --max-cost out for it; --estimate says which models have a price",
            )

    def _consider(self, event: Event) -> None:
        """Stop where the others would fail, too; what is there already is counted all the same."""
        error = event.error
        if self._runner and self._runner.unwritable:
            self._stop("images cannot be written; see the error above")
        if isinstance(error, RateLimited) and (error.retry_after or 0.0) > LONGEST:
            self._stop(f"the server takes no more for {seconds(error.retry_after or 0.0)}")
        if event.how == "unsent" and not self.stopped:
            self.stopped = f"the next image would cost more than --max-cost {self.budget:g} leaves"
        wrong_key = isinstance(event.error, AuthError) and not self._told.there
        if wrong_key or isinstance(event.error, QuotaError):
            self._stop("no further image would come; see the error above")

    def _interrupted(self) -> None:
        waiting = len(self.items)
        self._stop(BY_HAND)
        if waiting:
            self._told.notes.line(
                f"\nstopping; waiting for {waiting} under way (Ctrl-C again leaves them)"
            )

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why
        if self._runner:
            self._runner.stop()


class _on_interrupt:  # noqa: N801 - used like a function
    """Calls `first` at the first SIGINT or SIGTERM; the second one cancels the running task."""

    def __init__(self, first: Callable[[], None]) -> None:
        self._first = first
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._seen = False

    def __enter__(self) -> None:
        # Where the system or the thread has no such handlers, Ctrl-C ends the loop itself.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for sign in _SIGNS:
                self._loop.add_signal_handler(sign, self._heard)

    def _heard(self) -> None:
        if not self._seen:
            self._seen = True
            self._first()
        elif self._task:
            self._task.cancel()

    def __exit__(self, *_: object) -> None:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for sign in _SIGNS:
                self._loop.remove_signal_handler(sign)
