"""Backends by name: the files of this folder, and those of the entry-point group `impasto.backends`.

The file `stability_v1.py` defines the backend "stability-v1" in a class that is named so. Files
whose names begin with an underscore, and the two in `_SHARED`, are parts of others.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from impasto.client.backends.base import Backend

GROUP = "impasto.backends"
_SHARED = ("base", "service")


@cache
def _ours() -> tuple[str, ...]:
    files = (path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    return tuple(sorted(stem.replace("_", "-") for stem in files if stem not in _SHARED))


def backend(name: str) -> Backend:
    """Return the backend called `name`.

    Raises:
        UnknownNameError: nobody defines it.
    """
    if name in _ours():
        module = import_module(f"{__name__}.{name.replace('-', '_')}")
        return _made(next(k for k in vars(module).values() if getattr(k, "name", None) == name))
    plugins = _plugins()
    if name not in plugins:
        raise UnknownNameError("backend", name, names(), "known are " + ", ".join(names()))
    return _made(plugins[name].load())


def names() -> tuple[str, ...]:
    """Return the names of all backends, those of plug-ins included."""
    return tuple(sorted({*_ours(), *_plugins()}))


def _plugins() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - reads every installed package

    return {point.name: point for point in entry_points(group=GROUP)}


def _made(found: object) -> Backend:
    made: Backend = found() if isinstance(found, type) else found  # type: ignore[assignment]
    return made
