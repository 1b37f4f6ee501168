"""The only place that speaks HTTP: does what exchanges ask for, with threads or with tasks.

The transport is httpx, or whatever the caller passes with the same interface (httpx2). Errors are
told apart by their class names, so that the caller's library need not be ours.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from impasto.client import deadline
from impasto.client.exchange import Answer, Call, Sleep, Work, host_of
from impasto.client.failures import TooLargeError, failure_of
from impasto.client.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from impasto.client.exchange import Aside, Failure, News, Step, Steps, T, Watch

CONNECT = 5.0
# How long the end of a call waits for a look beside it, in seconds.
GRACE = 0.5
# The longest silence of a server, in seconds; a submit may be silent until the deadline.
_SILENCE = {"submit": float("inf"), "poll": 30.0, "download": 60.0}


def drive(steps: Steps[T], do: Callable[[Step], Any]) -> T:
    """Run an exchange to its end; `do` does one step."""
    try:
        step = next(steps)
        while True:
            try:
                reply = do(step)
            except Exception as error:  # noqa: BLE001 - the exchange decides
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


async def drive_async(steps: Steps[T], do: Callable[[Step], Awaitable[Any]]) -> T:
    """Run an exchange to its end; `do` does one step."""
    try:
        step = next(steps)
        while True:
            try:
                reply = await do(step)
            except Exception as error:  # noqa: BLE001 - the exchange decides
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


class Wire(Lines):
    """Does the steps of an exchange in this thread."""

    def _open(self) -> Any:
        import httpx  # noqa: PLC0415

        client = httpx.Client(**self._settings())
        deadline.enforce(client)
        return client

    def do(self, step: Step, sleep: Callable[[float], None], watch: Watch) -> Any:
        """Do one step and return what came of it."""
        if isinstance(step, Call):
            with self._looking(step.aside, watch):
                return self._call(step, watch)
        if isinstance(step, Sleep):
            return sleep(step.seconds)
        return step.run() if isinstance(step, Work) else watch(step)

    @contextmanager
    def _looking(self, aside: Aside | None, watch: Watch) -> Iterator[None]:
        """Ask `aside` now and then in a thread of its own."""
        if aside is None:
            yield
            return
        over = threading.Event()

        def look() -> None:
            while not over.wait(aside.every):
                _tell(aside, self._call(aside.call, watch), watch)

        thread = threading.Thread(target=look, daemon=True, name="impasto-aside")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(GRACE)

    def _call(self, call: Call, watch: Watch) -> Answer | Failure:
        end = time.monotonic() + call.seconds
        try:
            with deadline.until(end):
                return self._exchange(call, end, watch)
        except Exception as error:  # noqa: BLE001 - sorted by name, the rest goes on
            return failure_of(error, call)

    def _exchange(self, call: Call, end: float, watch: Watch) -> Answer:
        http = self.line(call.secret)
        request = http.build_request(**_request(call))
        response = http.send(request, stream=True, follow_redirects=False)
        try:
            _hurry(request, end)  # a client of the caller's knows no other deadline
            return _answer(call, response, self._read(call, response, end, watch))
        finally:
            response.close()

    def _read(self, call: Call, response: Any, end: float, watch: Watch) -> bytes:
        body = _Body(call, watch)
        for piece in response.iter_bytes():
            body.add(piece)
            if time.monotonic() > end:
                raise TimeoutError
        return bytes(body.data)

    def close(self) -> None:
        """Close what we opened."""
        with self._lock:
            self._closed = True
            if self._own is not None:
                self._own.close()


class AsyncWire(Lines):
    """Does the steps of an exchange in this task; what blocks goes to a thread."""

    def _open(self) -> Any:
        import httpx  # noqa: PLC0415

        return httpx.AsyncClient(**self._settings())

    async def do(self, step: Step, sleep: Callable[[float], Awaitable[None]], watch: Watch) -> Any:
        """Do one step and return what came of it."""
        if isinstance(step, Call):
            return await self._looked(step, watch)
        if isinstance(step, Sleep):
            return await sleep(step.seconds)
        return await asyncio.to_thread(step.run) if isinstance(step, Work) else watch(step)

    async def _looked(self, call: Call, watch: Watch) -> Answer | Failure:
        """Make a call, and its `aside` in a task beside it."""
        if call.aside is None:
            return await self._call(call, watch)
        looks = asyncio.create_task(self._look(call.aside, watch))
        try:
            return await self._call(call, watch)
        finally:
            looks.cancel()
            await asyncio.gather(looks, return_exceptions=True)

    async def _look(self, aside: Aside, watch: Watch) -> None:
        while True:
            await asyncio.sleep(aside.every)
            _tell(aside, await self._call(aside.call, watch), watch)

    async def _call(self, call: Call, watch: Watch) -> Answer | Failure:
        try:
            async with asyncio.timeout(call.seconds):
                return await self._exchange(call, watch)
        except Exception as error:  # noqa: BLE001 - sorted by name, the rest goes on
            return failure_of(error, call)

    async def _exchange(self, call: Call, watch: Watch) -> Answer:
        http = self.line(call.secret)
        request = http.build_request(**_request(call))
        response = await http.send(request, stream=True, follow_redirects=False)
        try:
            body = _Body(call, watch)
            async for piece in response.aiter_bytes():
                body.add(piece)
            return _answer(call, response, bytes(body.data))
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close what we opened."""
        self._closed = True
        if self._own is not None:
            await self._own.aclose()


