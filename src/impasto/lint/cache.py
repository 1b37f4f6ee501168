"""What was found in files before, kept by their content: an unchanged file is not checked again.

An entry is found by everything that its findings depend on: the content and name of the file, the
settings, the user's model cards, the working folder, impasto itself and its plug-ins. What else the check has read (style
packs, word lists, included templates, absent ones too) is kept with the entry as digests, and an
entry whose surroundings have changed does not count. So an entry is never stale, only unused.

One file of the cache holds the entries of one set of settings. It is replaced as a whole, so any
number of processes may use it at once; what one of them writes, another may lose, and check anew.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import DecodeError, msgpack

from impasto._caches import PROJECT, user_cache, write
from impasto._stamps import digest, program

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.lint.kinds import Surroundings
    from impasto.lint.packed import Packed
    from impasto.lint.settings import Settings

_FORMAT: Final = 1
_MOST: Final = 50_000
_KEEP_SECONDS: Final = 30 * 24 * 3600
_ABSENT: Final = b""
_YAML: Final = ("*.yaml", "*.yml")
_OF_PROJECT: Final = ("packs", "lists")


class Cache:
    """The findings of one set of settings, in a file below `folder`."""

    def __init__(
        self, folder: Path, settings: Settings, around: Surroundings, plugins: Iterable[str] = ()
    ) -> None:
        self.folder = folder
        self.around = around
        key = digest(
            repr(settings).encode(),
            repr(around).encode(),
            os.fsencode(Path.cwd()),
            _folders(around.cards, _YAML),
            program(plugins),
        )
        self.path = folder / f"lint-{key.hex()}.bin"
        self._entries = _read(self.path)
        self._used: dict[bytes, list[Any]] = {}
        self._digests: dict[str, bytes] = {}
        self._is_new = False
        self._is_whole = True
        self._began = time.time_ns()

    @staticmethod
    def key(name: str, data: bytes) -> bytes:
        """Return the key of the file `name` with the content `data`."""
        return blake2b(os.fsencode(name) + b"\0" + data, digest_size=16).digest()

    def find(self, key: bytes) -> Packed | None:
        """Return what was found under `key`, if all that it depends on is as it was."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        found: Packed
        needs, found = entry
        if any(self._digest(name) != known for name, known in needs.items()):
            return None
        self._used[key] = entry
        return found

    def keep(self, key: bytes, found: Packed, read: Iterable[str]) -> None:
        """Keep what was found, and which surroundings it depends on.

        What was written to since this run began may have been read before, so it is not kept.
        """
        read = tuple(read)
        if any(_written(name) >= self._began for name in read if name not in _OF_PROJECT):
            self._is_whole = False
            return
        self._used[key] = [{name: self._digest(name) for name in sorted(read)}, found]
        self._is_new = True

    @property
    def read(self) -> set[str]:
        """What the findings of this run depend on, besides the files that were checked."""
        return {name for needs, _found in self._used.values() for name in needs}

    def still_holds(self) -> bool:
        """Whether all that was found could be kept, and what else was read is as it was."""
        digests = self._digests.items()
        files = ((name, known) for name, known in digests if name not in _OF_PROJECT)
        return self._is_whole and all(_file(Path(name)) == known for name, known in files)

    def save(self) -> None:
        """Write what is new, together with what others have written meanwhile.

        A folder that cannot be written to is no error: the next run is slower, nothing else.
        """
        if not self._is_new:
            return
        entries = {**_read(self.path), **self._used}
        if len(entries) > _MOST:
            entries = self._used
        with suppress(OSError):
            write(str(self.path), msgpack.encode([_FORMAT, entries]))
            _sweep(self.folder)

    def _digest(self, name: str) -> bytes:
        """Return the digest of a file, or of the "packs" and "lists" of the project, taken once."""
        found = self._digests.get(name)
        if found is None:
            if name == "packs":
                found = _packs(self.around.packs)
            elif name == "lists":
                found = _folders(self.around.words, ("**/*",))
            else:
                found = _file(Path(name))
            self._digests[name] = found
        return found


def _file(path: Path) -> bytes:
    try:
        return digest(path.read_bytes())
    except OSError:
        return _ABSENT


def _written(name: str) -> int:
    """Return when the file `name` was written, in nanoseconds; 0 for one that is not there."""
    try:
        return os.stat(name).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0


def _folders(folders: Iterable[Path], globs: Iterable[str]) -> bytes:
    """Return the digest of all files that the globs find below the folders."""
    paths = sorted({path for folder in folders for glob in globs for path in folder.glob(glob)})
    return digest(*(part for p in paths for part in (os.fsencode(p), _file(p))))


def _packs(folders: tuple[Path, ...]) -> bytes:
    """Return the digest of all packs in folders and packages, and of the locks that pin them."""
    from impasto.styles.reach import LOCK, installed_folders  # noqa: PLC0415

    locks = [_file(folder.parent / LOCK) for folder in folders]
    return digest(_folders((*folders, *installed_folders()), _YAML), *locks)


def _read(path: Path) -> dict[bytes, list[Any]]:
    """Return the entries of a file; one that is broken has none."""
    try:
        form, entries = msgpack.decode(path.read_bytes())
    except (OSError, DecodeError, ValueError, TypeError):
        return {}
    return entries if form == _FORMAT and isinstance(entries, dict) else {}


def _sweep(folder: Path) -> None:
    """Remove what no run has written to for a month."""
    oldest = time.time() - _KEEP_SECONDS
    for path in (*folder.glob("lint-*"), *folder.glob("run-*")):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def folder_for(root: Path | None) -> Path:
    """Return the cache's folder: in the project `root`, without one in the user's cache folder."""
    return Path(user_cache()) if root is None else root / PROJECT
