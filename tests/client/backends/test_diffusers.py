"""The backend diffusers as far as it goes without torch; tests/client/pipelines has the rest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from impasto import translate
from impasto.client.backends.diffusers import Diffusers
from impasto.errors import InvalidRequest
from impasto.models import load_model, registry

PAGE = Path(__file__).parents[3] / "docs" / "diffusers.md"


@pytest.fixture
def ask(client):
    """Ask for an image and return the error."""

    def go(**parameters):
        said = translate("a red fox", "sdxl", "diffusers", parameters=parameters)
        with pytest.raises(InvalidRequest) as caught:
            client.generate(said, backend="diffusers")
        assert (caught.value.billed, caught.value.backend) == ("no", "diffusers")
        return caught.value

    return go


@pytest.fixture
def pipeline(tmp_path):
    """Write the index of a pipeline and return its folder."""

    def write(text):
        (tmp_path / "model_index.json").write_text(text)
        return str(tmp_path)

    return write


def test_a_file_is_no_folder(ask, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    error = ask(checkpoint=str(tmp_path / "model.safetensors"))
    assert "is a file; diffusers loads a pipeline from a folder" in error.message
    assert "convert_original_stable_diffusion_to_diffusers" in error.hint


@pytest.mark.parametrize("text", [None, "", "[]", "{}", "not json"])
def test_a_folder_without_a_pipeline(text, ask, tmp_path, pipeline):
    if text is not None:
        pipeline(text)
    error = ask(checkpoint=str(tmp_path))
    assert f"{tmp_path} holds no pipeline" in error.message
    assert error.fields == {"checkpoint": "no pipeline"}


def test_a_pipeline_of_another_class(ask, pipeline):
    folder = pipeline(json.dumps({"_class_name": "CogVideoXPipeline"}))
    error = ask(checkpoint=folder)
    assert "holds a CogVideoXPipeline, which is not run here" in error.message
    assert "StableDiffusionXLPipeline" in error.hint


def test_a_pipeline_of_another_family(ask, pipeline):
    error = ask(checkpoint=pipeline(json.dumps({"_class_name": "FluxPipeline"})))
    assert "Stable Diffusion XL is of the family sdxl" in error.message


def test_without_the_extra_it_says_how_to_install_it(ask, pipeline, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    folder = pipeline(json.dumps({"_class_name": "StableDiffusionXLPipeline"}))
    error = ask(checkpoint=folder)
    assert "needs the package torch, which is not installed" in error.message
    assert "pip install 'impasto[diffusers]'" in error.hint


def test_an_extra_that_is_broken(ask, pipeline, monkeypatch, tmp_path):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise OSError('libcudart.so: cannot open')")
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    error = ask(checkpoint=pipeline(json.dumps({"_class_name": "StableDiffusionXLPipeline"})))
    assert "torch cannot be imported: libcudart.so: cannot open" in error.message


def test_weights_reach_it_in_the_dialect_of_its_embeddings():
    found = translate("a (red:1.3) fox, [snow]", "sdxl", "diffusers")
    assert (found.dialect, found.losses) == ("sd-embed", ())
    assert "(red:1.3)" in found.prompt


def test_one_at_a_time(client):
    assert client.open(backend="diffusers", concurrency=8).concurrency == Diffusers.at_once == 1
    assert client.open(backend="proof", concurrency=8).concurrency == 8


def test_naming_it_loads_nothing_heavy():
    code = (
        "import sys; from impasto.client import backends; backends.backend('diffusers');"
        "print({'torch', 'diffusers', 'transformers', 'numpy', 'PIL', 'httpx'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "set()"


def test_the_cards_of_the_page_are_cards(tmp_path):
    cards = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "mine.yaml").write_text("".join(cards), encoding="utf-8")
    registry.use([tmp_path])
    try:
        old, dreamy, flux = (
            load_model(name).for_backend("diffusers") for name in ("sd-1.5", "dreamy", "flux-dev")
        )
    finally:
        registry.use([])
    assert (old.family, old.dialect, old.served_as) == ("sd1", "sd-embed", "/srv/models/sd15")
    assert old.sizes.default == (512, 512)
    assert (dreamy.family, dreamy.served_as) == ("sdxl", "/srv/models/dreamy")
    assert flux.negative == "field"
