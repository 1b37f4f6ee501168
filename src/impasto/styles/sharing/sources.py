"""Where packs come from: a file, a folder, a zip archive, or an address that has one of these."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import urldefrag, urlsplit

from impasto.errors import SourceRefused, SourceUnavailable
from impasto.styles.sharing.archive import (
    MAX_FILES,
    MAX_PACK,
    MAX_SOURCE,
    Member,
    is_yaml,
    is_zip,
    too_large,
    unpack,
)
from impasto.styles.sharing.files import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_KINDS: Final = {
    *("", "text/plain", "text/yaml", "text/x-yaml", "text/vnd.yaml", "application/yaml"),
    *("application/x-yaml", "application/octet-stream", "binary/octet-stream"),
    *("application/zip", "application/x-zip-compressed", "application/x-zip"),
}


class Download(Protocol):
    """What lay at an address; `kind` is its content type."""

    @property
    def kind(self) -> str:
        """The content type in small letters, without parameters; "" where there was none."""

    @property
    def data(self) -> bytes:
        """The bytes."""


class Fetch(Protocol):
    """What fetches an address; `impasto.client.fetch.fetch` is one."""

    def __call__(self, url: str, *, limit: int) -> Download:
        """Return what lies at `url`, at most `limit` bytes."""


class Origin(NamedTuple):
    """A source: `text` as a lock writes it, `path` where it is on this machine."""

    text: str
    path: Path | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return name_of(self.path) if self.path else self.text


def origin(given: str, here: Path, root: Path) -> Origin:
    """Return the source that `given` means: an address, or a path as seen from `here`.

    A path is written as seen from `root`, with slashes, so that it holds on other machines.

    Raises:
        SourceRefused: an address of another kind, or with a password in it.
    """
    if _UNWRITABLE.search(given):
        raise SourceRefused("a source has no control characters in its name")
    if _is_address(given):
        return Origin(_checked(given))
    named = Path(given).expanduser() if given.startswith("~/") else Path(given)
    path = Path(os.path.normpath(here / named))
    try:
        text = Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive
        text = path.as_posix()
    return Origin(text, path)


def located(text: str, root: Path) -> Origin:
    """Return the source that a lock in the folder `root` writes as `text`.

    Raises:
        SourceRefused: an address that packs are not fetched from.
    """
    if _is_address(text):
        return Origin(_checked(text))
    return Origin(text, Path(os.path.normpath(root / text)))


def _is_address(text: str) -> bool:
    return _SCHEME.match(text) is not None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SourceRefused(f"this is no address: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise SourceRefused(
            f"packs are not fetched from {parts.scheme}: addresses",
            hint="give an http or https address, a file, a folder or a zip archive",
        )
    if not host:
        raise SourceRefused(f'the address "{url}" names no host')
    if parts.username is not None:
        raise SourceRefused(
            "the address holds a user name or a password, which impasto.lock would show to all",
            hint="download the pack yourself and add the file",
        )
    return urldefrag(url).url


def members(source: Origin, fetch: Fetch) -> tuple[Member, ...]:
    """Return the YAML files of a source, in the order of their paths.

    Raises:
        SourceUnavailable: it is not there.
        SourceRefused: it is nothing that packs are taken from.
    """
    if source.path is None:
        found = _fetched(source.text, fetch)
    elif source.path.is_dir():
        found = tuple(_in_folder(source.path))
    else:
        found = _in_file(source.path.name, _read(source.path, MAX_SOURCE))
    if not found:
        raise SourceRefused(
            f"{source.name} has no YAML file", hint="a style pack is a file NAME.yaml"
        )
    return tuple(sorted(found))


def _fetched(url: str, fetch: Fetch) -> tuple[Member, ...]:
    got = fetch(url, limit=MAX_SOURCE)
    if got.kind not in _KINDS:
        page = "a web page" if "html" in got.kind else got.kind
        raise SourceRefused(
            f"{url} is {page}, no style pack and no zip archive",
            hint='sites of code have an address of the bare file, often called "raw"',
        )
    if "zip" in got.kind and not is_zip(got.data):
        raise SourceRefused(f"{url} is called a zip archive and is none")
    return _in_file(urlsplit(url).path.rpartition("/")[2] or url, got.data)


def _in_file(name: str, data: bytes) -> tuple[Member, ...]:
    if is_zip(data):
        return unpack(data, name)
    if len(data) > MAX_PACK:
        raise too_large(name)
    return (Member(name, data),)


def _read(path: Path, limit: int) -> bytes:
    """Return the content of an ordinary file."""
    name = name_of(path)
    if not path.exists():
        raise SourceUnavailable(f"there is no file or folder {name}")
    if not path.is_file():
        raise SourceRefused(f"{name} is no ordinary file")
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise SourceUnavailable(f"cannot read {name}: {error.strerror or error}") from error
    if len(data) > limit:
        raise too_large(name)
    return data


def _in_folder(folder: Path) -> Iterator[Member]:
    number = 0
    for place, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        number += len(names) + len(folders)
        if number > MAX_FILES:
            raise SourceRefused(
                f"{name_of(folder)} has more than {MAX_FILES} files",
                hint="name the folder of the packs, or one file",
            )
        for name in names:
            path = Path(place, name)
            inside = path.relative_to(folder).as_posix()
            if is_yaml(inside):
                yield Member(inside, _ordinary(path))


def _unreadable(error: OSError) -> None:
    raise SourceUnavailable(f"cannot read {error.filename}: {error.strerror}") from error


def _ordinary(path: Path) -> bytes:
    if path.is_symlink():
        raise SourceRefused(
            f"{name_of(path)} is a symbolic link", hint="name the file that it leads to"
        )
    return _read(path, MAX_PACK)
