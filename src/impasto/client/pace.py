"""How many requests are under way at once: fewer when the server asks, more again when it copes."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONGEST: Final = 120.0
"""The longest quiet time, in seconds; a server that asks for more is not waited for."""
_NAP: Final = 0.5


class Pace:
    """At most `most` at once; half as many after "too many requests", then one more at a time.

    The width grows by one for each round of answers without a complaint, as TCP does it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._width = float(most)
        self._running = 0
        self._quiet_until = 0.0
        self._free = asyncio.Condition()

    @property
    def width(self) -> int:
        """How many may run at once now."""
        return max(int(self._width), 1)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, and leave it at the end."""
        async with self._free:
            await self._free.wait_for(lambda: self._running < self.width)
            self._running += 1
        try:
            # It may get longer meanwhile.
            while (left := self._quiet_until - time.monotonic()) > 0:  # noqa: ASYNC110 - no event
                await asyncio.sleep(min(left, _NAP))
            yield
        finally:
            async with self._free:
                self._running -= 1
                self._free.notify_all()

    def hurry(self) -> None:
        """Keep nobody waiting for the end of a quiet time: nothing is sent any more."""
        self._quiet_until = 0.0

    def slower(self, seconds: float = 0.0) -> None:
        """The server complained: halve the width, and start nothing for so many seconds.

        Complaints while it is quiet already are about the same rush and change nothing.
        """
        now = time.monotonic()
        if now < self._quiet_until:
            return
        self._width = max(self._width / 2, 1.0)
        self._quiet_until = now + min(max(seconds, 0.05), LONGEST)

    def faster(self) -> None:
        """An answer came without a complaint."""
        self._width = min(self._width + 1 / self._width, float(self.most))
