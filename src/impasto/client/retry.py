"""When a call is made again, and the deadline that bounds it all.

A call that may cost money is repeated only where nothing was sent or the server says that it did
not begin. Fetching is free, so it is repeated on whatever may pass.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from impasto.client import answers
from impasto.client.exchange import Call, Failure, Sleep, Status, Ticket
from impasto.client.waits import retry_after
from impasto.errors import DeadlineExceeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.client.answers import Billed
    from impasto.client.exchange import Answer, Step, Steps, T

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Policy:
    """Which calls are repeated, how often, and after what time.

    `retry_paid` repeats calls that may have been billed as if they were free. `jitter` returns
    numbers in [0, 1): waits are `jitter() * min(longest_pause, first_pause * 2**n)` seconds,
    unless the server names a time, which is kept up to `longest_asked`.
    """

    retry_paid: bool = False
    attempts: int = 6
    connects: int = 3
    first_pause: float = 0.5
    longest_pause: float = 20.0
    longest_asked: float = 120.0
    jitter: Callable[[], float] = random.random

    def pause(self, call: Call, reply: Answer | Failure, attempt: int) -> float | None:
        """Return how long to wait before the call is made again, None if it is not.

        `attempt` counts from 1. A server that asks for more than `longest_asked` seconds gets
        no second call: the error says the time.
        """
        if attempt >= self._attempts(call, reply) or not self._repeats(call, reply):
            return None
        asked = None if isinstance(reply, Failure) else retry_after(reply)
        if asked:
            return asked if asked <= self.longest_asked else None
        return self.jitter() * min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1))

    def _free(self, call: Call) -> bool:
        return call.idempotent or self.retry_paid

    def _attempts(self, call: Call, reply: Answer | Failure) -> int:
        refused = isinstance(reply, Failure) and reply.kind == "connect"
        return self.connects if refused and not call.idempotent else self.attempts

    def _repeats(self, call: Call, reply: Answer | Failure) -> bool:
        if isinstance(reply, Failure):
            return self._repeats_failure(call, reply)
        if reply.status not in _PASSING or answers.is_final(reply):
            return False
        if call.settled and call.settled(reply):
            return False
        asked = reply.status == 503 and retry_after(reply) is not None
        return self._free(call) or reply.status == 429 or asked

    def _repeats_failure(self, call: Call, failure: Failure) -> bool:
        if failure.lasting or failure.kind in ("large", "url"):
            return False
        return failure.kind == "connect" or self._free(call)


class Run:
    """The life of one image: its deadline, its tries, its bill, the job that it became."""

    def __init__(self, total: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.attempts = 0
        self.billed: Billed = "no"
        self.ticket: Ticket | None = None
        self._clock = clock
        self._start = clock()

    def spent(self) -> float:
        """Return the seconds since the start."""
        return self._clock() - self._start

    def left(self) -> float:
        """Return the seconds to the deadline.

        Raises:
            DeadlineExceeded: there are none.
        """
        left = self.total - self.spent()
        if left > 0:
            return left
        raise DeadlineExceeded(
            f"the {answers.seconds(self.total)} for this image are over",
            billed=self.billed,
            hint="give it more time (timeout=), or use fewer steps or a smaller batch",
        )

    def note(self, call: Call, reply: Answer | Failure) -> None:
        """Remember what `reply` says about the bill."""
        if call.timeout != "submit":
            return
        self.attempts += 1
        if isinstance(reply, Failure):
            worked = reply.kind not in ("connect", "url")
        else:
            if 200 <= reply.status < 300:
                self.billed = "yes"
            worked = reply.status >= 500 and not (
                reply.status == 503 and retry_after(reply) is not None
            )
        if worked and self.billed == "no":
            self.billed = "maybe"


def persevere(steps: Steps[T], policy: Policy, run: Run) -> Steps[T]:
    """Wrap an exchange so that its calls are repeated by `policy` until the deadline of `run`.

    Waits are yielded like any other step. Calls come out with the seconds that are left; a call
    without a whole answer is raised inside the exchange, as its error.
    """
    try:
        step = next(steps)
        while True:
            try:
                reply = yield from _done(step, policy, run)
            except Exception as error:  # noqa: BLE001 - the exchange may have to clean up
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


def _done(step: Step, policy: Policy, run: Run) -> Steps[object]:
    if isinstance(step, Call):
        return (yield from _tried(step, policy, run))
    if isinstance(step, Sleep):
        return (yield Sleep(min(step.seconds, run.left())))
    if isinstance(step, Ticket):
        run.ticket = step
    return (yield step)


def _waited(reply: Answer | Failure, pause: float) -> Steps[None]:
    """Wait before a call is made again; where the server asked for it, that is news."""
    if isinstance(reply, Failure) or reply.status != 429:
        yield Sleep(pause)
        return
    yield Status(f"{reply.host} asks us to slow down", wait=pause)
    yield Sleep(pause)
    yield Status(f"asking {reply.host} again")


def _tried(call: Call, policy: Policy, run: Run) -> Steps[Answer]:
    """Make the call until it answers, must not be repeated, or the time is over."""
    for attempt in count(1):
        reply: Answer | Failure = yield replace(call, seconds=run.left())
        run.note(call, reply)
        pause = policy.pause(call, reply, attempt)
        if pause is None or run.spent() + pause >= run.total:
            break
        yield from _waited(reply, pause)
    if isinstance(reply, Failure):
        raise answers.broken(call, reply, run.billed, run.total) from reply.cause
    return reply
