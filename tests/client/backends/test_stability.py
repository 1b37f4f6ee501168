from __future__ import annotations

import base64

import pytest

from impasto.errors import AuthError, InvalidRequest, ModerationRefused, RateLimited


def coded(acts):
    return base64.b64encode(acts.PNG).decode()


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(acts.answer(200, {"image": coded(acts), "finish_reason": "SUCCESS", "seed": 77}))
    asked = said(
        model="sd3.5-large",
        prompt="a fox",
        parameters={"aspect_ratio": "16:9", "guidance_scale": 4, "output_format": "png", "n": 1},
    )
    found = client.generate(asked, backend="stability", base_url=api.url)
    assert (found.kind, found.seed, found.cost) == ("png", 77, 0.065)
    seen = api.seen[0]
    assert seen.path == "/v2beta/stable-image/generate/sd3"
    assert seen.headers["content-type"].startswith("multipart/form-data")
    for name, value in {
        "prompt": "a fox",
        "negative_prompt": "low quality, blurry, deformed",
        "model": "sd3.5-large",
        "mode": "text-to-image",
        "aspect_ratio": "16:9",
        "cfg_scale": "4",
        "output_format": "png",
    }.items():
        assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in seen.body
    assert b'name="n"' not in seen.body


@pytest.mark.parametrize("model", ["ultra", "core"])
def test_the_other_services_take_no_model(client, acts, api, said, model):
    api.plays(acts.answer(200, {"image": coded(acts), "finish_reason": "SUCCESS", "seed": 1}))
    client.generate(said(model=model), backend="stability", base_url=api.url)
    assert api.seen[0].path.endswith(f"/generate/{model}")
    assert b'name="model"' not in api.seen[0].body


def test_filtered_content_is_no_image(client, acts, api, said):
    api.plays(acts.answer(200, {"image": coded(acts), "finish_reason": "CONTENT_FILTERED"}))
    with pytest.raises(ModerationRefused) as caught:
        client.generate(said(model="core"), backend="stability", base_url=api.url)
    assert (caught.value.stage, caught.value.billed) == ("output", "no")


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (400, "bad_request", InvalidRequest),
        (401, "unauthorized", AuthError),
        (403, "content_moderation", ModerationRefused),
        (413, "payload_too_large", InvalidRequest),
        (429, "rate_limit_exceeded", RateLimited),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, name, error):
    body = {"id": "1", "name": name, "errors": ["as the server says"]}
    api.plays(acts.answer(status, body, {"retry-after": "600"}))
    with pytest.raises(error, match="as the server says"):
        client.generate(said(model="core"), backend="stability", base_url=api.url)


def test_the_older_interface_has_weights_of_texts(client, acts, api, said):
    artifact = {"base64": coded(acts), "seed": 5, "finishReason": "SUCCESS"}
    api.plays(acts.answer(200, {"artifacts": [artifact]}))
    asked = said(model="engine-1", prompt="a fox", parameters={"num_inference_steps": 30, "n": 1})
    found = client.generate(asked, backend="stability-v1", base_url=api.url)
    assert found.seed == 5
    assert api.seen[0].path == "/v1/generation/engine-1/text-to-image"
    assert api.seen[0].json == {
        "text_prompts": [
            {"text": "a fox", "weight": 1},
            {"text": "low quality, blurry, deformed", "weight": -1},
        ],
        "steps": 30,
        "samples": 1,
    }
    api.plays(acts.answer(200, {"artifacts": [{**artifact, "finishReason": "CONTENT_FILTERED"}]}))
    with pytest.raises(ModerationRefused):
        client.generate(asked, backend="stability-v1", base_url=api.url)
