"""Backends by name, the one without a network, and what is not imported for them."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image

from impasto.client import AsyncClient, Client, backends
from impasto.client.backends.gateway import endpoint
from impasto.errors import InvalidRequest, UnknownNameError


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://api.example.com", ""),
        ("https://api.example.com/", ""),
        ("https://api.example.com/v1", ""),
        ("https://api.example.com//v1//", ""),
        ("https://api.example.com/v1/images/generations", ""),
        (" https://api.example.com/openai/v1/ ", "/openai"),
        ("https://api.example.com/proxy", "/proxy"),
        ("https://api.example.com/images/generations", ""),
    ],
)
def test_base_urls_with_and_without_their_end(base, path):
    assert endpoint(base) == f"https://api.example.com{path}/v1/images/generations"


def test_a_misspelt_backend():
    with pytest.raises(UnknownNameError, match='did you mean "gateway"') as caught:
        Client(backend="gatway")
    assert {"gateway", "proof"} <= set(caught.value.known)


PLUGIN = """
from impasto.client.exchange import Outcome
from impasto.client.request import Picture

class Echo:
    name = "echo"
    needs_network = False
    def exchange(self, request, settings):
        yield from ()
        return Outcome((Picture(request.prompt.encode(), "txt"),))
"""


def test_a_plug_in_brings_a_backend(tmp_path, monkeypatch, client, said):
    (tmp_path / "echo_backend.py").write_text(PLUGIN)
    info = tmp_path / "echo_backend-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: echo-backend\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[impasto.backends]\necho = echo_backend:Echo\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {"echo", "gateway", "proof"} <= set(backends.names())
    assert client.generate(said(prompt="hello"), backend="echo").image == b"hello"
    monkeypatch.delitem(sys.modules, "echo_backend")


def test_the_default_is_a_proof(client, said):
    result = client.generate(said(parameters={"width": 640, "height": 512, "seed": 3}))
    assert result.request.backend == "proof"
    assert (result.kind, result.seed, result.host) == ("png", 3, "")
    with Image.open(io.BytesIO(result.image)) as image:
        assert image.format == "PNG"
        assert image.width / image.height == pytest.approx(640 / 512, rel=0.01)


def test_proofs_are_deterministic_and_their_own(client, said):
    small = {"width": 256, "height": 256}
    one = client.generate(said(parameters=small)).image
    assert client.generate(said(parameters=small)).image == one
    assert client.generate(said(prompt="a dog", parameters=small)).image != one


def test_a_proof_of_half_a_pixel(client, said):
    with pytest.raises(InvalidRequest, match='"width" must be a whole number'):
        client.generate(said(parameters={"width": 512.5}))


def test_an_address_makes_it_a_gateway(monkeypatch):
    assert Client().backend == "proof"
    assert Client(base_url="https://api.example.com").backend == "gateway"
    monkeypatch.setenv("IMPASTO_BASE_URL", "https://api.example.com")
    assert AsyncClient().backend == "gateway"
    assert AsyncClient(backend="proof").backend == "proof"
    assert Client(base_url="").backend == "proof"


def loaded_by(code):
    """Return which heavy packages a program loads."""
    heavy = ["httpx", "PIL", "rich", "pydantic", "jinja2", "yaml", "lark"]
    check = f"{code}\nimport sys\nprint(*[m for m in {heavy!r} if m in sys.modules])"
    run = [sys.executable, "-c", check]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()


def test_clients_are_light_until_they_send():
    assert loaded_by("from impasto.client import Client\nClient(base_url='http://x')") == []


def test_a_proof_needs_no_http():
    code = """
from types import SimpleNamespace
from impasto.client import Client
said = SimpleNamespace(model="flux-dev", backend="proof", prompt="a cat", negative_prompt="",
                       parameters={"width": 256, "height": 256}, losses=(), diagnostics=())
Client().generate(said)
"""
    assert loaded_by(code) == ["PIL"]
