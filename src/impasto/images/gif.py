"""GIF files as blocks: checked to their end. The format is that of the GIF89a specification."""

from __future__ import annotations

from impasto.errors import ImageError

_EXTENSION, _PICTURE, _TRAILER = 0x21, 0x2C, 0x3B


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
