"""Folders and requests that cannot be painted, and what is said of them."""

from __future__ import annotations

import json
import shutil

import pytest
from msgspec.structs import replace

from impasto.client import Client
from impasto.errors import GenerationFailed, InvalidRequest, ModerationRefused


@pytest.fixture
def copy(folder, tmp_path):
    """Return a copy of a tiny pipeline's folder that may be spoiled."""

    def make(kind):
        return shutil.copytree(folder(kind), tmp_path / kind)

    return make


@pytest.fixture
def fails(asked):
    """Paint with parameters that nobody checked before, and return the error."""

    def go(kind, *, error=InvalidRequest, **parameters):
        checked = asked(kind)
        said = replace(checked, parameters={**checked.parameters, **parameters})
        with Client("diffusers") as client, pytest.raises(error) as caught:
            client.generate(said)
        assert caught.value.backend == "diffusers"
        assert caught.value.billed == "no"
        return caught.value

    return go


@pytest.mark.parametrize(
    ("kind", "parameters", "message", "hint"),
    [
        ("sd", {"width": 60}, "a width that is a multiple of 8, not 60", ""),
        ("sd", {"width": 0}, "a width that is a multiple of 8, not 0", ""),
        ("flux", {"height": 72}, "a height that is a multiple of 16, not 72", ""),
        ("sd", {"guidance_rescal": 0.5}, 'no "guidance_rescal"', 'did you mean "guidance_rescale"'),
        ("sd", {"true_cfg_scale": 4}, 'no "true_cfg_scale"', "it takes checkpoint"),
        ("sd", {"device": "gpu"}, "'gpu' is no device", "cpu, cuda"),
        ("sd", {"dtype": "float17"}, "'float17' is no dtype", 'did you mean "float16"'),
        ("sd", {"n": 0}, '"n" is a whole number of images, not 0', ""),
        ("flux", {"max_sequence_length": 600}, "cannot be greater than 512", ""),
    ],
)
def test_parameters(kind, parameters, message, hint, fails):
    error = fails(kind, **parameters)
    assert message in error.message
    assert hint in error.hint


def test_a_folder_of_another_kind_than_the_model(fails, folder):
    error = fails("sdxl", checkpoint=str(folder("flux")))
    assert "holds a FluxPipeline, but Stable Diffusion XL is of the family sdxl" in error.message


def test_a_negative_prompt_that_flux_would_not_hear(said, folder):
    own = {"checkpoint": str(folder("flux")), "width": 64, "height": 64}
    with Client("diffusers") as client, pytest.raises(InvalidRequest, match="true_cfg_scale"):
        client.generate(said("a fox", "flux-dev", "diffusers", "blurry", own))


def test_a_dialect_that_is_not_read(said, folder):
    own = {"checkpoint": str(folder("sd")), "width": 64, "height": 64}
    with Client("diffusers") as client, pytest.raises(InvalidRequest) as caught:
        client.generate(said("a [fox:0.5]", "tiny-a1111", "diffusers", "", own))
    assert "prompts are in the dialect a1111" in caught.value.message
    assert "diffusers: {dialect: sd-embed}" in caught.value.hint


def test_memory_that_is_not_there(fails):
    error = fails("sd", width=1 << 21, height=1 << 21, error=GenerationFailed)
    assert "memory is full" in error.message
    assert "smaller size" in error.hint


def test_numbers_that_outgrow_the_dtype(paint, fails, painter, monkeypatch):
    paint("sd")
    weight = painter().vae.decoder.conv_out.weight
    before = weight.data.clone()
    weight.data.fill_(float("inf"))
    try:
        error = fails("sd", error=GenerationFailed)
    finally:
        weight.data.copy_(before)
    assert "is not a number" in error.message
    assert "dtype=float32" in error.hint


def test_a_bug_of_the_pipeline_is_told_as_one(paint, fails, painter, monkeypatch):
    paint("sd")

    def broken(*_, **__):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied\n(2x3 and 4x5)")

    monkeypatch.setattr(painter().scheduler, "step", broken)
    error = fails("sd", error=GenerationFailed)
    assert "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3" in error.message


def test_an_image_that_the_safety_checker_blackened(paint, fails, painter, monkeypatch):
    paint("sd")
    pipe = painter()
    black = [True]

    def checked(image, device, dtype):
        return image * 0, [black[0]] + [False] * (len(image) - 1)

    monkeypatch.setattr(pipe, "run_safety_checker", checked)
    error = fails("sd", error=ModerationRefused)
    assert (error.stage, "safety checker" in error.message) == ("output", True)
    assert paint("sd", n=3).others != ()
    assert len(paint("sd", n=2).others) == 0


def test_a_folder_without_its_weights(copy, fails):
    place = copy("sd")
    (place / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    error = fails("sd", checkpoint=str(place))
    assert "cannot be loaded" in error.message
    assert "whole folder" in error.hint


def test_weights_that_are_cut_short(copy, fails, paint):
    place = copy("sd")
    path = place / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:100_000])
    error = fails("sd", checkpoint=str(place), error=(GenerationFailed, InvalidRequest))
    assert f"the pipeline in {place} cannot be loaded" in error.message
    assert paint("sd").image


def test_pickles_are_not_opened(copy, fails):
    place = copy("sd")
    path = place / "unet" / "diffusion_pytorch_model.safetensors"
    path.rename(path.with_suffix(".bin"))
    assert "safetensors" in fails("sd", checkpoint=str(place)).message


def test_code_in_a_folder_is_not_run(copy, fails, tmp_path):
    place = copy("sd")
    (place / "unet" / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    index = json.loads((place / "model_index.json").read_text())
    index["unet"] = ["evil", "Evil"]
    (place / "model_index.json").write_text(json.dumps(index))
    fails("sd", checkpoint=str(place), error=(GenerationFailed, InvalidRequest))
    assert not (tmp_path / "ran").exists()


def test_a_folder_of_halves_only_is_loaded(made, tmp_path, paint):
    made("sd").save_pretrained(tmp_path / "half", variant="fp16")
    assert paint("sd", checkpoint=str(tmp_path / "half")).image == paint("sd").image


def test_another_dtype_is_another_image(paint):
    assert paint("sd", dtype="bfloat16").image != paint("sd").image
