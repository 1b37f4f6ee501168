"""Sending translations: clients, retry policy, backends.

Nothing heavy is imported here; httpx is loaded by the first call that needs the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.client.client import AsyncClient as AsyncClient
    from impasto.client.client import Client as Client
    from impasto.client.request import Picture as Picture
    from impasto.client.request import Request as Request
    from impasto.client.request import Result as Result
    from impasto.client.request import Sendable as Sendable

_WHERE = {
    "AsyncClient": "client",
    "Client": "client",
    "Picture": "request",
    "Request": "request",
    "Result": "request",
    "Sendable": "request",
}

__all__ = ["AsyncClient", "Client", "Picture", "Request", "Result", "Sendable"]


def __getattr__(name: str) -> object:
    if name in _WHERE:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
