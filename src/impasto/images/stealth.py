"""Texts hidden in the lowest bits of pixels, which survive where metadata are taken away.

The alpha channel holds one bit in each pixel, else red, green and blue one each; pixels run down
the columns. In front stands a signature of 15 letters, then the number of bits in 32 bits, then
the text in UTF-8, with gzip where the signature ends in "comp". Source: the WebUI extension
sd-webui-stealth-pnginfo; NovelAI hides JSON in the same way.
"""

from __future__ import annotations

import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from impasto.errors import ImageError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 64 * 2**20
"""Larger pictures are not looked into."""
LARGEST = 16 * 2**20
"""Bytes of text at most."""

_SIGNATURE = 15
_ALPHA = {b"stealth_pnginfo": False, b"stealth_pngcomp": True}
_RGB = {b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
_LOWEST = bytes(value & 1 for value in range(256))
_GZIP = 16 + zlib.MAX_WBITS


def hidden(image: bytes) -> str | None:
    """Return the text that is hidden in the pixels of an image; None if there is none.

    Raises:
        ImageError: there is one and it is damaged, or the pixels cannot be decoded.
    """
    from PIL import Image as pillow  # noqa: N813, PLC0415 - only where pixels are looked at

    try:
        with warnings.catch_warnings(), pillow.open(BytesIO(image)) as opened:
            warnings.simplefilter("ignore")
            if opened.mode not in ("RGB", "RGBA"):
                return None
            return _found(opened)
    except ImageError:
        raise
    except Exception as problem:  # noqa: BLE001 - a decoder may raise anything on damaged pixels
        raise ImageError(f"its pixels cannot be decoded: {problem}") from None


def _found(image: Image) -> str | None:
    """Return the text hidden in alpha, or in the colours."""
    if image.width * image.height > MOST_PIXELS:
        raise ImageError(f"it has more than {MOST_PIXELS:,} pixels, and no text is sought in them")
    bits = image.getchannel("A") if image.mode == "RGBA" else None
    return (_read(bits, _ALPHA) if bits else None) or _read(image.convert("RGB"), _RGB)


def _read(image: Image, signatures: dict[bytes, bool]) -> str | None:
    """Return the text in the lowest bits of all channels of an image."""
    from PIL import Image as pillow  # noqa: N813, PLC0415

    first = image.crop((0, 0, -(-(_SIGNATURE + 4) * 8 // image.height), image.height))
    head = _octets(first.transpose(pillow.Transpose.TRANSPOSE).tobytes(), 0, _SIGNATURE + 4)
    packed = signatures.get(head[:_SIGNATURE])
    if packed is None:
        return None
    length = int.from_bytes(head[_SIGNATURE:], "big") // 8
    start = (_SIGNATURE + 4) * 8
    columns = image.transpose(pillow.Transpose.TRANSPOSE).tobytes()
    if length > LARGEST or start + length * 8 > len(columns):
        raise ImageError("the text hidden in its pixels is cut short")
    data = _octets(columns, start, length)
    return (_unpacked(data) if packed else data).decode("utf-8", "replace")


def _octets(values: bytes, start: int, count: int) -> bytes:
    """Return the bytes whose bits are the lowest bits of `values` from `start` on."""
    bits = values[start : start + count * 8].translate(_LOWEST)
    text = bits.translate(bytes.maketrans(b"\0\1", b"01"))
    return int(text or b"0", 2).to_bytes(count, "big") if count else b""


def _unpacked(data: bytes) -> bytes:
    inflater = zlib.decompressobj(_GZIP)
    try:
        found = inflater.decompress(data, LARGEST)
    except zlib.error as problem:
        raise ImageError(f"the text hidden in its pixels is damaged: {problem}") from None
    if inflater.unconsumed_tail:
        raise ImageError(f"the text hidden in its pixels is longer than {LARGEST:,} bytes")
    if not inflater.eof:
        raise ImageError("the text hidden in its pixels is cut short")
    return found
