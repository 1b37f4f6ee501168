"""Every example runs."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


def run(name, *arguments, **environment):
    done = subprocess.run(  # noqa: PLW1510 - the output tells
        [sys.executable, EXAMPLES / name, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_has_a_test():
    tested = {"catalogue.py", "guide_request.py", "three_prompts.py"}
    assert {path.name for path in EXAMPLES.glob("*.py")} == tested


def test_the_catalogue_breaks_nothing():
    out = run("catalogue.py")
    assert r"(smile :\):1.2)" in out
    assert r"Vertin \(Reverse:1999\) print" in out
    assert '"#" was taken out' in out


def test_the_three_prompts_reach_all_six_models():
    out = run("three_prompts.py")
    for model in ("flux-1.1-pro", "flux-dev", "flux-schnell", "dall-e-3", "midjourney-v6"):
        assert out.count(f"\n{model}\n") == 3
    assert out.count("\nstable-diffusion-xl\n") == 3
    assert "--ar" in out


@pytest.fixture
def gateway():
    """The loopback server of the client's tests, which speaks the guide's protocol."""
    path = ROOT / "tests/client/server.py"
    spec = importlib.util.spec_from_file_location("example_gateway", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_request_of_the_guide(gateway, tmp_path):
    images = gateway.Site(gateway.image())
    api = gateway.Site(gateway.url(f"{images.url}/cat.png"))
    try:
        target = tmp_path / "generated_image"
        out = run(
            "guide_request.py",
            api.url,
            str(target),
            IMPASTO_API_KEY="test-key",
            NO_PROXY="127.0.0.1",
        )
    finally:
        api.close()
        images.close()
    assert "Generated image:" in out
    assert (tmp_path / "generated_image.png").read_bytes() == gateway.PNG
    (sent,) = api.seen
    assert sent.path == "/v1/images/generations"
    assert sent.headers["authorization"] == "Bearer test-key"
    assert sent.json == {
        "model": "flux-1.1-pro",
        "prompt": "A cute cartoon cat sitting on a rainbow, fantasy style, 8K quality, "
        "detailed painting",
        "negative_prompt": "low quality, blurry, deformed",
        "width": 1024,
        "height": 1024,
        "num_inference_steps": 50,
        "guidance_scale": 7.5,
        "seed": 42,
    }
    assert "authorization" not in images.seen[0].headers
    assert "guidance_scale" in out  # what the maker says is told although the request is sent
