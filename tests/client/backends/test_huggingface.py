from __future__ import annotations

import pytest

from impasto.client import Client
from impasto.errors import (
    AuthError,
    BackendDown,
    InvalidRequest,
    ProtocolError,
    QuotaError,
    RateLimited,
)


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(acts.image())
    asked = said(
        model="someone/Some Model",
        prompt="a fox",
        parameters={
            "width": 512,
            "guidance_scale": 7.5,
            "num_inference_steps": 4,
            "seed": 3,
            "n": 1,
        },
    )
    found = client.generate(asked, backend="huggingface", base_url=api.url)
    assert (found.image, found.seed) == (acts.PNG, 3)
    seen = api.seen[0]
    assert seen.path == "/hf-inference/models/someone/Some%20Model"
    assert seen.headers["accept"] == "image/png"
    assert seen.headers["authorization"].startswith("Bearer sk-")
    assert seen.json == {
        "inputs": "a fox",
        "parameters": {
            "width": 512,
            "guidance_scale": 7.5,
            "num_inference_steps": 4,
            "seed": 3,
            "negative_prompt": "low quality, blurry, deformed",
        },
    }


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": ["as the server says"], "warnings": ["w"]}, InvalidRequest),
        (401, {"error": "as the server says"}, AuthError),
        (402, {"error": "as the server says"}, QuotaError),
        (500, {"error": "as the server says"}, BackendDown),
        (503, {"error": "as the server says", "estimated_time": 20.0}, BackendDown),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, body, error):
    api.plays(acts.answer(status, body))
    with pytest.raises(error, match="as the server says"):
        client.generate(said(), backend="huggingface", base_url=api.url)
    assert len(api.seen) == 1


def test_the_limit_of_the_draft_is_kept(client, acts, api, said):
    limit = {"RateLimit": '"api";r=0;t=55'}
    api.plays(acts.answer(429, {"error": "slow"}, limit), acts.image())
    long = {"backend": "huggingface", "base_url": api.url, "timeout": 200.0}
    assert client.generate(said(), **long).kind == "png"
    assert client.sleeps == [55]
    api.plays(acts.answer(429, {"error": "slow"}, {"RateLimit": '"api";r=0;t=900'}))
    with pytest.raises(RateLimited, match="15 min"):
        client.generate(said(), backend="huggingface", base_url=api.url)


@pytest.mark.parametrize(
    ("act", "error"),
    [("hang_up", BackendDown), ("cut_image", BackendDown), ("html", ProtocolError)],
)
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="huggingface", base_url=api.url)
    assert caught.value.billed == "maybe"


def test_the_key_of_its_users(monkeypatch, acts, api, said):
    monkeypatch.setenv("HF_TOKEN", "hf_1")
    api.plays(acts.image())
    with Client("huggingface", api.url) as client:
        client.generate(said(parameters={"output_format": "jpeg"}))
    assert api.seen[0].headers["authorization"] == "Bearer hf_1"
    assert api.seen[0].headers["accept"] == "image/jpeg"
