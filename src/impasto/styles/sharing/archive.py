"""Zip archives read in memory: what is in them is judged before a byte of it is unpacked."""

from __future__ import annotations

import stat
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from impasto.errors import SourceRefused
from impasto.styles.reach import SUFFIXES

MiB: Final = 1 << 20
MAX_SOURCE: Final = 32 * MiB
"""The largest file that is read or fetched."""
MAX_PACK: Final = 2 * MiB
"""The largest pack."""
MAX_FILES: Final = 4096
"""The most files of an archive or a folder."""
MAX_TOTAL: Final = 128 * MiB
"""The most that all files of an archive hold when they are unpacked."""
MAX_RATIO: Final = 100
"""How many times larger than packed a file may be, from one MiB on; text has about ten."""

_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY: Final = b"PK\x01\x02"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)


class Member(NamedTuple):
    """A YAML file of a source: its path in it, with slashes, and its content."""

    path: str
    data: bytes


def is_zip(data: bytes) -> bool:
    """Whether `data` begins as zip archives do, empty ones included."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_yaml(path: str) -> bool:
    """Whether a path is that of a YAML file that somebody wrote; hidden ones are a system's."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not hidden and path.lower().endswith(SUFFIXES)


def unpack(data: bytes, name: str) -> tuple[Member, ...]:
    """Return the YAML files of the zip archive `data`, which is called `name` in messages.

    Raises:
        SourceRefused: no zip archive, a damaged one, or one that would do harm.
    """
    if data.count(_ENTRY) > MAX_FILES:  # before zipfile makes an object of each
        raise SourceRefused(f"{name} has more than {MAX_FILES} files")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _judge(archive.infolist(), name)
            chosen = [i for i in archive.infolist() if not i.is_dir() and is_yaml(_path(i))]
            return tuple(Member(_path(info), _content(archive, info, name)) for info in chosen)
    except (*_BROKEN, NotImplementedError) as error:
        raise SourceRefused(f"{name} is no zip archive that can be read: {error}") from error


def _path(info: zipfile.ZipInfo) -> str:
    """Return the path as it was written: `filename` ends at a zero byte, this does not."""
    return info.orig_filename.replace("\\", "/")


def _judge(entries: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for info in entries:
        reason = _harm(info)
        path = _path(info)
        if path.casefold() in seen:
            reason = "is there twice"
        if reason:
            shown = path if path.isprintable() else ascii(path)[1:-1]
            raise SourceRefused(f'{name} is refused: "{shown}" {reason}')
        seen.add(path.casefold())
    total = sum(info.file_size for info in entries)
    if total > MAX_TOTAL:
        raise SourceRefused(f"{name} is refused: it unpacks to more than {MAX_TOTAL // MiB} MiB")


def _harm(info: zipfile.ZipInfo) -> str:
    """Return why an archive with this entry is not read, "" where nothing speaks against it."""
    path = _path(info)
    mode = info.external_attr >> 16
    if path.startswith("/") or path[1:2] == ":":
        return "is an absolute path"
    if ".." in path.split("/"):
        return "leads out of the archive"
    if not path.isprintable():
        return "has control characters in its name"
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a symbolic link" if stat.S_ISLNK(mode) else "is no ordinary file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return "is packed in a way that is not read; store or deflate it"
    if info.file_size > max(MiB, MAX_RATIO * info.compress_size):
        return f"would unpack to {info.file_size // MiB} MiB from {info.compress_size} bytes"
    return ""


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """Return the content of an entry, of which more than the limit is never unpacked."""
    with archive.open(info) as file:
        data = file.read(MAX_PACK + 1)
    if len(data) > MAX_PACK:
        raise too_large(f'"{_path(info)}" in {name}')
    return data


def too_large(name: str) -> SourceRefused:
    """Return the error about a file that is larger than a pack may be."""
    return SourceRefused(f"{name} is larger than a style pack may be ({MAX_PACK // MiB} MiB)")
