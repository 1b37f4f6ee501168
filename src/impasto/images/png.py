"""PNG files as chunks: read, checked, and written without touching a pixel.

The format is that of the PNG specification, third edition, https://www.w3.org/TR/png-3/.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")
_LARGEST_TEXT = 16 * 2**20
_LARGEST_TEXTS = 4 * _LARGEST_TEXT


class Chunk(NamedTuple):
    """A chunk: its type, its data, and where it stands in the file."""

    kind: bytes
    data: bytes
    start: int
    end: int


def chunks(image: bytes) -> list[Chunk]:
    """Return the chunks of a PNG, IHDR to IEND.

    Raises:
        ImageError: no PNG, cut short, or a chunk whose checksum does not fit its data.
    """
    if not image.startswith(SIGNATURE):
        raise ImageError("not a PNG: the signature is missing")
    found: list[Chunk] = []
    at = len(SIGNATURE)
    while not found or found[-1].kind != b"IEND":
        found.append(_chunk(image, at))
        at = found[-1].end
    if found[0].kind != b"IHDR":
        raise ImageError(f"the PNG is damaged: it begins with {_name(found[0].kind)}, not IHDR")
    if all(chunk.kind != b"IDAT" for chunk in found):
        raise ImageError("the PNG is damaged: it has no pixels (no IDAT chunk)")
    return found


def _name(kind: bytes) -> str:
    return kind.decode("latin-1") if kind.isalpha() else kind.hex(" ")


def _chunk(image: bytes, at: int) -> Chunk:
    end = at + 12 + int.from_bytes(image[at : at + 4], "big")
    if at + 12 > len(image) or end > len(image):
        raise ImageError(f"the PNG is cut short: {len(image):,} bytes and no IEND chunk")
    kind, data = image[at + 4 : at + 8], image[at + 8 : end - 4]
    if zlib.crc32(data, zlib.crc32(kind)) != int.from_bytes(image[end - 4 : end], "big"):
        raise ImageError(f"the PNG is damaged: bad checksum in {_name(kind)} at byte {at:,}")
    return Chunk(kind, data, at, end)


def _packed(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + checksum.to_bytes(4, "big")


def _text_chunk(keyword: str, text: str) -> bytes:
    """Return a tEXt chunk where Latin-1 suffices and `_plain` reads it so, else an iTXt chunk."""
    text = text.replace("\0", " ")
    data = text.encode("latin-1", "replace")
    if _plain(data) != text:
        return international(keyword, text)
    return _packed(b"tEXt", keyword.encode("latin-1") + b"\0" + data)


def international(keyword: str, text: str) -> bytes:
    """Return an uncompressed iTXt chunk without language."""
    key = keyword.encode("latin-1")
    return _packed(b"iTXt", key + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))


def _keyword(chunk: Chunk) -> str:
    return chunk.data.split(b"\0", 1)[0].decode("latin-1") if chunk.kind in _TEXT_KINDS else ""


def with_texts(image: bytes, texts: Mapping[str, str], international_keys: Iterable[str]) -> bytes:
    """Return `image` with text chunks behind IHDR; chunks of the same keywords are dropped.

    Texts of `international_keys` are iTXt even where Latin-1 would do.

    Raises:
        ImageError: see `chunks`.
    """
    always = set(international_keys)
    found = chunks(image)
    new = [
        international(key, text) if key in always else _text_chunk(key, text)
        for key, text in texts.items()
    ]
    kept = [image[c.start : c.end] for c in found[1:] if _keyword(c) not in texts]
    head = image[: found[0].end]
    return b"".join([head, *new, *kept, image[found[-1].end :]])


def text(image: bytes, keyword: str) -> str | None:
    """Return the text of the first chunk with `keyword`, or None.

    Raises:
        ImageError: see `chunks`, and a text chunk that cannot be read.
    """
    for chunk in chunks(image):
        if _keyword(chunk) == keyword:
            return _text_of(chunk, keyword)
    return None


def texts(found: Iterable[Chunk]) -> tuple[dict[str, str], list[str]]:
    """Return the texts of chunks by keyword, and sentences about those that cannot be read.

    Where a keyword comes twice, the first text counts. All texts together hold at most 64 MiB.
    """
    read: dict[str, str] = {}
    unread: list[str] = []
    left = _LARGEST_TEXTS
    for chunk in found:
        keyword = _keyword(chunk)
        if not keyword or keyword in read:
            continue
        try:
            read[keyword] = _text_of(chunk, keyword, min(left, _LARGEST_TEXT))
        except ImageError as problem:
            unread.append(str(problem))
            left -= _LARGEST_TEXT
        else:
            left -= len(read[keyword])
        if left <= 0:
            unread.append(f"the texts of the PNG hold more than {_LARGEST_TEXTS:,} characters")
            break
    return read, unread


def _text_of(chunk: Chunk, keyword: str, most: int = _LARGEST_TEXT) -> str:
    rest = chunk.data[len(keyword) + 1 :]
    try:
        if chunk.kind == b"tEXt":
            return _plain(rest)
        if chunk.kind == b"zTXt":
            return _inflated(rest[1:], most).decode("latin-1")
        compressed = rest[0] == 1
        _, _, data = rest[2:].split(b"\0", 2)
        return (_inflated(data, most) if compressed else data).decode("utf-8")
    except (ValueError, IndexError, zlib.error) as problem:
        raise ImageError(f'the text "{keyword}" in the PNG cannot be read: {problem}') from None


def _plain(data: bytes) -> str:
    """Return the text of a tEXt chunk: Latin-1 by the specification, but some write UTF-8.

    stable-diffusion.cpp does. A text in Latin-1 that is also UTF-8 hardly says anything.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _inflated(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    result = inflater.decompress(data, max(most, 1))
    if inflater.unconsumed_tail:
        raise ValueError(f"it is longer than {most:,} bytes")
    if not inflater.eof:
        raise ValueError("it is cut short")
    return result
