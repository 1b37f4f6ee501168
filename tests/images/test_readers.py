"""What tools write is read, from containers of every kind; the cases are data."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from PIL import Image, features

from foreign import build, stealth
from impasto.images import png, readers
from impasto.images.inspection import inspect
from impasto.images.metadata import embed

CASES = yaml.safe_load((Path(__file__).parent / "tools.yaml").read_text("utf-8"))
PARTS = ("texts", "outer", "inner", "xmp", "comment")


def made(case):
    return build(case.get("kind", "png"), **{p: case[p] for p in PARTS if p in case})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_tool_wrote_is_read(case):
    if case.get("kind") == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    told = inspect(made(case)).to_json()
    assert {name: told[name] for name in case["expect"]} == case["expect"]
    json.dumps(told, allow_nan=False)


def test_every_tool_has_a_case():
    tools = {case["expect"]["tool"] for case in CASES if "tool" in case["expect"]}
    modules = {reader.__name__.rpartition(".")[2] for reader in readers.readers()}
    assert modules - tools == {"impasto"}


def test_damaged_metadata_are_told_and_the_next_reader_is_asked():
    told = inspect(build(texts={"parameters": '{"sui_image_params": {"prompt": }}'}))
    assert told.generation is None
    assert "the JSON of SwarmUI is no JSON" in told.unread[0]
    both = inspect(
        build(
            texts={
                "invokeai_metadata": "{broken",
                "parameters": "a\nSteps: 1, Seed: 2, CFG scale: 3",
            }
        )
    )
    assert both.generation.seed == 2
    assert "invokeai_metadata is no JSON" in both.unread[0]


RECORD = {
    "model": "flux-dev",
    "backend": "bfl",
    "prompt": "a fox",
    "parameters": {"num_inference_steps": 20, "width": 640, "height": 480, "guidance_scale": 3.5},
    "seed": 4,
}


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_our_record_comes_before_the_infotext(kind):
    prompt = "a fox\nNegative prompt: not that\n  left: 1, right: 2, top: 3"
    told = inspect(embed(build(kind), {**RECORD, "prompt": prompt}))
    made = told.generation
    assert (made.tool, made.prompt, made.negative_prompt) == ("impasto", prompt, "")
    assert (made.seed, made.steps, made.cfg, made.width) == (4, 20, 3.5, 640)
    assert made.dialect == "plain"
    assert made.record == {**RECORD, "prompt": prompt}


def test_our_infotext_alone_is_ours_too():
    image = embed(build(), {"prompt": "a (fox:1.2)", "parameters": {"seed": 3}})
    made = inspect(build(texts={"parameters": png.text(image, "parameters")})).generation
    assert (made.tool, made.prompt, made.seed, made.record) == ("impasto", "a (fox:1.2)", 3, None)


INFOTEXT = "a (cat:1.2), 猫\nNegative prompt: dog\nSteps: 20, Sampler: Euler, Seed: 9, CFG scale: 7"


@pytest.mark.parametrize("alpha", [True, False])
@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_texts_hidden_in_pixels_are_found(alpha, compressed, kind):
    told = inspect(stealth(INFOTEXT, alpha=alpha, compressed=compressed, kind=kind))
    assert told.hidden
    assert (told.generation.prompt, told.generation.seed) == ("a (cat:1.2), 猫", 9)
    assert told.unread == ()


def test_novelais_hidden_texts_are_novelais():
    case = next(case for case in CASES if case["name"] == "novelai")
    texts = {**case["texts"], "Comment": json.dumps(case["texts"]["Comment"])}
    told = inspect(stealth(json.dumps(texts)))
    assert told.hidden
    assert (told.generation.tool, told.generation.seed) == ("novelai", 2253955223)


def test_a_hidden_text_that_is_cut_is_told():
    with Image.open(BytesIO(stealth("x" * 40, compressed=False))) as opened:
        cut = opened.crop((0, 0, 3, opened.height))
    file = BytesIO()
    cut.save(file, "PNG")
    told = inspect(file.getvalue())
    assert (told.generation, told.unread) == (None, ("the text hidden in its pixels is cut short",))


def text(value, width):
    """A CBOR text whose length takes `width` bytes, 0 for the short form."""
    data = value.encode()
    head = bytes([0x60 + len(data)]) if not width else bytes([0x77 + width, len(data)])
    return head + data


MANIFEST = b"jumbc2pa" + b"".join(
    (
        text("claim_generator", 0) + text("OpenAI-API c2pa-rs/0.31.3", 1),
        text("action", 0) + text("c2pa.created", 0),
        text("softwareAgent", 0) + text("DALL\u00b7E", 0),
        text("digitalSourceType", 0)
        + text("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", 1),
    )
)


def test_a_newer_manifest_names_its_program_in_a_map():
    info = b"\xa2" + text("name", 0) + text("ChatGPT", 0) + text("version", 0) + text("1", 0)
    manifest = b"jumbc2pa" + text("claim_generator_info", 0) + info
    assert inspect(build(manifest=manifest)).provenance.generator == "ChatGPT"


def test_a_signed_image_says_so():
    told = inspect(build(manifest=MANIFEST))
    assert told.generation is None
    assert told.to_json()["provenance"] == {
        "c2pa": True,
        "generator": "OpenAI-API c2pa-rs/0.31.3",
        "agent": "DALL\u00b7E",
        "source_type": "trainedAlgorithmicMedia",
    }
    assert "not verified" in told.provenance.sentence()
