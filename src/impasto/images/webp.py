"""WebP files as RIFF chunks: checked, and the Exif chunk replaced.

The format is that of RFC 9649. A simple file becomes an extended one when Exif is added.
"""

from __future__ import annotations

from typing import NamedTuple

from impasto.errors import ImageError

_EXIF_FLAG, _ALPHA_FLAG = 0x08, 0x10
_PIXELS = {b"VP8 ", b"VP8L", b"ANMF"}


class Chunk(NamedTuple):
    """A RIFF chunk: its name and its data without padding."""

    kind: bytes
    data: bytes


def chunks(image: bytes) -> list[Chunk]:
    """Return the chunks of a WebP.

    Raises:
        ImageError: no WebP, cut short or damaged.
    """
    if image[:4] != b"RIFF" or image[8:12] != b"WEBP":
        raise ImageError("not a WebP: the RIFF header is missing")
    end = 8 + int.from_bytes(image[4:8], "little")
    if end > len(image):
        raise ImageError(f"the WebP is cut short: {len(image):,} of {end:,} bytes")
    found: list[Chunk] = []
    at = 12
    while at + 8 <= end:
        size = int.from_bytes(image[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise ImageError(f"the WebP is damaged: the chunk at byte {at:,} has no end")
        found.append(Chunk(image[at : at + 4], image[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    if not _PIXELS & {chunk.kind for chunk in found}:
        raise ImageError("the WebP is damaged: it has no pixels")
    return found


def exif(image: bytes) -> bytes | None:
    """Return the TIFF data of the Exif chunk, or None."""
    for chunk in chunks(image):
        if chunk.kind == b"EXIF":
            # Some writers put the prefix of JPEG in front.
            return chunk.data.removeprefix(b"Exif\0\0")
    return None


def with_exif(image: bytes, tiff: bytes) -> bytes | None:
    """Return `image` with its Exif replaced by `tiff`; None if its size cannot be read."""
    found = [chunk for chunk in chunks(image) if chunk.kind != b"EXIF"]
    header = _extended(found)
    if header is None:
        return None
    rest = [chunk for chunk in found if chunk.kind != b"VP8X"]
    at = next((n for n, chunk in enumerate(rest) if chunk.kind == b"XMP "), len(rest))
    body = [header, *rest[:at], Chunk(b"EXIF", tiff), *rest[at:]]
    packed = b"WEBP" + b"".join(_packed(chunk) for chunk in body)
    return b"RIFF" + len(packed).to_bytes(4, "little") + packed


def _packed(chunk: Chunk) -> bytes:
    size = len(chunk.data)
    return chunk.kind + size.to_bytes(4, "little") + chunk.data + b"\0" * (size % 2)


def _extended(found: list[Chunk]) -> Chunk | None:
    """Return the VP8X chunk with its Exif flag set; made anew for a simple file."""
    first = found[0]
    if first.kind == b"VP8X" and len(first.data) >= 10:
        return Chunk(b"VP8X", bytes([first.data[0] | _EXIF_FLAG]) + first.data[1:])
    shape = _lossy(first.data) if first.kind == b"VP8 " else _lossless(first)
    if shape is None:
        return None
    width, height, flags = shape
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return Chunk(b"VP8X", bytes([flags | _EXIF_FLAG, 0, 0, 0]) + size)


def _lossy(data: bytes) -> tuple[int, int, int] | None:
    """Return width, height and flags of a VP8 key frame (RFC 6386, section 9.1)."""
    if data[3:6] != b"\x9d\x01\x2a" or len(data) < 10:
        return None
    width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return (width, height, 0) if width and height else None


def _lossless(chunk: Chunk) -> tuple[int, int, int] | None:
    """Return width, height and flags of a VP8L stream (RFC 9649, section 3.4)."""
    if chunk.kind != b"VP8L" or chunk.data[:1] != b"\x2f" or len(chunk.data) < 5:
        return None
    bits = int.from_bytes(chunk.data[1:5], "little")
    flags = _ALPHA_FLAG if bits >> 28 & 1 else 0
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, flags
