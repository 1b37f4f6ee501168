"""No image, however broken or mean, does anything but be read or be refused with an `ImageError`."""

from __future__ import annotations

import json
import random
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import features

from foreign import build, chunk, stealth
from impasto.errors import ImageError
from impasto.images import exif, jpeg, png, provenance, xmp
from impasto.images import stealth as hidden
from impasto.images.comfy.graph import MOST_NODES
from impasto.images.inspection import inspect
from impasto.images.jsontext import DEEPEST, loads

HERE = Path(__file__).parent
TOOLS = yaml.safe_load((HERE / "tools.yaml").read_text("utf-8"))
GRAPHS = yaml.safe_load((HERE / "graphs.yaml").read_text("utf-8"))
CASES = {case["name"]: case for case in TOOLS}
PARTS = ("texts", "outer", "inner", "xmp", "comment")


def image_of(name):
    case = CASES[name]
    return build(case.get("kind", "png"), **{p: case[p] for p in PARTS if p in case})


def survive(image):
    """Inspect an image and write down what it says; it may only be refused."""
    with suppress(ImageError):
        told = inspect(image)
        json.dumps(told.to_json(), allow_nan=False)


WHOLE = ["comfyui", "fooocus-jpeg", "a1111-webp", "a1111-gif", "midjourney-xmp", "a1111-avif"]


@pytest.mark.parametrize("name", WHOLE)
def test_cut_and_changed_images_are_read_or_refused(name):
    if name.endswith("avif") and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    image = image_of(name)
    draw = random.Random(name)
    for _ in range(150):
        survive(image[: draw.randrange(len(image))])
        changed = bytearray(image)
        for _ in range(draw.randrange(1, 6)):
            changed[draw.randrange(min(len(changed), 3_000))] = draw.randrange(256)
        survive(bytes(changed))


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data):
    survive(data)
    survive(png.SIGNATURE + data)


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"MM\0\x2a\0\0\0\x08", b"II\x2a\0\x08\0\0\0"])
)
def test_random_exif_is_read_or_told(data, head):
    tiff = head + data
    image = build()
    survive(image[:33] + chunk(b"eXIf", tiff) + image[33:])
    exif.tags(tiff)
    exif.written(tiff, "a", b"b")


@given(st.text(max_size=200), st.text(max_size=20))
def test_random_xmp_is_read(packet, name):
    xmp.value(packet, name)
    xmp.value(f"<exif:UserComment{packet}", "exif:UserComment")
    provenance.of(packet.encode("utf-8", "replace"), packet)
    provenance.of(b"claim_generator" + packet.encode("utf-8", "replace"), "")


def texts_of_cases():
    texts = [case["texts"] for case in TOOLS if "texts" in case]
    return texts + [{case.get("place", "prompt"): case["graph"]} for case in GRAPHS]


def mutated(value, draw):
    """Change something somewhere in a text, be it JSON or not."""
    text = value if isinstance(value, str) else json.dumps(value)
    pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        '"',
        "null",
        "NaN",
        "-1",
        "1e999",
        "[]",
        '"x"',
        "\\",
        "\n",
    ]
    for _ in range(draw.randrange(1, 4)):
        at = draw.randrange(len(text) + 1)
        text = text[:at] + draw.choice(pieces) + text[at + draw.randrange(3) :]
    return text


def swapped(value, draw):
    """Put a value of another type somewhere into a JSON value."""
    others = [None, True, -1, 1e308, "x", [], {}, [1, 2], ["3", 0], {"a": []}, [["6", 0]]]
    places = [(value, key) for key in value]
    for holder, key in places:
        inner = holder[key]
        keys = (
            inner
            if isinstance(inner, dict)
            else range(len(inner))
            if isinstance(inner, list)
            else ()
        )
        places += [(inner, one) for one in keys]
    holder, key = draw.choice(places)
    holder[key] = draw.choice(others)
    return value


@pytest.mark.parametrize("change", [mutated, swapped])
def test_changed_texts_are_read_or_told(change):
    draw = random.Random(change.__name__)
    for texts in texts_of_cases():
        for _ in range(40):
            fresh = json.loads(json.dumps(texts))
            if change is swapped:
                fresh = swapped(fresh, draw)
                fresh = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fresh.items()}
            else:
                fresh = {name: mutated(value, draw) for name, value in fresh.items()}
            survive(build(texts=fresh))


def test_a_text_that_swells_is_told():
    image = build()
    data = b"parameters\0\0" + zlib.compress(b"a" * 2**25)
    told = inspect(image[:33] + chunk(b"zTXt", data) + image[33:])
    assert told.generation is None
    assert "longer than" in told.unread[0]


def test_many_texts_that_swell_are_not_all_unpacked():
    image = build()
    packed = zlib.compress(b"a" * (2**24 - 1))
    swelling = b"".join(chunk(b"zTXt", b"k%d\0\0" % n + packed) for n in range(40))
    told = inspect(image[:33] + swelling + image[33:])
    assert any("the texts of the PNG hold more than" in sentence for sentence in told.unread)


def test_a_hidden_text_that_swells_is_told(monkeypatch):
    monkeypatch.setattr(hidden, "LARGEST", 1_000)
    told = inspect(stealth("a" * 5_000))
    assert told.generation is None
    assert "longer than" in told.unread[0]


def test_a_text_whose_packing_is_cut_short_is_told():
    image = build()
    packed = zlib.compress(random.Random(1).randbytes(500).hex().encode())[:-20]
    told = inspect(image[:33] + chunk(b"zTXt", b"parameters\0\0" + packed) + image[33:])
    assert (told.generation, "cut short" in told.unread[0]) == (None, True)


def test_what_is_beyond_a_limit_is_told(monkeypatch):
    monkeypatch.setattr(hidden, "MOST_PIXELS", 10)
    assert "more than 10 pixels" in inspect(build()).unread[0]
    node = {"class_type": "CLIPTextEncode", "inputs": {"text": "a"}}
    many = {str(n): node for n in range(MOST_NODES + 1)}
    assert any("nodes or more" in one for one in inspect(build(texts={"prompt": many})).unread)


def test_json_that_is_nested_too_deeply_is_told():
    with pytest.raises(ImageError, match="levels deep"):
        loads("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "it")
    told = inspect(build(texts={"prompt": '{"a":' * 10_000 + "1" + "}" * 10_000}))
    assert "nested more than" in told.unread[0]
    assert loads('["[[[[", "\\"]", NaN, 1e999]', "it") == ["[[[[", '"]', "NaN", "1e999"]


def test_what_is_no_number_is_no_number():
    record = {"seed": 10**400, "steps": "9" * 5_000, "cfg_scale": True, "positive_prompt": ["a"]}
    told = inspect(build(texts={"invokeai_metadata": record})).to_json()
    assert (told["steps"], told["cfg"], told["prompt"]) == (None, None, "")
    assert len(told["unread"]) == 3


def test_exif_in_a_jpeg_is_read_within_its_segment():
    image = build("jpeg", outer={0x010E: "x"})
    found = next(s for s in jpeg.segments(image) if s.data.startswith(jpeg.EXIF))
    wrong = image.replace(found.data, found.data[:-8] + b"\xff\xff\xff\x7f" * 2)
    survive(wrong)
