"""Exif data: tags read, three of them written, everything else left where it is.

UserComment holds the infotext, for other tools; MakerNote holds the record, for us; Software says
who wrote them. Existing data is not moved: its directories are written anew behind it, so offsets
that it holds stay right. The format is that of TIFF 6.0 and Exif 2.32.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

DESCRIPTION, MAKE, MODEL = 0x010E, 0x010F, 0x0110
SOFTWARE, EXIF_POINTER, MAKER_NOTE, USER_COMMENT = 0x0131, 0x8769, 0x927C, 0x9286
SIGNATURE = b"impasto\0"
_BYTE, _ASCII, _LONG, _UNDEFINED = 1, 2, 4, 7
_UNICODE = b"UNICODE\0"
_CODES = (b"ASCII\0\0\0", b"\0\0\0\0\0\0\0\0")
_READ = frozenset((*range(0x0100, 0x0111), SOFTWARE, MAKER_NOTE, USER_COMMENT))
"""Tags in which tools put texts: ComfyUI takes those from 0x0110 downwards."""
_LARGEST_TEXT = 16 * 2**20
_EMPTY = b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0"


class _Entry(NamedTuple):
    """A directory entry: tag, type, number of items, and the four bytes of its value or offset."""

    tag: int
    kind: int
    length: int
    value: bytes


class _Tiff:
    def __init__(self, data: bytes) -> None:
        self.order = {b"MM": ">", b"II": "<"}[data[:2]]
        self.data = bytearray(data)
        self.root: int = self.number("I", 4)
        if self.number("H", 2) != 42:
            raise ValueError("no TIFF")

    def number(self, kind: str, at: int) -> int:
        value: int = struct.unpack_from(self.order + kind, self.data, at)[0]
        return value

    def directory(self, at: int) -> tuple[list[_Entry], int]:
        """Return the entries of the directory at offset `at`, and the offset of the next one."""
        count = self.number("H", at)
        entries = []
        for start in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, length, value = struct.unpack_from(self.order + "HHI4s", self.data, start)
            entries.append(_Entry(tag, kind, length, value))
        return entries, self.number("I", at + 2 + 12 * count)

    def find(self, entries: list[_Entry], tag: int) -> _Entry | None:
        return next((entry for entry in entries if entry.tag == tag), None)

    def offset(self, entry: _Entry) -> int:
        offset: int = struct.unpack(self.order + "I", entry.value)[0]
        return offset

    def octets(self, entry: _Entry) -> bytes:
        """Return the value of an entry whose items are single bytes."""
        if entry.length <= 4:
            return entry.value[: entry.length]
        at = self.offset(entry)
        return bytes(self.data[at : at + entry.length])

    def inner(self) -> list[_Entry]:
        """Return the entries of the Exif directory; none if there is no such directory."""
        pointer = self.find(self.directory(self.root)[0], EXIF_POINTER)
        return self.directory(self.offset(pointer))[0] if pointer else []

    def add(self, data: bytes) -> int:
        """Append data at an even offset and return the offset."""
        self.data += b"\0" * (len(self.data) % 2)
        at = len(self.data)
        self.data += data
        return at

    def entry(self, tag: int, kind: int, data: bytes) -> _Entry:
        value = data.ljust(4, b"\0") if len(data) <= 4 else self.packed(self.add(data))
        return _Entry(tag, kind, len(data), value)

    def packed(self, number: int) -> bytes:
        return struct.pack(self.order + "I", number)

    def add_directory(self, entries: list[_Entry], following: int) -> int:
        packed = struct.pack(self.order + "H", len(entries))
        for entry in sorted(entries):
            packed += struct.pack(self.order + "HHI4s", *entry)
        return self.add(packed + self.packed(following))


def _other(entries: list[_Entry], *tags: int) -> list[_Entry]:
    return [entry for entry in entries if entry.tag not in tags]


def written(old: bytes | None, comment: str, record: bytes) -> bytes | None:
    """Return the TIFF data `old` with our three tags in it.

    None where that would destroy something: Exif that cannot be parsed, or the maker note of a
    camera.
    """
    try:
        return _written(_Tiff(old or _EMPTY), comment, record)
    except (KeyError, ValueError, struct.error):
        return None


def _written(tiff: _Tiff, comment: str, record: bytes) -> bytes | None:
    inner = tiff.inner()
    note = tiff.find(inner, MAKER_NOTE)
    if note and not tiff.octets(note).startswith(SIGNATURE):
        return None
    outer, following = tiff.directory(tiff.root)
    text = _UNICODE + comment.encode("utf-16-be", "replace")
    inner = [
        *_other(inner, MAKER_NOTE, USER_COMMENT),
        tiff.entry(USER_COMMENT, _UNDEFINED, text),
        tiff.entry(MAKER_NOTE, _UNDEFINED, SIGNATURE + record),
    ]
    at = tiff.packed(tiff.add_directory(inner, 0))
    software = tiff.find(outer, SOFTWARE) or tiff.entry(SOFTWARE, _ASCII, b"impasto\0")
    pointer = _Entry(EXIF_POINTER, _LONG, 1, at)
    outer = [*_other(outer, EXIF_POINTER, SOFTWARE), pointer, software]
    root = tiff.packed(tiff.add_directory(outer, following))
    tiff.data[4:8] = root
    return bytes(tiff.data)


def record(data: bytes) -> bytes | None:
    """Return the record that `written` put into TIFF data, or None."""
    try:
        tiff = _Tiff(data)
        note = tiff.find(tiff.inner(), MAKER_NOTE)
        value = tiff.octets(note) if note else b""
    except (KeyError, ValueError, struct.error):
        return None
    return value[len(SIGNATURE) :] if value.startswith(SIGNATURE) else None


class Tags(NamedTuple):
    """The texts of an Exif block by their tags: those of the image, and those of the Exif part."""

    outer: dict[int, str]
    inner: dict[int, str]


def tags(data: bytes) -> Tags | None:
    """Return the texts in TIFF data; None where it cannot be parsed."""
    try:
        tiff = _Tiff(data)
        outer = tiff.directory(tiff.root)[0]
        return Tags(_texts(tiff, outer), _texts(tiff, tiff.inner()))
    except (KeyError, ValueError, struct.error):
        return None


def _texts(tiff: _Tiff, entries: list[_Entry]) -> dict[int, str]:
    """Return the texts of a directory, the first for each tag."""
    found: dict[int, str] = {}
    for entry in entries:
        if entry.tag not in _READ or entry.tag in found:
            continue
        if entry.kind in (_BYTE, _ASCII, _UNDEFINED) and entry.length <= _LARGEST_TEXT:
            found[entry.tag] = _text(tiff.octets(entry))
    return found


def _text(value: bytes) -> str:
    """Return a text as Exif's user comments are encoded, or without the code in front of them."""
    code, text = value[:8], value[8:]
    if code == _UNICODE:
        # Exif does not say which byte comes first; the WebUIs write the high one, others do not.
        high, low = text[::2].count(0), text[1::2].count(0)
        order = "utf-16-be" if high >= low else "utf-16-le"
        return text.decode(order, "replace").rstrip("\0")
    value = text if code in _CODES else value
    return value.decode("utf-8", "replace").rstrip("\0 ")


def comment(data: bytes) -> str | None:
    """Return the user comment in TIFF data, where WebUIs keep their infotext; or None."""
    found = tags(data)
    return (found.inner.get(USER_COMMENT) if found else None) or None
