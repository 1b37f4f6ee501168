"""Where images come from: backends by name, addresses, keys."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import FileError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.client.cache import Cache
    from impasto.config import Config


def checked_backend(config: Config, name: str | None) -> str | None:
    """Return the backend `name`, whose limits a model card may know.

    Raises:
        UnknownNameError: neither a client nor a model card knows it.
        FileError: as before, and a file of settings names it.
    """
    if name is None or name in ("proof", "gateway"):
        return name
    return _one_of(config, name, known_backends())


def checked_client_backend(config: Config) -> str:
    """Return the backend that images come from.

    Raises:
        UnknownNameError, FileError: as above; there is no client for it.
    """
    from impasto.client import backends

    name = config.backend
    return name if name in ("proof", "gateway") else _one_of(config, name, backends.names())


def cache_folder(config: Config, given: str | None = None) -> Path:
    """Return the folder of results: as given, as set, else the system's place for such things."""
    from impasto.client.cache import default_folder

    return Path(given) if given else config["cache"] or default_folder()


@contextmanager
def checked_cache(config: Config, given: str | None, *, unwanted: bool) -> Iterator[Cache | None]:
    """Open the cache, where it is of use: a proof is drawn as fast as it is read.

    Raises:
        click.UsageError: a folder is given, and the cache is unwanted.
        FileError: the folder cannot be used.
    """
    if given and unwanted:
        import click

        raise click.UsageError("--cache and --no-cache say two different things")
    if unwanted or config.backend == "proof":
        yield None
        return
    from impasto.client.cache import Cache

    with closing(Cache(cache_folder(config, given))) as cache:
        yield cache


def _one_of(config: Config, name: str, known: tuple[str, ...]) -> str:
    if name in known:
        return name
    error = UnknownNameError("backend", name, known, f"known are {', '.join(known)}")
    span = config.settings["backend"].span
    if span:
        raise FileError(f'unknown backend "{name}"', span, hint=error.hint)
    raise error


def known_backends() -> tuple[str, ...]:
    """Return the names of the clients' backends and of those in model cards."""
    from impasto.client import backends
    from impasto.models.registry import all_models

    return tuple(sorted({*backends.names(), *(b for card in all_models() for b in card.backends)}))
