"""AVIF files as boxes: Exif and XMP, which are items of the box `meta`.

The format is that of ISO/IEC 14496-12 (boxes, `iinf`, `iloc`) and 23008-12 (the item Exif, which
begins with the offset of its TIFF data).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_ITEMS = 1_000
_XMP_TYPE = b"application/rdf+xml"
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


class Metadata(NamedTuple):
    """TIFF data, XMP packet and C2PA manifest of an AVIF, and what could not be read."""

    tiff: bytes | None = None
    xmp: str = ""
    manifest: bytes = b""
    unread: tuple[str, ...] = ()


class _Item(NamedTuple):
    """An item of the box `meta`: its number, its type, its media type."""

    number: int
    kind: bytes
    media: bytes


def metadata(image: bytes) -> Metadata:
    """Return the metadata of an AVIF; `unread` says so where its boxes are damaged."""
    manifest = b""
    try:
        top = list(_boxes(image, 0, len(image)))
        manifest = next((b for kind, b in top if kind == b"uuid" and b[:16] == _C2PA), b"")[16:]
        meta = next((body for kind, body in top if kind == b"meta"), b"")
        boxes = dict(_boxes(meta, 4, len(meta)))
        places = dict(_places(boxes.get(b"iloc", b"")))
        tiff, xmp = None, ""
        for item in _items(boxes.get(b"iinf", b"")):
            place = slice(*places.get(item.number, (0, 0)))
            if item.kind == b"Exif" and tiff is None:
                tiff = _tiff(image[place])
            elif item.media == _XMP_TYPE and not xmp:
                xmp = image[place].decode("utf-8", "replace")
    except (struct.error, ValueError, IndexError):
        return Metadata(manifest=manifest, unread=("the metadata boxes of the AVIF are damaged",))
    return Metadata(tiff, xmp, manifest)


def _tiff(data: bytes) -> bytes | None:
    """Return the TIFF data of an item Exif; None if it is too short to have any."""
    if len(data) <= 4:
        return None
    return data[4 + int.from_bytes(data[:4], "big") :].removeprefix(b"Exif\0\0")


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of the boxes in data[at:end]."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        size = size or end - at
        if size < head or at + size > end:
            raise ValueError(kind)
        yield kind, data[at + head : at + size]
        at += size


def _items(data: bytes) -> Iterator[_Item]:
    """Yield the items that the box `iinf` lists."""
    if not data:
        return
    start = 6 if data[0] == 0 else 8
    for kind, body in _boxes(data, start, len(data)):
        if kind != b"infe" or body[0] < 2:
            continue
        wide = 4 if body[0] == 3 else 2
        number = int.from_bytes(body[4 : 4 + wide], "big")
        at = 4 + wide + 2
        _name, _, rest = body[at + 4 :].partition(b"\0")
        yield _Item(number, body[at : at + 4], rest.partition(b"\0")[0])


def _places(data: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield item numbers and where their data stands in the file, as the box `iloc` has it.

    An item in several pieces counts with its first; one inside the box `idat` is left out.
    """
    if not data:
        return
    version = data[0]
    sizes = [data[4] >> 4, data[4] & 15, data[5] >> 4, data[5] & 15 if version else 0]
    if not sizes[0] + sizes[1]:
        raise ValueError("pieces without a place")
    wide = 4 if version == 2 else 2
    reader = _Reader(data, 6)
    for _ in range(min(reader.number(wide), _MOST_ITEMS)):
        number = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(sizes[2])
        pieces = [_piece(reader, sizes) for _ in range(reader.number(2))]
        if pieces and method == 0:
            start = base + pieces[0][0]
            yield number, (start, start + pieces[0][1])


def _piece(reader: _Reader, sizes: list[int]) -> tuple[int, int]:
    reader.number(sizes[3])
    return reader.number(sizes[0]), reader.number(sizes[1])


class _Reader:
    """Reads numbers of given sizes, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def number(self, size: int) -> int:
        """Return the next number of `size` bytes; 0 for none."""
        if self.at + size > len(self.data):
            raise ValueError("cut short")
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return value
