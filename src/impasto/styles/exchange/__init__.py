"""Exchange: style collections of other programs, in and out.

The formats are the files of the folder `formats`, each named as its format; nothing else names
them. A third party adds one by an entry point in the group "impasto.exchange".
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from impasto.styles.exchange.base import Format

GROUP: Final = "impasto.exchange"
_API: Final = ("read", "write", "import_files", "export_pack", "export_lists")


def names() -> tuple[str, ...]:
    """Return the names of all formats, the built-in ones first."""
    return (*built_in(), *_installed())


def built_in() -> tuple[str, ...]:
    """Return the names of the built-in formats."""
    folder = os.path.join(__path__[0], "formats")  # noqa: PTH118 - pathlib is slower to load
    stems = (name.removesuffix(".py") for name in os.listdir(folder) if name.endswith(".py"))  # noqa: PTH208
    return tuple(sorted(stem.replace("_", "-") for stem in stems if not stem.startswith("_")))


@lru_cache(maxsize=64)
def format_named(name: str) -> Format:
    """Return the format `name`.

    Raises:
        UnknownNameError: nobody defines it.
    """
    if name in built_in():
        module = import_module(f"{__name__}.formats.{name.replace('-', '_')}")
        return _formats_of(module)
    where = _installed().get(name)
    if where is None:
        raise UnknownNameError("format", name, names())
    module_name, _, attribute = where.partition(":")
    made: Format = getattr(import_module(module_name), attribute)()
    return made


def _formats_of(module: Any) -> Format:
    """Return the one format that a module defines."""
    from impasto.styles.exchange.base import Format  # noqa: PLC0415 - names need no format

    here = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Format)]
    made: Format = next(v for v in here if v.__module__ == module.__name__)()
    return made


def _installed() -> dict[str, str]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, only on a miss

    return {point.name: point.value for point in entry_points(group=GROUP)}


def __getattr__(name: str) -> Any:
    if name not in _API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.api"), name)
