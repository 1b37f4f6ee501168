"""`impasto rerun`: an image made again from what it says of itself."""

from __future__ import annotations

import json

import jsonschema
import pytest

from foreign import build
from impasto import jsonschemas
from impasto.images.metadata import embed, read

PROMPT = """\
---
variables: {subject: {}}
styles: [photorealistic/noir:0.5]
model: sdxl
parameters: {size: 256x320}
---
portrait of {{ subject }}, (rim light:1.2), a {red|blue} {hat|coat}
"""


def record(path):
    return read(path.read_bytes())


def dry(run, *args):
    """What would be sent, and what is said about it."""
    done = run("rerun", *args, "--dry-run")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture
def sailor(run, place):
    """An image that was made from a `.prompt` file."""
    (place / "sailor.prompt").write_text(PROMPT)
    args = ("--set", "subject=Ada (1815)", "--seed", 5, "-o", "a.png")
    assert run("generate", "-f", "sailor.prompt", *args).exit_code == 0
    return place / "a.png"


def test_our_image_comes_again_byte_for_byte(run, sailor, place):
    assert run("rerun", "a.png", "-o", "b.png").exit_code == 0
    assert (place / "b.png").read_bytes() == sailor.read_bytes()


def test_the_record_is_as_its_schema_says(sailor):
    whole = {"format": 1, **record(sailor)}
    jsonschema.validate(whole, jsonschemas.schema("image-record"))
    assert set(whole) <= set(jsonschemas.schema("image-record")["properties"])


def test_it_needs_nothing_but_the_image(run, sailor, place):
    (place / "sailor.prompt").unlink()
    assert run("rerun", "a.png", "-o", "b.png").exit_code == 0
    assert (place / "b.png").read_bytes() == sailor.read_bytes()
    assert "/" not in record(sailor)["template"]["name"]


@pytest.mark.parametrize(
    "args",
    [
        (
            "a (fox:1.2)",
            "--negative",
            "fog",
            "-s",
            "photorealistic/noir",
            "--seed",
            3,
            "-p",
            "steps=20",
        ),
        ("a {red|white} fox", "--seed", 3),
        ("a {{ what }}", "--set", "what=fox (red)", "--seed", 3),
    ],
)
def test_prompts_styles_choices_and_templates_come_again(run, place, args):
    assert run("generate", *args, "-p", "size=128x128", "-o", "a.png").exit_code == 0
    assert run("rerun", "a.png", "-o", "b.png").exit_code == 0
    assert (place / "b.png").read_bytes() == (place / "a.png").read_bytes()


def test_a_variable_and_the_seed_change_and_the_draw_stays(run, sailor, place):
    done = run("rerun", "a.png", "--set", "subject=Bob", "--set", "seed=9", "-o", "b.png")
    assert done.exit_code == 0, done.stderr
    before, after = record(sailor), record(place / "b.png")
    assert after["canonical"] == before["canonical"].replace(r"Ada \(1815\)", "Bob")
    assert (after["seed"], after["values"]) == (9, {"subject": "Bob"})
    assert after["styles"] == before["styles"]


def test_another_model_hears_its_own_variant(run, sailor):
    sent, said = dry(run, "a.png", "--model", "flux-dev")
    assert sent["model"] == "flux-dev"
    assert (
        "A black-and-white noir photograph" in sent["prompt"]
        or "noir photograph on" in sent["prompt"]
    )
    assert sent["guidance_scale"] != record(sailor)["parameters"]["guidance_scale"]
    assert sent["seed"] == 5
    assert "lost" in said


def test_a_change_is_a_variable_or_a_parameter(run, sailor):
    sent, _ = dry(run, "a.png", "--set", "steps=12", "--set", "negative=fog")
    assert (sent["num_inference_steps"], "fog" in sent["negative_prompt"]) == (12, True)
    sent, _ = dry(run, "a.png", "--set", "prompt=a {cat|dog}")
    assert sent["prompt"] in ("a cat", "a dog")
    wrong = run("rerun", "a.png", "--set", "subjct=x")
    assert wrong.exit_code == 2
    assert 'did you mean "subject"' in wrong.stderr


@pytest.mark.parametrize("foreign", [False, True])
def test_an_empty_prompt_is_refused(run, sailor, place, foreign):
    if foreign:
        (place / sailor).write_bytes(build(texts={"invokeai_metadata": {"positive_prompt": "a"}}))
    done = run("rerun", sailor, "--set", "prompt= ", "--dry-run")
    assert (done.exit_code, "the prompt cannot be empty" in done.stderr) == (2, True)


def test_what_was_sent_is_sent_though_a_style_has_changed(run, place):
    packs = place / "style_packs"
    packs.mkdir()
    pack = "format: 1\nname: own\ntitle: Own\nversion: 1.0.0\nlicense: MIT\nstyles:\n  x: {text: '{{ prompt }}, WORD'}\n"
    (packs / "own.yaml").write_text(pack.replace("WORD", "old ink"))
    made = run("generate", "a fox", "-s", "own/x", "--seed", 1, "-o", "a.png")
    assert made.exit_code == 0, made.stderr
    (packs / "own.yaml").write_text(pack.replace("WORD", "new ink"))
    sent, said = dry(run, "a.png")
    assert sent["prompt"] == "a fox, old ink"
    sent, said = dry(run, "a.png", "--model", "flux-dev")
    assert "old ink" in sent["prompt"]
    assert "changed since" in said


