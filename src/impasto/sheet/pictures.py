"""Small pictures of images, whatever they are: no file is too large, odd or broken for a sheet."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from impasto.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.images.palette import RGB

_QUALITY = 78


def thumbnail(path: Path, edge: int, ground: RGB) -> Image.Image:
    """Return an image scaled down to fit `edge` pixels each way; what is clear shows `ground`.

    Raises:
        ImageError: it cannot be read, is damaged, or has more pixels than Pillow thinks safe.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                return _scaled(image, edge, ground)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f'"{path.name}" has too many pixels to be shown') from error
    except Exception as error:  # a decoder may raise anything on damaged pixels
        raise ImageError(f'"{path.name}" cannot be shown: {error}') from error


def _scaled(image: Image.Image, edge: int, ground: RGB) -> Image.Image:
    image.draft("RGB", (edge, edge))
    found = ImageOps.exif_transpose(image)
    found = found.convert("RGBA" if found.has_transparency_data else "RGB")
    found.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if found.mode == "RGB":
        return found
    paper = Image.new("RGB", found.size, ground)
    paper.paste(found, mask=found.getchannel("A"))
    return paper


def as_webp(image: Image.Image) -> bytes:
    """Return a picture as a small WebP."""
    file = BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
