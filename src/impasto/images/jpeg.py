"""JPEG files as segments: checked to their end, and the Exif segment replaced.

The format is that of ITU-T T.81, annex B; Exif 2.32 puts its segment behind SOI and JFIF.
"""

from __future__ import annotations

from typing import NamedTuple

from impasto.errors import ImageError

EXIF = b"Exif\0\0"
_SOS, _EOI, _APP0, _APP1 = 0xDA, 0xD9, 0xE0, 0xE1
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_LARGEST = 0xFFFF - 2


class Segment(NamedTuple):
    """A marker segment: its marker byte, its payload, and where it stands in the file."""

    marker: int
    data: bytes
    start: int
    end: int


def segments(image: bytes) -> list[Segment]:
    """Return the segments of a JPEG up to the end of the image (EOI).

    Raises:
        ImageError: no JPEG, cut short or damaged.
    """
    if not image.startswith(b"\xff\xd8\xff"):
        raise ImageError("not a JPEG: the start marker is missing")
    found: list[Segment] = []
    at = 2
    while True:
        segment = _segment(image, at)
        found.append(segment)
        if segment.marker == _EOI:
            break
        at = _after_scan(image, segment.end) if segment.marker == _SOS else segment.end
    if all(segment.marker != _SOS for segment in found):
        raise ImageError("the JPEG is damaged: it has no pixels (no scan)")
    return found


def _cut(image: bytes) -> ImageError:
    return ImageError(f"the JPEG is cut short: {len(image):,} bytes and no end marker")


def _segment(image: bytes, at: int) -> Segment:
    if at + 2 > len(image):
        raise _cut(image)
    if image[at] != 0xFF:
        raise ImageError(f"the JPEG is damaged: no marker at byte {at:,}")
    start = at
    while image[at + 1 : at + 2] == b"\xff":  # fill bytes
        at += 1
    if at + 2 > len(image):
        raise _cut(image)
    marker = image[at + 1]
    if marker == _EOI or marker in _ALONE:
        return Segment(marker, b"", start, at + 2)
    end = at + 2 + int.from_bytes(image[at + 2 : at + 4], "big")
    if at + 4 > len(image) or end > len(image):
        raise _cut(image)
    return Segment(marker, image[at + 4 : end], start, end)


def _after_scan(image: bytes, at: int) -> int:
    """Return where the next marker stands; FF 00 and restart markers belong to the scan."""
    while True:
        at = image.find(b"\xff", at)
        if at < 0 or at + 1 >= len(image):
            raise _cut(image)
        following = image[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            at += 2
        else:
            return at


def _is_exif(segment: Segment) -> bool:
    return segment.marker == _APP1 and segment.data.startswith(EXIF)


def exif(image: bytes) -> bytes | None:
    """Return the TIFF data of the Exif segment, or None."""
    for segment in segments(image):
        if _is_exif(segment):
            return segment.data[len(EXIF) :]
    return None


def with_exif(image: bytes, tiff: bytes) -> bytes | None:
    """Return `image` with its Exif replaced by `tiff`; None if that is too long for a segment."""
    data = EXIF + tiff
    if len(data) > _LARGEST:
        return None
    new = b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data
    found = segments(image)
    old = next((segment for segment in found if _is_exif(segment)), None)
    if old:
        return image[: old.start] + new + image[old.end :]
    at = found[0].end if found[0].marker == _APP0 else 2
    return image[:at] + new + image[at:]
