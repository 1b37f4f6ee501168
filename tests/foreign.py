"""Images as other tools write them, built from what the cases say is in them."""

from __future__ import annotations

import gzip
import json
import zlib
from io import BytesIO

from PIL import Image

from impasto.images import png

XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description>{}'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def picture(size=(16, 12), mode="RGB"):
    return Image.effect_noise(size, 64).convert(mode)


def text(value):
    """A text as a file holds it: objects of a case are JSON there."""
    return value if isinstance(value, str) else json.dumps(value)


def chunk(kind, data):
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + checksum.to_bytes(4, "big")


def build(kind="png", *, texts=None, outer=None, inner=None, xmp="", manifest=b"", comment=""):
    """An image of a kind with PNG texts, Exif tags, XMP properties, a manifest, a comment."""
    exif = Image.Exif()
    for tag, value in (outer or {}).items():
        exif[tag] = text(value)
    for tag, value in (inner or {}).items():
        exif.get_ifd(0x8769)[tag] = b"UNICODE\0" + text(value).encode("utf-16-be")
    options = {"exif": exif.tobytes()} if outer or inner else {}
    packet = XMP.format(xmp).encode() if xmp else b""
    if packet and kind in ("webp", "jpeg"):
        options["xmp"] = packet
    if comment:
        options["comment"] = comment.encode()
    file = BytesIO()
    picture().save(file, kind, **options)
    data = file.getvalue()
    if kind != "png":
        return data
    written = {name: text(value) for name, value in (texts or {}).items()}
    if packet:
        written["XML:com.adobe.xmp"] = packet.decode()
    data = png.with_texts(data, written, ["XML:com.adobe.xmp"])
    return data[:33] + chunk(b"caBX", manifest) + data[33:] if manifest else data


def stealth(content, *, alpha=True, compressed=True, kind="png", size=(96, 80)):
    """An image with a text hidden in its pixels, bit for bit as the extension of the WebUI does."""
    image = picture(size, "RGBA" if alpha else "RGB")
    pixels = image.load()
    data = gzip.compress(content.encode()) if compressed else content.encode()
    name = f"stealth_{'png' if alpha else 'rgb'}{'comp' if compressed else 'info'}"
    payload = name.encode() + (len(data) * 8).to_bytes(4, "big") + data
    bits = [byte >> shift & 1 for byte in payload for shift in range(7, -1, -1)]
    step = 1 if alpha else 3
    for number, at in enumerate(range(0, len(bits), step)):
        x, y = divmod(number, size[1])
        values = list(pixels[x, y])
        for offset, bit in enumerate(bits[at : at + step]):
            place = 3 if alpha else offset
            values[place] = values[place] & ~1 | bit
        pixels[x, y] = tuple(values)
    file = BytesIO()
    image.save(file, kind, **({"lossless": True, "exact": True} if kind == "webp" else {}))
    return file.getvalue()