def test_the_seed_that_a_server_chose_is_asked_for(run, place):
    from impasto.images.metadata import embed

    told = {
        "model": "sdxl",
        "backend": "proof",
        "prompt": "a fox",
        "canonical": "a fox",
        "seed": 77,
    }
    (place / "a.png").write_bytes(embed(build(), told))
    assert dry(run, "a.png")[0]["seed"] == 77


WEBUI = (
    "a (cat:1.21), [dog], <lora:ink:0.5>\nNegative prompt: (blur:1.3)\n"
    "Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7, Seed: 5, Size: 832x1216, "
    "Model: sd_xl_base_1.0, Clip skip: 2, Version: v1.10.1"
)


def test_a_foreign_image_is_read_in_its_dialect_and_translated(run, place):
    (place / "a.png").write_bytes(build(texts={"parameters": WEBUI}))
    sent, said = dry(run, "a.png")
    assert sent["model"] == "stable-diffusion-xl"
    for part in ("a (cat:1.21)", "dog:0.909", "<lora:ink:0.5>"):
        assert part in sent["prompt"]
    assert sent["negative_prompt"] == "(blur:1.3)"
    assert (sent["seed"], sent["num_inference_steps"], sent["width"]) == (5, 20, 832)
    said = " ".join(said.split())
    assert 'made with "sd_xl_base_1.0", asking for stable-diffusion-xl' in said
    assert "sampler Euler a, scheduler Karras" in said
    assert "Clip skip" in said


def test_a_foreign_weight_means_the_same_elsewhere(run, place):
    graph = {
        "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "((a (fox:1.2))) BREAK snow"}},
        "2": {
            "class_type": "KSampler",
            "inputs": {
                "seed": 4,
                "steps": 9,
                "cfg": 5,
                "sampler_name": "euler",
                "positive": ["1", 0],
                "negative": ["1", 0],
            },
        },
    }
    (place / "a.png").write_bytes(build(texts={"prompt": graph}))
    sent, _ = dry(run, "a.png", "--model", "sdxl")
    # ComfyUI's inner number replaces the outer ones, and BREAK is a word to it.
    assert sent["prompt"] == "(a :1.21)(fox:1.2) break snow"


def test_same_tool_same_sampler_names(run, place):
    (place / "a.png").write_bytes(build(texts={"parameters": WEBUI}))
    sent, said = dry(run, "a.png", "--backend", "a1111")
    assert sent["sampler"] == "Euler a"
    assert "sampler" not in said


def test_an_unknown_model_is_said_to_be_a_guess(run, place):
    (place / "a.png").write_bytes(
        build(texts={"parameters": WEBUI.replace("sd_xl_base_1.0", "juggernaut")})
    )
    _, said = dry(run, "a.png")
    assert 'made with "juggernaut", asking for' in " ".join(said.split())


def test_a_foreign_image_is_made(run, place):
    text = WEBUI.replace("832x1216", "256x192")
    (place / "a.png").write_bytes(build(texts={"parameters": text}))
    done = run("rerun", "a.png", "-o", "b.png")
    assert done.exit_code == 0, done.stderr
    made = record(place / "b.png")
    assert made["given"]["dialect"] == "a1111"
    assert made["parameters"]["width"] == 256
    assert run("rerun", "b.png", "-o", "c.png").exit_code == 0
    assert (place / "c.png").read_bytes() == (place / "b.png").read_bytes()


TEMPLATE = "---\nvariables: {subject: {}}\n---\na {{ subject }}"


def test_a_template_with_a_name_that_no_file_has_is_read(run, place):
    record = {
        "model": "flux-dev",
        "backend": "proof",
        "prompt": "a fox",
        "canonical": "a fox",
        "given": {},
        "template": {"name": "a\0\n.prompt", "text": TEMPLATE},
        "values": {"subject": "fox"},
    }
    (place / "a.png").write_bytes(embed(build(), record))
    sent, _ = dry(run, "a.png", "--set", "subject=cat")
    assert sent["prompt"] == "a cat"


def test_what_says_nothing_cannot_be_made_again(run, place):
    (place / "a.png").write_bytes(build())
    done = run("rerun", "a.png")
    assert done.exit_code == 2
    assert "a.png says nothing of how it was made" in done.stderr
    (place / "a.png").write_bytes(build(texts={"invokeai_metadata": "{}"}))
    assert "says nothing of a prompt" in run("rerun", "a.png").stderr


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("sd_xl_base_1.0.safetensors", "stable-diffusion-xl"),
        ("OfficialStableDiffusion/sd_xl_base_1.0", "stable-diffusion-xl"),
        ("flux1-dev-bnb-nf4-v2", "flux-dev"),
        ("unet\\flux1-schnell.gguf", "flux-schnell"),
        ("midjourney-v7", "midjourney-v7"),
        ("corephoto_v3", None),
        ("juggernautXL_v8", None),
        ("", None),
    ],
)
def test_names_of_files_are_names_of_models(name, card):
    from impasto.cli.modelfiles import card_named

    found = card_named(name)
    assert (found.id if found else None) == card
