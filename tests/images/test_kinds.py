import zlib

import pytest

from impasto.errors import ImageError
from impasto.images import kinds

KINDS = ["png", "jpeg", "webp", "gif"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_image_is_accepted_and_named(picture, kind):
    data = picture(kind)
    assert kinds.sniff(data) == kind
    assert kinds.check(data) == kind


def test_variants_of_a_kind_are_accepted(picture):
    assert kinds.check(picture("jpeg", progressive=True, quality=95)) == "jpeg"
    assert kinds.check(picture("jpeg", restart_marker_blocks=1)) == "jpeg"
    assert kinds.check(picture("webp", lossless=True)) == "webp"
    assert kinds.check(picture("webp", mode="RGBA", lossless=True)) == "webp"
    assert kinds.check(picture("png", mode="P")) == "png"


def test_avif_is_accepted_and_a_cut_one_is_not(picture):
    features = pytest.importorskip("PIL.features")
    if not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    data = picture("avif")
    assert kinds.check(data) == "avif"
    for size in (40, len(data) // 2, len(data) - 1):
        with pytest.raises(ImageError, match=r"AVIF is cut short|AVIF is cut|not an image"):
            kinds.check(data[:size])


@pytest.mark.parametrize("kind", KINDS)
def test_every_cut_is_noticed(picture, kind):
    data = picture(kind)
    for size in range(1, len(data)):
        with pytest.raises(ImageError):
            kinds.check(data[:size])


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_bytes_behind_the_end_are_tolerated(picture, kind):
    assert kinds.check(picture(kind) + b"trailing") == kind


def test_a_flipped_bit_in_a_png_is_noticed(picture):
    data = bytearray(picture("png"))
    data[data.index(b"IDAT") + 20] ^= 1
    with pytest.raises(ImageError, match="bad checksum in IDAT at byte"):
        kinds.check(bytes(data))


def test_a_png_without_pixels_is_refused(picture):
    data = picture("png")
    end = b"\0\0\0\0IEND" + zlib.crc32(b"IEND").to_bytes(4, "big")
    with pytest.raises(ImageError, match="no pixels"):
        kinds.check(data[:33] + end)


def test_a_webp_with_a_wrong_length_is_refused(picture):
    data = picture("webp")
    longer = data[:4] + (len(data) + 100).to_bytes(4, "little") + data[8:]
    shorter = data[:4] + (len(data) // 2).to_bytes(4, "little") + data[8:]
    with pytest.raises(ImageError, match="WebP is cut short"):
        kinds.check(longer)
    with pytest.raises(ImageError, match="WebP is damaged"):
        kinds.check(shorter)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no bytes at all"),
        (b"<!DOCTYPE html><title>502</title>", "HTML page"),
        (b"\n  <html><body>Sorry</body></html>", "HTML page"),
        (b'{"error": "not found"}', "JSON"),
        (b"<?xml version='1.0'?><Error/>", "XML"),
        (b"hello there, no image here", "68 65 6c 6c 6f"),
    ],
)
def test_what_came_instead_of_an_image_is_named(data, words):
    assert kinds.sniff(data) is None
    with pytest.raises(ImageError, match=words):
        kinds.check(data)


def test_extensions():
    assert [kinds.extension(kind) for kind in ("png", "jpeg", "webp", "gif", "avif")] == [
        ".png",
        ".jpg",
        ".webp",
        ".gif",
        ".avif",
    ]
    with pytest.raises(ImageError, match='no file extension for "bmp"'):
        kinds.extension("bmp")


def test_pillow_is_not_needed(tmp_path):
    import subprocess
    import sys

    code = "import impasto.images.kinds, impasto.images.metadata, sys; print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
