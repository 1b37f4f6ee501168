"""GIF files as blocks: checked to their end. The format is that of the GIF89a specification."""

from __future__ import annotations

from impasto.errors import ImageError

_EXTENSION, _PICTURE, _TRAILER, _COMMENT = 0x21, 0x2C, 0x3B, 0xFE


def check(image: bytes) -> None:
    """Walk the blocks to the trailer.

    Raises:
        ImageError: cut short or damaged.
    """
    try:
        at = 13 + _table(image[10])
        while image[at] != _TRAILER:
            at = _after_block(image, at)
    except IndexError:
        message = f"the GIF is cut short: {len(image):,} bytes and no trailer"
        raise ImageError(message) from None


def comment(image: bytes) -> str:
    """Return the comments of a GIF, one after the other; "" if there are none.

    Raises:
        ImageError: cut short or damaged.
    """
    check(image)
    found = bytearray()
    at = 13 + _table(image[10])
    while image[at] != _TRAILER:
        end = _after_block(image, at)
        if image[at] == _EXTENSION and image[at + 1] == _COMMENT:
            found += _joined(image, at + 2)
        at = end
    return found.decode("utf-8", "replace").rstrip("\0")


def _joined(image: bytes, at: int) -> bytes:
    """Return the data of the sub-blocks that begin at `at`."""
    found = bytearray()
    while size := image[at]:
        found += image[at + 1 : at + 1 + size]
        at += 1 + size
    return bytes(found)


def _table(packed: int) -> int:
    """Return the bytes of the colour table that a packed field announces."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _after_block(image: bytes, at: int) -> int:
    if image[at] == _EXTENSION:
        at += 2
    elif image[at] == _PICTURE:
        at += 11 + _table(image[at + 9])
    else:
        raise ImageError(f"the GIF is damaged: no block at byte {at:,}")
    while size := image[at]:
        at += 1 + size
    return at + 1
