import json
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from impasto.errors import ImageError
from impasto.images import metadata, png
from impasto.images.inspection import inspect
from webui import held, webui

CARRIERS = ["png", "jpeg", "webp"]
NASTY = [
    "a cat\nNegative prompt: a dog\nSteps: 20, Sampler: Euler, Seed: 1",
    'he said "hello, world" \\ and left',
    "Negative prompt: first line",
    "猫 😀 café\r\nzwei",
    "  leading and trailing  ",
    "",
]
TEXT = st.text(st.characters(exclude_characters="\0"), max_size=60) | st.sampled_from(NASTY)
PRINTABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
PRINTABLE |= st.sampled_from([*NASTY, "a\nleft: 1, right: 2, top: 3", "a\r\nb", "\n\n a"])
RECORD = st.fixed_dictionaries(
    {"prompt": TEXT},
    optional={
        "negative_prompt": TEXT,
        "parameters": st.dictionaries(TEXT, st.integers() | TEXT | st.booleans(), max_size=4),
        "template": TEXT,
        "styles": st.lists(TEXT, max_size=3),
    },
)


@pytest.fixture(scope="module")
def carriers(picture):
    return {kind: picture(kind) for kind in CARRIERS}


def pixels(data):
    with Image.open(BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


def comment(data):
    with Image.open(BytesIO(data)) as image:
        value = image.getexif().get_ifd(0x8769)[0x9286]
    assert value[:8] == b"UNICODE\0"
    return value[8:].decode("utf-16-be")


@pytest.mark.parametrize("kind", CARRIERS)
@given(record=RECORD)
def test_what_is_embedded_is_read_back_and_no_pixel_changes(carriers, kind, record):
    image = carriers[kind]
    embedded = metadata.embed(image, record)
    assert metadata.read(embedded) == record
    assert inspect(embedded).generation.prompt == record["prompt"]
    assert pixels(embedded) == pixels(image)


def infotext_in(data):
    """Return the text that the WebUI finds in an image, with Pillow."""
    with Image.open(BytesIO(data)) as image:
        return image.text["parameters"] if image.format == "PNG" else comment(data)


@pytest.mark.parametrize("kind", CARRIERS)
@given(prompt=PRINTABLE, negative=PRINTABLE)
def test_the_webui_reads_the_prompts_from_every_container(carriers, kind, prompt, negative):
    record = {"prompt": prompt, "negative_prompt": negative, "parameters": {"seed": 1}}
    found, unwanted, known = webui(infotext_in(metadata.embed(carriers[kind], record)))
    if "Negative prompt:" not in prompt + negative:
        assert (found, unwanted) == (held(prompt), held(negative))
    assert known["Seed"] == "1"


@pytest.mark.parametrize("kind", CARRIERS)
def test_embedding_twice_replaces(carriers, kind):
    once = metadata.embed(carriers[kind], {"prompt": "second"})
    twice = metadata.embed(
        metadata.embed(carriers[kind], {"prompt": "first"}), {"prompt": "second"}
    )
    assert metadata.read(twice) == {"prompt": "second"}
    if kind == "png":
        assert twice == once
    assert b"first" not in b"".join(c.data for c in png.chunks(twice)) if kind == "png" else True


@pytest.mark.parametrize("kind", CARRIERS)
def test_an_image_without_record_has_none(carriers, kind):
    assert metadata.read(carriers[kind]) is None


def test_a_png_keeps_every_other_chunk_and_what_follows_the_end(picture):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Software", "somebody")
    info.add_text("parameters", "old words", zip=True)
    info.add_itxt("impasto", "{}")
    image = picture("png", pnginfo=info, dpi=(72, 72)) + b"behind the end"
    embedded = metadata.embed(image, {"prompt": "new"})
    before = [c for c in png.chunks(image) if not c.data.startswith((b"parameters", b"impasto"))]
    after = [c for c in png.chunks(embedded) if not c.data.startswith((b"parameters", b"impasto"))]
    assert [(c.kind, c.data) for c in after] == [(c.kind, c.data) for c in before]
    assert embedded.endswith(b"behind the end")
    assert png.text(image, "parameters") == "old words"
    assert png.text(embedded, "parameters").startswith("new\n")


def test_other_tools_find_the_infotext(carriers):
    record = {
        "prompt": "a cat, 猫",
        "negative_prompt": "blurry",
        "model": "flux-dev",
        "parameters": {"width": 640, "height": 480, "seed": 7, "num_inference_steps": 20},
    }
    expected = "a cat, 猫\nNegative prompt: blurry\nSteps: 20, Seed: 7, Size: 640x480, Model: flux-dev, App: impasto"
    with Image.open(BytesIO(metadata.embed(carriers["png"], record))) as image:
        assert image.text["parameters"] == expected
        assert json.loads(image.text["impasto"]) == {"format": 1, **record}
    for kind in ("jpeg", "webp"):
        assert comment(metadata.embed(carriers[kind], record)) == expected


def test_plain_text_is_a_plain_chunk_and_other_scripts_are_not(carriers):
    def kind_of(prompt):
        embedded = metadata.embed(carriers["png"], {"prompt": prompt})
        return next(c.kind for c in png.chunks(embedded) if c.data.startswith(b"parameters\0"))

    assert kind_of("café") == b"tEXt"
    assert kind_of("猫") == b"iTXt"
    assert kind_of("Ã©") == b"iTXt", "as Latin-1 it would read as é in UTF-8"


@pytest.mark.parametrize("order", ["MM", "II"])
def test_exif_of_the_provider_stays(picture, order):
    exif = Image.Exif()
    exif.endian = ">" if order == "MM" else "<"
    exif[0x010F] = "Black Forest Labs of somewhere"
    exif[0x0131] = "AI generated;txt2img;flux"
    exif.get_ifd(0x8769)[0xA434] = "a lens with a long name"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0their old comment"
    image = picture("jpeg", exif=exif)
    embedded = metadata.embed(image, {"prompt": "猫"})
    with Image.open(BytesIO(embedded)) as opened:
        found = opened.getexif()
        assert found[0x010F] == "Black Forest Labs of somewhere"
        assert found[0x0131] == "AI generated;txt2img;flux"
        assert found.get_ifd(0x8769)[0xA434] == "a lens with a long name"
    assert comment(embedded).startswith("猫\n")
    assert metadata.read(embedded) == {"prompt": "猫"}


def test_a_cameras_maker_note_is_not_destroyed(picture):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = b"CAMERA with secrets"
    image = picture("jpeg", exif=exif)
    assert metadata.embed(image, {"prompt": "x"}) is image


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
def test_every_kind_of_webp_can_carry_the_record(picture, mode, lossless):
    image = picture("webp", mode=mode, lossless=lossless)
    embedded = metadata.embed(image, {"prompt": "x"})
    assert metadata.read(embedded) == {"prompt": "x"}
    assert pixels(embedded) == pixels(image)
    with Image.open(BytesIO(embedded)) as opened:
        assert opened.size == (48, 32)


def test_what_cannot_carry_the_record_comes_back_unchanged(picture):
    gif, jpeg = picture("gif"), picture("jpeg")
    assert metadata.embed(gif, {"prompt": "x"}) is gif
    assert metadata.read(gif) is None
    assert metadata.embed(jpeg, {"prompt": "x" * 70_000}) is jpeg


def test_a_sidecar_says_the_same():
    record = {"prompt": 'a "cat"\n猫', "parameters": {"seed": 1}}
    assert json.loads(metadata.sidecar(record)) == {"format": 1, **record}


def test_records_that_json_cannot_say_are_refused(carriers):
    with pytest.raises(ImageError, match="cannot be written as JSON"):
        metadata.embed(carriers["png"], {"prompt": {1, 2}})
    with pytest.raises(ImageError, match="cannot be written as JSON"):
        metadata.sidecar({"prompt": float("nan")})
    with pytest.raises(ImageError, match='"format" must be 1'):
        metadata.embed(carriers["png"], {"format": 2})


def test_a_lone_surrogate_survives(carriers):
    record = {"prompt": "half \ud83d of a pair"}
    for kind in CARRIERS:
        assert metadata.read(metadata.embed(carriers[kind], record)) == record


def test_damage_is_named(carriers):
    image = metadata.embed(carriers["png"], {"prompt": "x"})
    with pytest.raises(ImageError, match="PNG is cut short"):
        metadata.embed(image[:-5], {})
    at = image.index(b"impasto\0") + 20
    with pytest.raises(ImageError, match="bad checksum in iTXt"):
        metadata.read(image[:at] + b"?" + image[at + 1 :])
    with pytest.raises(ImageError, match="not an image"):
        metadata.read(b"<html>")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": 9}', "a newer impasto"),
        ("not json", "is no JSON"),
        ("[1]", "no JSON object"),
    ],
)
def test_a_foreign_record_is_named(carriers, text, words):
    image = png.with_texts(carriers["png"], {"impasto": text}, ())
    with pytest.raises(ImageError, match=words):
        metadata.read(image)


def test_a_compressed_text_that_swells_is_refused(carriers):
    bomb = zlib.compress(b"a" * 2**25)
    data = b"impasto\0\1\0\0\0" + bomb
    chunk = len(data).to_bytes(4, "big") + b"iTXt" + data
    chunk += zlib.crc32(b"iTXt" + data).to_bytes(4, "big")
    image = carriers["png"]
    with pytest.raises(ImageError, match="longer than"):
        metadata.read(image[:33] + chunk + image[33:])
