"""A command that would write what it wrote before, for nothing that it read has changed.

What a run looked at is kept by name: folders, files, and where files were not. As long as their
sizes, times and numbers are the same, and so are arguments, environment and impasto itself, the
same command writes the same, so nothing is loaded to find it out. All else is a run as any other.
This module needs no more than `os` and `hashlib`, for it is what makes such a run short.
"""

from __future__ import annotations

import os
import sys
import time

from impasto._caches import PROJECT, user_cache, write
from impasto._stamps import Stamps, digest, program
from impasto.cli.streams import leave_quietly, survive_any_text

TYPE_CHECKING = False  # what type checkers take for true; importing typing takes longer than all

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORM = b"1"
_ENVIRONMENT = frozenset(
    (
        *("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"),
        *("NO_COLOR", "FORCE_COLOR", "TERM"),
    )
)
_OURS = "IMPASTO_"


class Place:
    """Where the run of a command is kept, which has these arguments, here, and `began` now."""

    def __init__(self, arguments: list[str]) -> None:
        self.began = time.time_ns()
        here = os.getcwd()  # noqa: PTH109 - pathlib is slow to load
        told = {n: v for n, v in os.environ.items() if n in _ENVIRONMENT or n.startswith(_OURS)}
        out = sys.stdout
        parts = (here, arguments, sorted(told.items()), sys.path, out.isatty(), out.encoding)
        self._key = digest(repr(parts).encode("utf-8", "surrogatepass"))
        self._here = here

    @property
    def path(self) -> str:
        """The file: in the cache of the project around this folder, else in the user's."""
        return os.path.join(self._folder(), f"run-{self._key.hex()}.bin")  # noqa: PTH118

    def _folder(self) -> str:
        parent = self._here
        while True:
            found = os.path.join(parent, PROJECT)  # noqa: PTH118
            if os.path.isdir(found):  # noqa: PTH112
                return found
            parent, below = os.path.dirname(parent), parent  # noqa: PTH120
            if parent == below:
                return user_cache()


class Looked:
    """What a run looks at: `trees` without what is hidden in them, whole `folders`, and `files`."""

    def __init__(
        self, trees: Iterable[str] = (), folders: Iterable[str] = (), files: Iterable[str] = ()
    ) -> None:
        self.parts = tuple(tuple(dict.fromkeys(part)) for part in (trees, folders, files))

    def stamps(self) -> Stamps:
        """Return what stands for all of it as it is now, and for impasto itself."""
        trees, folders, files = self.parts
        found = Stamps()
        found.add(program().hex())
        for path in trees:
            found.tree(path)
        for path in folders:
            found.tree(path, hidden=True)
        for path in files:
            found.file(path)
        return found


class Recording:
    """Keeps a run for the next time, unless something was written to in the meantime."""

    def __init__(self, place: Place, looked: Looked) -> None:
        self._place = place
        self._looked = looked
        self._before = looked.stamps().digest()

    def keep(self, text: str, code: int, folders: Iterable[str], files: Iterable[str]) -> None:
        """Keep what was written, the exit code, and what else turned out to be looked at."""
        if self._looked.stamps().digest() != self._before:
            return
        trees, known, others = self._looked.parts
        looked = Looked(trees, (*known, *folders), (*others, *files))
        stamps = looked.stamps()
        if not stamps.is_older_than(self._place.began):
            return
        try:
            write(self._place.path, _packed(looked, stamps, text, code))
        except OSError:  # the next run is slower, nothing else
            return


def replay(place: Place) -> int | None:
    """Write what is kept at `place` and return its exit code, or None where it does not count."""
    found = _read(place.path)
    if found is None:
        return None
    looked, known, text, code = found
    if looked.stamps().digest() != known:
        return None
    survive_any_text()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()
    except OSError:  # a disk that is full: the run itself says so
        return None
    return code


def _packed(looked: Looked, stamps: Stamps, text: str, code: int) -> bytes:
    """Return a run as bytes: fields that are parted by NUL, which no path can hold."""
    counts = (str(len(part)) for part in looked.parts)
    paths = (path for part in looked.parts for path in part)
    fields = (_FORM.decode(), stamps.digest().hex(), str(code), *counts, *paths, text)
    data = "\0".join(fields).encode("utf-8", "surrogatepass")
    return digest(data) + data


def _read(path: str) -> tuple[Looked, bytes, str, int] | None:
    """Return a run that was kept; None where there is none, or what is there is broken."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
    except OSError:
        return None
    size = len(digest())
    if digest(data[size:]) != data[:size] or not data[size:].startswith(_FORM + b"\0"):
        return None
    _form, known, code, *rest = data[size:].decode("utf-8", "surrogatepass").split("\0", 6)
    trees, folders, files = map(int, rest[:3])
    paths = rest[3].split("\0", trees + folders + files)
    text = paths.pop()
    looked = Looked(paths[:trees], paths[trees : trees + folders], paths[trees + folders :])
    return looked, bytes.fromhex(known), text, int(code)
