"""Backends by name: ours, and those of the entry-point group `impasto.backends`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from impasto.client.backends.base import Backend

GROUP = "impasto.backends"
_OURS = {
    "gateway": "impasto.client.backends.gateway:Gateway",
    "proof": "impasto.client.backends.proof:Proof",
}


def backend(name: str) -> Backend:
    """Return the backend called `name`.

    Raises:
        UnknownNameError: nobody defines it.
    """
    if where := _OURS.get(name):
        module, _, attribute = where.partition(":")
        return _made(getattr(import_module(module), attribute))
    plugins = _plugins()
    if name not in plugins:
        raise UnknownNameError("backend", name, names(), "known are " + ", ".join(names()))
    return _made(plugins[name].load())


def names() -> tuple[str, ...]:
    """Return the names of all backends, those of plug-ins included."""
    return tuple(sorted({*_OURS, *_plugins()}))


def _plugins() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - reads every installed package

    return {point.name: point for point in entry_points(group=GROUP)}


def _made(found: object) -> Backend:
    made: Backend = found() if isinstance(found, type) else found  # type: ignore[assignment]
    return made