class _Body:
    """Bytes up to the limit of a call; its lines are told as they come."""

    def __init__(self, call: Call, watch: Watch) -> None:
        self.data = bytearray()
        self._call = call
        self._watch = watch
        self._told = 0

    def add(self, piece: bytes) -> None:
        self.data += piece
        if len(self.data) > self._call.limit:
            raise TooLargeError(f"more than {self._call.limit >> 20} MiB")
        if self._call.heard and b"\n" in piece:
            self._tell_lines(self._call.heard)

    def _tell_lines(self, heard: Callable[[bytes], News | None]) -> None:
        end = self.data.rindex(b"\n") + 1
        lines = bytes(self.data[self._told : end]).splitlines()
        self._told = end
        for line in lines:
            if news := heard(line):
                self._watch(news)


def _tell(aside: Aside, reply: Answer | Failure, watch: Watch) -> None:
    """Tell what a look was good for; one that failed is no news."""
    if isinstance(reply, Answer) and reply.status == 200 and (news := aside.read(reply)):
        watch(news)


def _request(call: Call) -> dict[str, Any]:
    """Return the arguments of `build_request`; the key goes only into a secret call."""
    headers = {
        name: value if isinstance(value, str) else value.reveal()
        for name, value in call.headers.items()
        if call.secret or isinstance(value, str)
    }
    made: dict[str, Any] = {"method": call.method, "url": call.url, "headers": headers}
    if call.json is not None:
        headers["content-type"] = "application/json"
        made["content"] = json.dumps(call.json, allow_nan=False).encode()
    elif call.form is not None:
        # A name of None makes a plain field; httpx sends multipart only for `files`.
        parts = {k: (None, v) if isinstance(v, str) else v for k, v in call.form.items()}
        made["files"] = parts
    silence = min(call.seconds, _SILENCE[call.timeout])
    connect = min(call.seconds, CONNECT)
    # connect, read, write, pool: as a tuple, so that no class of the library is needed.
    return {**made, "timeout": (connect, silence, silence, connect)}


def _hurry(request: Any, end: float) -> None:
    """Shorten the read timeout to what is left, now that the headers are here."""
    timeout = request.extensions.get("timeout")
    if isinstance(timeout, dict) and timeout.get("read") is not None:
        timeout["read"] = max(min(timeout["read"], end - time.monotonic()), 0.001)


def _answer(call: Call, response: Any, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, body, host_of(call.url))
