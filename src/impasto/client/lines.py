"""The HTTP clients that calls go over: one that may carry the key, one that knows none.

They are of httpx, or the caller's own with the same interface (httpx2).
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl


@cache
def _certificates() -> ssl.SSLContext:
    """Return the trusted certificates, read once: it takes longer than a call on a fast network."""
    import httpx  # noqa: PLC0415

    return httpx.create_ssl_context()


class Lines(ABC):
    """HTTP clients: the caller's for the API and for images; ours is opened when it is needed.

    Ours serves both: it keeps no cookies, and only calls that are secret are given the key.
    """

    def __init__(self, http: Any, download_http: Any, connections: int) -> None:
        self._given = {True: http, False: download_http}
        self._own: Any = None
        self._connections = connections
        self._closed = False
        self._lock = threading.Lock()

    def line(self, secret: bool) -> Any:
        """Return the client for calls with or without the key."""
        if self._given[secret] is not None:
            return self._given[secret]
        with self._lock:
            if self._closed:
                raise RuntimeError("the client is closed")
            if self._own is None:
                self._own = self._open()
            return self._own

    @abstractmethod
    def _open(self) -> Any:
        """Return a client of ours."""

    def _settings(self) -> dict[str, Any]:
        """Return how we open a client: no redirects, no cookies kept, no names of our users."""
        from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415
        from importlib.metadata import version  # noqa: PLC0415

        import httpx  # noqa: PLC0415

        return {
            "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
            "headers": {"user-agent": f"impasto/{version('impasto')}"},
            "verify": _certificates(),
            "limits": httpx.Limits(max_connections=max(100, self._connections)),
        }
