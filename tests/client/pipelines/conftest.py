"""What needs torch: run with `pip install '.[diffusers]'`, skipped without it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SMALL = {"width": 64, "height": 64, "num_inference_steps": 2}
MODELS = {"sd": "tiny-sd", "sdxl": "stable-diffusion-xl", "flux": "flux-dev"}
CARD = """\
- id: tiny-sd
  like: sdxl
  title: Tiny SD
  family: sd1
  sources: [made in code]
- id: tiny-a1111
  like: tiny-sd
  title: Tiny SD, written for A1111
  backends: {diffusers: {dialect: a1111}}
  sources: [made in code]
"""


def pytest_collection_modifyitems(items):
    missing = [name for name in ("torch", "transformers", "diffusers") if not find_spec(name)]
    if missing:
        mark = pytest.mark.skip(reason=f"{missing[0]} is not installed: pip install '.[diffusers]'")
    else:
        mark = pytest.mark.filterwarnings("default")  # the libraries' own are not ours to mend
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.torch)
            item.add_marker(mark)


@pytest.fixture(scope="session")
def made():
    """Return the tiny pipelines that were made, by kind."""
    import torch

    from tiny_pipelines import KINDS

    torch.set_num_threads(1)  # more threads than free cores make tiny sums slow
    found = {}

    def make(kind):
        if kind not in found:
            found[kind] = KINDS[kind]()
            found[kind].set_progress_bar_config(disable=True)
        return found[kind]

    return make


@pytest.fixture(scope="session")
def folder(made, tmp_path_factory):
    """Return the folder of a tiny pipeline."""

    def find(kind):
        path = tmp_path_factory.getbasetemp() / f"tiny-{kind}"
        if not path.exists():
            made(kind).save_pretrained(path)
        return path

    return find


@pytest.fixture(autouse=True)
def cards(tmp_path_factory):
    """Let a card of SD 1 count: none comes with impasto."""
    from impasto.models import registry

    place = tmp_path_factory.mktemp("cards")
    (place / "mine.yaml").write_text(CARD)
    registry.use([place])
    yield
    registry.use([])


@pytest.fixture
def asked(folder):
    """Return the translation of a prompt for a tiny pipeline."""
    from impasto import translate

    def ask(kind, prompt="a red fox, snow", negative=None, **parameters):
        own = {"checkpoint": str(folder(kind)), **SMALL, "seed": 1, **parameters}
        own = {name: value for name, value in own.items() if value is not None}
        return translate(prompt, MODELS[kind], "diffusers", negative=negative, parameters=own)

    return ask


@pytest.fixture
def paint(asked):
    """Paint a prompt with a tiny pipeline and return the result."""
    from impasto.client import Client

    def go(kind, *prompt, **parameters):
        with Client("diffusers") as client:
            return client.generate(asked(kind, *prompt, **parameters))

    return go


@pytest.fixture
def painter():
    """Return the pipeline that the backend has loaded."""
    from impasto.client.backends._diffusers_pipeline import _Shelf

    return lambda: _Shelf.pipeline


@pytest.fixture
def at_rest():
    """Wait until the painting thread has nothing to do."""
    from impasto.client.backends.diffusers import _crew

    return lambda: _crew().submit(int).result(timeout=60)
