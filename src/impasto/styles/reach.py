"""Where packs lie: in the folders of a project or a user, in installed packages, built in."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto._data import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.styles.sharing.lock import Lock

GROUP: Final = "impasto.style_packs"
"""Entry points of packages that bring packs. Their value is a folder, with dots for slashes."""
LOCK: Final = "impasto.lock"
"""The file beside a folder of packs that pins those that came from elsewhere."""
SUFFIXES: Final = (".yaml", ".yml")


class Reach(NamedTuple):
    """The file of every pack by its name, the files that it hides in order, locks by folder."""

    files: dict[str, Path]
    shadowed: dict[str, tuple[Path, ...]]
    locks: dict[Path, Lock]

    def verify(self, path: Path) -> None:
        """Check the file of a pack against the lock of its folder.

        Raises:
            LockError: the lock pins another content, or the file is missing.
        """
        lock = self.locks.get(path.parent)
        if lock:
            lock.verify(path)


def find_packs(folders: Iterable[Path]) -> Reach:
    """Return the packs in `folders`: the first of a name is used, the others are shadowed.

    A pack that a lock pins counts as there even if its file is missing, so that no other one
    takes its place unseen.

    Raises:
        LockError: a lock that cannot be read.
    """
    found = Reach({}, {}, {})
    for folder in dict.fromkeys(Path(os.path.normpath(folder)) for folder in folders):
        lock = lock_of(folder)
        if lock:
            found.locks[folder] = lock
        for path in _packs_in(folder, lock):
            if found.files.setdefault(path.stem, path) != path:
                found.shadowed[path.stem] = (*found.shadowed.get(path.stem, ()), path)
    return found


def _packs_in(folder: Path, lock: Lock | None) -> list[Path]:
    there = {path for path in folder.glob("*.y*ml") if path.suffix in SUFFIXES}
    pinned = {folder / f"{name}.yaml" for name in lock.pins} if lock else set()
    return sorted(there | pinned)


def lock_of(folder: Path) -> Lock | None:
    """Return the lock of a folder of packs, None where there is none.

    Raises:
        LockError: it cannot be read.
    """
    path = folder.parent / LOCK
    if not path.is_file():
        return None
    from impasto.styles.sharing.lock import read  # noqa: PLC0415 - few projects have a lock

    return read(path)


def installed_folders() -> dict[Path, str]:
    """Return the folders of packs in installed packages, with the names of the packages.

    Nothing of a package is imported.
    """
    return _installed_in(tuple(sys.path))


@lru_cache(maxsize=1)
def _installed_in(places: tuple[str, ...]) -> dict[Path, str]:
    if not any(_names_group(place) for place in places):
        return {}
    from impasto.styles.sharing.installed import folders  # noqa: PLC0415 - slow to import

    return folders()


def _names_group(place: str) -> bool:
    """Whether a distribution in a folder of modules has our group among its entry points.

    Reading some small files takes a tenth of the time that importlib.metadata takes to load.
    """
    try:
        with os.scandir(place or ".") as found:
            infos = [e.path for e in found if e.name.endswith((".dist-info", ".egg-info"))]
    except OSError:  # an archive of modules, or a folder that is not there
        return False
    return any(_mentions(f"{info}/entry_points.txt") for info in infos)


def _mentions(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - hundreds of them, at every start
            return GROUP.encode() in file.read()
    except OSError:
        return False


def default_folders() -> tuple[Path, ...]:
    """Return where packs are looked for after all folders that were named."""
    return (*installed_folders(), data_dir("style_packs"))
