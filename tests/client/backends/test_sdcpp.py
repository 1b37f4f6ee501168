from __future__ import annotations

import base64

import pytest

from impasto.client import Client
from impasto.errors import BackendError, GenerationFailed, InvalidRequest, ResultExpired


def job(acts, status, code=200, **more):
    body = {"id": "job_1", "kind": "img_gen", "status": status, "result": None, "error": None}
    return acts.answer(code, {**body, **more})


def completed(acts):
    image = {"index": 0, "b64_json": base64.b64encode(acts.PNG).decode()}
    return job(acts, "completed", result={"output_format": "png", "images": [image]})


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(
        job(acts, "queued", 202, queue_position=1),
        job(acts, "queued", queue_position=1),
        job(acts, "generating"),
        completed(acts),
    )
    asked = said(
        model="stable-diffusion-xl",
        prompt="a fox",
        parameters={
            "width": 512,
            "height": 512,
            "num_inference_steps": 4,
            "guidance_scale": 7.5,
            "sampler": "euler",
            "seed": 3,
            "n": 1,
        },
    )
    found = client.generate(asked, backend="sdcpp", base_url=api.url, api_key="")
    assert (found.image, found.seed, found.request_id) == (acts.PNG, 3, "job_1")
    assert api.seen[0].path == "/sdcpp/v1/img_gen"
    assert api.seen[0].json == {
        "prompt": "a fox",
        "negative_prompt": "low quality, blurry, deformed",
        "seed": 3,
        "width": 512,
        "height": 512,
        "batch_count": 1,
        "sample_params": {
            "sample_steps": 4,
            "sample_method": "euler",
            "guidance": {"txt_cfg": 7.5},
        },
    }
    assert {seen.path for seen in api.seen[1:]} == {"/sdcpp/v1/jobs/job_1"}


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        ("failed", 200, GenerationFailed),
        ("cancelled", 200, GenerationFailed),
        ("", 404, ResultExpired),
        ("", 410, ResultExpired),
    ],
)
def test_how_a_job_can_end(client, acts, api, said, status, code, error):
    why = {"code": status, "message": "as the server says"}
    api.plays(job(acts, "queued", 202), job(acts, status, code, error=why))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="sdcpp", base_url=api.url)
    assert caught.value.billed == "no"


@pytest.mark.parametrize(
    ("code", "body", "error"),
    [
        (400, {"error": "invalid generation parameters"}, InvalidRequest),
        (429, {"error": "job queue is full"}, BackendError),
    ],
)
def test_how_a_submission_can_fail(client, acts, api, said, code, body, error):
    api.plays(acts.answer(code, body, {"retry-after": "600"}))
    with pytest.raises(error, match=body["error"]):
        client.generate(said(), backend="sdcpp", base_url=api.url)


def test_giving_up_cancels_the_job(acts, api, said):
    api.plays(job(acts, "queued", 202), job(acts, "generating"))
    with Client("sdcpp", api.url, timeout=0.6) as client, pytest.raises(Exception, match="over"):
        client.generate(said())
    assert api.seen[-1].path == "/sdcpp/v1/jobs/job_1/cancel"
