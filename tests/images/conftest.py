from io import BytesIO

import pytest
from PIL import Image


@pytest.fixture(scope="session")
def picture():
    """Return a small picture as the bytes of a kind that Pillow can write."""
    image = Image.effect_mandelbrot((48, 32), (-2, -1.2, 1, 1.2), 50).convert("RGB")

    def encoded(kind, mode="RGB", **options):
        file = BytesIO()
        image.convert(mode).save(file, kind, **options)
        return file.getvalue()

    return encoded
