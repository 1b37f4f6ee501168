"""A deadline for calls that block: nothing is waited for after it.

The timeouts of an HTTP library bound each read of a socket, so a server that sends a byte now and
then could hold a call for ever. Below the library, every read and write is given what is left.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Here(threading.local):
    """When the call of this thread has to be over, by the clock of `time.monotonic`."""

    end = float("inf")


_here = _Here()


@contextmanager
def until(end: float) -> Iterator[None]:
    """Let the calls of this thread wait no longer than `end`, in seconds of `time.monotonic`."""
    before, _here.end = _here.end, end
    try:
        yield
    finally:
        _here.end = before


def enforce(client: Any) -> None:
    """Make an `httpx.Client` keep the deadline of `until`, as far as its insides are known."""
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 - no public way
        pool: Any = getattr(transport, "_pool", None)
        if hasattr(pool, "_network_backend"):
            pool._network_backend = _Network(pool._network_backend)  # noqa: SLF001


def _left(asked: float | None) -> float:
    """Return how long may be waited.

    Raises:
        httpcore.ReadTimeout: not at all.
    """
    import httpcore  # noqa: PLC0415 - comes with httpx

    left = _here.end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return left if asked is None else min(asked, left)


class _Network:
    """A network of httpcore whose streams keep the deadline."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **how: Any) -> Any:
        return _Stream(self._inner.connect_tcp(host, port, _left(timeout), **how))

    def connect_unix_socket(self, path: str, timeout: float | None = None, **how: Any) -> Any:
        return _Stream(self._inner.connect_unix_socket(path, _left(timeout), **how))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream:
    """A connection that keeps the deadline of whoever uses it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, most: int, timeout: float | None = None) -> bytes:
        found: bytes = self._inner.read(most, _left(timeout))
        return found

    def write(self, data: bytes, timeout: float | None = None) -> None:
        self._inner.write(data, _left(timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
