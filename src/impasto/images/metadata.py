"""What made an image, written into the image: the record, and the infotext for other tools.

No pixel is decoded and no byte of the provider's image is lost, so signatures and colour profiles
stay as they came. Where the record goes:

- PNG: the text chunk `impasto` (iTXt, JSON) and the text chunk `parameters` (infotext);
- JPEG, WebP: the Exif tag MakerNote ("impasto", a zero byte, JSON) and UserComment (infotext);
- other images: nowhere; write `sidecar(record)` beside the file.

The JSON is an object: the record's own keys and "format", which is 1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from impasto.errors import ImageError
from impasto.images import exif, jpeg, jsontext, kinds, png, webp
from impasto.images.infotext import infotext

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMAT", "embed", "infotext", "parsed", "read", "sidecar"]

FORMAT = 1


def sidecar(record: Mapping[str, object]) -> str:
    """Return the record as the JSON text of a file beside the image.

    Raises:
        ImageError: the record holds something that JSON cannot say, or another "format".
    """
    return _json(record, indent=2) + "\n"


def embed(image: bytes, record: Mapping[str, object]) -> bytes:
    """Return `image` with `record` in it; an older record is replaced.

    Of the record, "prompt", "negative_prompt" and "parameters" also make the infotext. The same
    object comes back where the image cannot carry the record: a GIF or AVIF, a JPEG whose record
    is longer than the 65,533 bytes of a segment, Exif with a camera's maker note or beyond repair.
    Then write `sidecar(record)`.

    Raises:
        ImageError: no image, an image cut short or damaged, or a record that JSON cannot say.
    """
    kind = kinds.check(image)
    text = _json(record)
    info = _infotext_of(record)
    if kind == "png":
        return png.with_texts(image, {"parameters": info, "impasto": text}, ["impasto"])
    if kind not in {"jpeg", "webp"}:
        return image
    container = jpeg if kind == "jpeg" else webp
    tiff = exif.written(container.exif(image), info, text.encode())
    return (container.with_exif(image, tiff) if tiff else None) or image


def read(image: bytes) -> dict[str, object] | None:
    """Return the record that `embed` wrote, without "format"; None if there is none.

    Raises:
        ImageError: no image, an image cut short or damaged, or a record of a newer format.
    """
    kind = kinds.check(image)
    if kind == "png":
        text = png.text(image, "impasto")
        return None if text is None else parsed(text)
    if kind not in {"jpeg", "webp"}:
        return None
    tiff = jpeg.exif(image) if kind == "jpeg" else webp.exif(image)
    data = exif.record(tiff) if tiff else None
    return parsed(data.decode("utf-8", "replace")) if data else None


def _json(record: Mapping[str, object], indent: int | None = None) -> str:
    if record.get("format", FORMAT) != FORMAT:
        raise ImageError(
            f'the record\'s key "format" must be {FORMAT} or absent: it says how to read it'
        )
    try:
        text = json.dumps(
            {"format": FORMAT, **record}, ensure_ascii=False, allow_nan=False, indent=indent
        )
    except (TypeError, ValueError) as problem:
        raise ImageError(f"the record cannot be written as JSON: {problem}") from None
    # A lone surrogate has no UTF-8; its escape is also its JSON.
    return text.encode("utf-8", "backslashreplace").decode()


def _infotext_of(record: Mapping[str, object]) -> str:
    parameters = record.get("parameters")
    known = cast("dict[str, object]", parameters) if isinstance(parameters, dict) else {}
    if record.get("model"):
        known = {"model": record["model"], **known}
    return infotext(
        str(record.get("prompt") or ""), str(record.get("negative_prompt") or ""), known
    )


def parsed(text: str) -> dict[str, object]:
    """Return the record that a text is, without "format".

    Raises:
        ImageError: it is no record, or one of a newer format.
    """
    what = 'the record "impasto" in the image'
    found = jsontext.mapping(text, what)
    if found.pop("format", None) != FORMAT:
        raise ImageError(
            f"{what} has a format other than {FORMAT}; a newer impasto may be able to read it"
        )
    return found
