"""What kind of image some bytes are, and whether they are all there. No decoding, no Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from impasto.errors import ImageError
from impasto.images import gif, jpeg, png, webp

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["png", "jpeg", "webp", "gif", "avif"]

_EXTENSIONS = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "gif": ".gif", "avif": ".avif"}
_AVIF_BRANDS = {b"avif", b"avis"}


def sniff(data: bytes) -> Kind | None:
    """Return the kind of image that `data` begins like, or None."""
    if data.startswith(png.SIGNATURE):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "gif"
    if data[4:8] == b"ftyp" and _brands(data) & _AVIF_BRANDS:
        return "avif"
    return None


def _brands(data: bytes) -> set[bytes]:
    """Return the brands of an ISO media file: the major one and the compatible ones."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 256)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def extension(kind: str) -> str:
    """Return the file extension of a kind, with its dot: ".jpg" for "jpeg".

    Raises:
        ImageError: `kind` is none that `sniff` returns.
    """
    try:
        return _EXTENSIONS[kind]
    except KeyError:
        known = ", ".join(_EXTENSIONS)
        raise ImageError(f'no file extension for "{kind}"; the known kinds are {known}') from None


def check(data: bytes) -> Kind:
    """Return the kind of image that `data` holds from its first to its last byte.

    Raises:
        ImageError: the bytes are no image of a known kind, or the image is cut short or damaged.
    """
    kind = sniff(data)
    if kind is None:
        raise ImageError(f"not an image: {_described(data)}")
    _CHECKS[kind](data)
    return kind


def _described(data: bytes) -> str:
    if not data:
        return "there are no bytes at all"
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return f"this is an HTML page ({len(data):,} bytes)"
    if start.startswith((b"{", b"[")):
        return f"this looks like JSON ({len(data):,} bytes)"
    if start.startswith((b"<?xml", b"<svg", b"<error")):
        return f"this is XML ({len(data):,} bytes)"
    return (
        f"{len(data):,} bytes that start with {data[:8].hex(' ')}, no PNG, JPEG, WebP, GIF or AVIF"
    )


def _check_avif(data: bytes) -> None:
    """Walk the top-level boxes: they must end where the file ends, with pixels among them."""
    at, found = 0, set()
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        size = size or len(data) - at
        if size < 8 or at + size > len(data):
            raise ImageError(f"the AVIF is cut short or damaged: the box at byte {at:,} has no end")
        found.add(data[at + 4 : at + 8])
        at += size
    if not {b"meta", b"mdat"} <= found:
        raise ImageError(f"the AVIF is cut short: no picture in {len(data):,} bytes")


_CHECKS: dict[Kind, Callable[[bytes], object]] = {
    "png": png.chunks,
    "jpeg": jpeg.segments,
    "webp": webp.chunks,
    "gif": gif.check,
    "avif": _check_avif,
}
