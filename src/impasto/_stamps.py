"""What stands for files without reading them: sizes and times; and for the whole program.

A command that finds that nothing has changed loads this and little else, so it needs no more than
`os` and `hashlib`.
"""

from __future__ import annotations

import os
import sys
from hashlib import blake2b

TYPE_CHECKING = False  # what type checkers take for true; importing typing takes longer than all

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow to load
_GENERATED = ("__pycache__",)
_programs: dict[tuple[str, ...], bytes] = {}
_GRAIN = 20_000_000
_COARSE_GRAIN = 2_000_000_000
_SECOND = 1_000_000_000


def digest(*parts: bytes) -> bytes:
    """Return 16 bytes that stand for the parts, each taken on its own."""
    found = blake2b(digest_size=16)
    for part in parts:
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    return found.digest()


class Stamps:
    """Names, sizes and times of files, what is not there too, taken together.

    `newest` is when the last of them was written to or moved, in nanoseconds. Stamps that are
    `here` say more, and would be others for a copy of the same files.
    """

    def __init__(self, *, here: bool = True) -> None:
        self._here = here
        self._lines: list[str] = []
        self.newest = 0

    def add(self, text: str) -> None:
        """Add what stands for something else, in one line."""
        self._lines.append(f"{text}\n")

    def file(self, path: str) -> None:
        """Add a file, or a folder without what is in it."""
        try:
            self._add(path, os.stat(path))  # noqa: PTH116 - thousands of them, at every start
        except (OSError, ValueError):
            self._lines.append(f"{path}\0-\n")

    def tree(self, root: str, *, hidden: bool = False, but: tuple[str, ...] = ()) -> None:
        """Add all files in a folder, or the file of that name, except those called as in `but`.

        Links to folders are not followed; what is `hidden` (its name starts with a dot) counts if
        it is asked for.
        """
        folders = [root]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as found:
                    entries = sorted(found, key=_name)
            except OSError:  # a file, or nothing
                self.file(folder)
                continue
            self._lines.append(f"{folder}\0/\n")
            for entry in entries:
                if entry.name in but or (not hidden and entry.name.startswith(".")):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                try:
                    self._add(entry.path, entry.stat())
                except OSError:  # a link to nowhere
                    self.file(entry.path)

    def digest(self) -> bytes:
        """Return 16 bytes that stand for all that was added."""
        return digest("".join(self._lines).encode("utf-8", "surrogatepass"))

    def is_older_than(self, moment: int) -> bool:
        """Whether all was written before `moment`, nanoseconds, as surely as file times tell."""
        grain = _GRAIN if self.newest % _SECOND else _COARSE_GRAIN
        return self.newest + grain < moment

    def _add(self, path: str, found: os.stat_result) -> None:
        written, changed = found.st_mtime_ns, found.st_ctime_ns
        more = f" {changed} {found.st_ino}" if self._here else ""
        self._lines.append(f"{path}\0{found.st_size} {written}{more}\n")
        self.newest = max(self.newest, written, changed)


def program(plugins: Iterable[str] = ()) -> bytes:
    """Return what stands for impasto as it is installed, its data, the plug-ins and Python.

    It is found out once in a process.
    """
    modules = tuple(sorted({module.partition(".")[0] for module in plugins}))
    found = _programs.get(modules)
    if found is None:
        found = _programs[modules] = _program(modules)
    return found


def _program(modules: tuple[str, ...]) -> bytes:
    data = os.path.dirname(os.path.dirname(_PACKAGE))  # noqa: PTH120
    roots = [_PACKAGE, *(os.path.join(data, name) for name in ("style_packs", "grammars"))]  # noqa: PTH118
    for module in modules:
        file = getattr(sys.modules.get(module), "__file__", None)
        if file:
            whole = file.endswith("__init__.py")
            roots.append(os.path.dirname(file) if whole else file)  # noqa: PTH120
    stamps = Stamps(here=False)
    for root in roots:
        stamps.tree(root, but=_GENERATED)
    return digest(sys.version.encode(), stamps.digest())


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
