"""What an exception of an HTTP library means: ours, or the caller's, told apart by class names."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

from impasto.client.exchange import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.client.exchange import Call

_KINDS: dict[str, Any] = {
    "ConnectError": "connect",
    "ConnectTimeout": "connect",
    "PoolTimeout": "connect",
    "ProxyError": "connect",
    "UnsupportedProtocol": "url",
    "InvalidURL": "url",
    "LocalProtocolError": "url",
    "UnicodeError": "url",
    "TimeoutException": "timeout",
    "RequestError": "cut",
    "HTTPError": "cut",
    "StreamError": "cut",
    "OSError": "cut",
}


class TooLargeError(Exception):
    """A body beyond its limit."""


def failure_of(error: Exception, call: Call) -> Failure:
    """Return what an exception of the HTTP library means; raise it again if it is none."""
    if isinstance(error, TooLargeError):
        return Failure("large", str(error), error)
    names = [kind.__name__ for kind in type(error).__mro__]
    kind = next((_KINDS[name] for name in names if name in _KINDS), None)
    if isinstance(error, TimeoutError):
        kind = "timeout"
    if kind is None:
        raise error
    text = "no connection in time" if names[0].endswith(("ConnectTimeout", "PoolTimeout")) else ""
    found, lasting = _reason(error)
    return Failure(kind, text or found or _plain(error, call), error, lasting)


def _plain(error: Exception, call: Call) -> str:
    return " ".join(str(error).replace(call.url, call.host).split())[:200] or type(error).__name__


def _reason(error: BaseException) -> tuple[str, bool]:
    """Return why a connection failed, in words, and whether it will fail again."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})", True
        if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            return "it does not speak https; its address may begin with http://", True
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused", False
        if isinstance(cause, socket.gaierror):
            unknown = cause.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
            return "its name cannot be found", unknown
    return "", False


def _causes(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """Yield the error and all that led to it, members of groups included."""
    if depth > 8:
        return
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (error.__cause__, error.__context__, *members):
        if cause is not None:
            yield from _causes(cause, depth + 1)
