from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.client.backends import novelai
from impasto.errors import (
    AuthError,
    BackendDown,
    InvalidRequest,
    ProtocolError,
    QuotaError,
    RateLimited,
)


def packed(*files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def answered(acts, data):
    return acts.answer(200, data, kind="binary/octet-stream")


def test_the_way_of_a_request(client, acts, api, said):
    many = [(f"image_{n}.png", acts.png(colour=(n, 0, 0))) for n in (1, 10, 0)]
    api.plays(answered(acts, packed(*many)))
    asked = said(
        model="nai-diffusion-4-5-full",
        prompt="1girl, fox ears",
        parameters={"width": 1024, "height": 1024, "guidance_scale": 6, "seed": 3, "n": 3},
    )
    found = client.generate(asked, backend="novelai", base_url=api.url)
    got = [found.image, *(other.data for other in found.others)]
    assert got == [acts.png(colour=(n, 0, 0)) for n in (0, 1, 10)]
    assert found.seed == 3
    seen = api.seen[0]
    assert seen.path == "/ai/generate-image"
    assert seen.headers["authorization"].startswith("Bearer ")
    order = {"use_coords": False, "use_order": True}
    assert seen.json == {
        "input": "1girl, fox ears",
        "model": "nai-diffusion-4-5-full",
        "action": "generate",
        "parameters": {
            "width": 1024,
            "height": 1024,
            "scale": 6,
            "sampler": "k_euler_ancestral",
            "steps": 23,
            "n_samples": 3,
            "cfg_rescale": 0,
            "noise_schedule": "karras",
            "qualityToggle": False,
            "seed": 3,
            "negative_prompt": "low quality, blurry, deformed",
            "v4_prompt": {
                "caption": {"base_caption": "1girl, fox ears", "char_captions": []},
                **order,
            },
            "v4_negative_prompt": {
                "caption": {
                    "base_caption": "low quality, blurry, deformed",
                    "char_captions": [],
                }
            },
        },
    }


def test_an_older_model_and_a_seed_that_is_drawn(client, acts, api, said):
    api.plays(answered(acts, packed(("image_0.png", acts.PNG))))
    asked = said(model="nai-diffusion-3", parameters={"seed": -1})
    found = client.generate(asked, backend="novelai", base_url=api.url)
    sent = api.seen[0].json["parameters"]
    assert found.seed == sent["seed"]
    assert 1 <= found.seed < 1 << 32
    assert "v4_prompt" not in sent


def test_no_path_of_the_zip_is_used(client, acts, api, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    api.plays(answered(acts, packed(("dir/", b""), ("../../etc/x.png", acts.PNG))))
    found = client.generate(said(), backend="novelai", base_url=api.url)
    assert (found.image, found.others) == (acts.PNG, ())
    assert list(tmp_path.iterdir()) == []


def bad_checksum(data):
    at = data.index(b"\x89PNG") + 60
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def encrypted(data):
    """Set the flag of encryption in both headers of a zip of one file."""
    local, central = data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8
    flagged = bytearray(data)
    for at in (local, central):
        struct.pack_into("<H", flagged, at, 1)
    return bytes(flagged)


@pytest.mark.parametrize("harm", ["cut", "empty", "checksum", "encrypted", "no image"])
def test_a_zip_that_cannot_be_used(client, acts, api, said, harm):
    whole = packed(("image_0.png", acts.PNG), method=zipfile.ZIP_STORED)
    api.plays(
        answered(
            acts,
            {
                "cut": whole[:-30],
                "empty": packed(),
                "checksum": bad_checksum(whole),
                "encrypted": encrypted(whole),
                "no image": packed(("image_0.png", b"hello")),
            }[harm],
        )
    )
    with pytest.raises(ProtocolError) as caught:
        client.generate(said(), backend="novelai", base_url=api.url)
    assert caught.value.billed == "yes"


def test_a_zip_of_too_much(acts, monkeypatch):
    with pytest.raises(ProtocolError, match="17 files"):
        novelai.unpacked(packed(*((f"{n}.png", acts.PNG) for n in range(17))))
    monkeypatch.setattr(novelai, "MAX_IMAGE", 1 << 20)
    with pytest.raises(ProtocolError, match="more than 1 MiB"):
        novelai.unpacked(packed(("a.png", bytes((1 << 20) + 1))))
    monkeypatch.setattr(novelai, "UNPACKED", 1 << 20)
    with pytest.raises(ProtocolError, match="more than"):
        novelai.unpacked(packed(("a.png", bytes(1 << 19)), ("b.png", bytes((1 << 19) + 1))))


def test_a_table_of_contents_that_is_too_large(acts):
    with pytest.raises(ProtocolError, match="table of contents"):
        novelai.unpacked(packed(*((f"{n}.png", b"") for n in range(400))))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_bombs_use(acts, method):
    with pytest.raises(ProtocolError, match="not taken"):
        novelai.unpacked(packed(("a.png", acts.PNG), method=method))


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_whatever_comes_is_unpacked_or_refused(head, tail):
    data = packed(("a.png", head))
    for text in (data[: len(tail)] + tail + data[2 * len(tail) :], data + tail, head + tail):
        with suppress(ProtocolError):
            assert all(isinstance(file, bytes) for file in novelai.unpacked(text))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidRequest),
        (401, AuthError),
        (402, QuotaError),
        (403, AuthError),
        (404, InvalidRequest),
        (429, RateLimited),
        (500, BackendDown),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, error):
    body = {"statusCode": status, "message": "as the server says"}
    api.plays(acts.answer(status, body, {"retry-after": "300"}))
    with pytest.raises(error, match="as the server says"):
        client.generate(said(), backend="novelai", base_url=api.url)
    assert len(api.seen) == 1


def test_a_call_beside_another_waits_its_turn(client, acts, api, said):
    busy = acts.answer(429, {"message": "Concurrent generation is locked"})
    api.plays(busy, busy, answered(acts, packed(("image_0.png", acts.PNG))))
    assert client.generate(said(), backend="novelai", base_url=api.url).kind == "png"
    assert len(client.sleeps) == 2


@pytest.mark.parametrize(
    ("act", "error"), [("hang_up", BackendDown), ("cut", BackendDown), ("html", ProtocolError)]
)
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="novelai", base_url=api.url)
    assert caught.value.billed == "maybe"
