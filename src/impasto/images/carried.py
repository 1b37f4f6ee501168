"""What an image file carries beside its pixels, taken out of its container and not yet understood.

PNG: the text chunks, eXIf, caBX. JPEG: Exif and XMP (APP1), JUMBF (APP11), the comment. WebP: the
chunks EXIF, XMP and C2PA. GIF: the comment. AVIF: the items Exif and XMP of the box `meta`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.images import avif, exif, gif, jpeg, kinds, png, webp

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.images.kinds import Kind

XMP_KEYWORD = "XML:com.adobe.xmp"
"""The keyword of the PNG text that is an XMP packet."""
COMMENT = "comment"
"""The key of the comment of a JPEG or GIF among the texts."""

_XMP_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0"
_APP1, _APP11, _COM = 0xE1, 0xEB, 0xFE


class Carried(NamedTuple):
    """The metadata of an image: texts by keyword, Exif tags, XMP, a C2PA manifest.

    `outer` are the tags of the image itself, `inner` those of the Exif part. `unread` are
    sentences about what could not be taken out.
    """

    kind: Kind
    texts: dict[str, str]
    outer: dict[int, str]
    inner: dict[int, str]
    xmp: str
    manifest: bytes
    unread: tuple[str, ...]

    @property
    def comment(self) -> str:
        """The user comment of Exif, where WebUIs write; "" if there is none."""
        return self.inner.get(exif.USER_COMMENT, "")

    @property
    def infotext(self) -> str:
        """The text in the place where A1111 writes it; "" if there is none."""
        return self.texts.get("parameters") or self.comment or self.texts.get(COMMENT, "")

    @property
    def software(self) -> str:
        """What the image calls the program that wrote it."""
        return self.texts.get("Software") or self.outer.get(exif.SOFTWARE, "")


class _Blocks(NamedTuple):
    """The blocks of a file: texts, TIFF data, XMP, manifest, and what could not be read."""

    texts: dict[str, str]
    tiff: bytes | None = None
    xmp: str = ""
    manifest: bytes = b""
    unread: tuple[str, ...] = ()


def collect(image: bytes) -> Carried:
    """Return what `image` carries.

    Raises:
        ImageError: no image, an image cut short or damaged.
    """
    kind = kinds.check(image)
    found = _BLOCKS[kind](image)
    tags = exif.tags(found.tiff) if found.tiff else exif.Tags({}, {})
    unread = found.unread if tags else (*found.unread, "its Exif data is damaged")
    outer, inner = tags or exif.Tags({}, {})
    return Carried(kind, found.texts, outer, inner, found.xmp, found.manifest, unread)


def _png(image: bytes) -> _Blocks:
    chunks = png.chunks(image)
    texts, unread = png.texts(chunks)
    tiff = next((chunk.data for chunk in chunks if chunk.kind == b"eXIf"), None)
    manifest = b"".join(chunk.data for chunk in chunks if chunk.kind == b"caBX")
    return _Blocks(texts, tiff, texts.pop(XMP_KEYWORD, ""), manifest, tuple(unread))


def _jpeg(image: bytes) -> _Blocks:
    segments = jpeg.segments(image)
    texts: dict[str, str] = {}
    xmp = ""
    for segment in segments:
        if segment.marker == _COM and segment.data:
            texts.setdefault(COMMENT, segment.data.decode("utf-8", "replace").rstrip("\0"))
        elif segment.marker == _APP1 and segment.data.startswith(_XMP_SEGMENT) and not xmp:
            xmp = segment.data[len(_XMP_SEGMENT) :].decode("utf-8", "replace")
    manifest = b"".join(s.data for s in segments if s.marker == _APP11 and s.data[:2] == b"JP")
    return _Blocks(texts, jpeg.exif(image), xmp, manifest)


def _webp(image: bytes) -> _Blocks:
    chunks = {chunk.kind: chunk.data for chunk in webp.chunks(image)}
    xmp = chunks.get(b"XMP ", b"").decode("utf-8", "replace")
    return _Blocks({}, webp.exif(image), xmp, chunks.get(b"C2PA", b""))


def _gif(image: bytes) -> _Blocks:
    comment = gif.comment(image)
    return _Blocks({COMMENT: comment} if comment else {})


def _avif(image: bytes) -> _Blocks:
    found = avif.metadata(image)
    return _Blocks({}, found.tiff, found.xmp, found.manifest, found.unread)


_BLOCKS: dict[Kind, Callable[[bytes], _Blocks]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "gif": _gif,
    "avif": _avif,
}
