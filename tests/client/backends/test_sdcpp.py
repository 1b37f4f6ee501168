from __future__ import annotations

import base64
import re

import pytest

from impasto.client import Client
from impasto.client.exchange import Status
from impasto.errors import BackendError, GenerationFailed, InvalidRequest, ResultExpired


def job(acts, status, code=200, **more):
    body = {"id": "job_1", "kind": "img_gen", "status": status, "result": None, "error": None}
    return acts.answer(code, {**body, **more})


def able(acts):
    """What the server built from stable-diffusion-cpp-python 0.4.7 answers, the part that counts."""
    limits = {
        "min_width": 64,
        "max_width": 4096,
        "min_height": 64,
        "max_height": 4096,
        "max_batch_count": 8,
        "max_queue_size": 64,
    }
    names = {"samplers": ["euler", "euler_a", "dpm++2m"], "schedulers": ["discrete", "karras"]}
    return acts.answer(200, {"current_mode": "img_gen", "limits": limits, **names})


def completed(acts):
    image = {"index": 0, "b64_json": base64.b64encode(acts.PNG).decode()}
    return job(acts, "completed", result={"output_format": "png", "images": [image]})


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(
        able(acts),
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
    assert [seen.path for seen in api.seen[:2]] == ["/sdcpp/v1/capabilities", "/sdcpp/v1/img_gen"]
    assert api.seen[1].json == {
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
    assert {seen.path for seen in api.seen[2:]} == {"/sdcpp/v1/jobs/job_1"}


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
    api.plays(able(acts), job(acts, "queued", 202), job(acts, status, code, error=why))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="sdcpp", base_url=api.url)
    assert caught.value.billed == "no"


@pytest.mark.parametrize(
    ("code", "body", "error"),
    [
        (400, {"error": "invalid generation parameters"}, InvalidRequest),
        (
            500,
            {"error": "server_error", "message": "[json.exception.type_error.302] type must be"},
            InvalidRequest,
        ),
        (429, {"error": "job queue is full"}, BackendError),
    ],
)
def test_how_a_submission_can_fail(client, acts, api, said, code, body, error):
    api.plays(able(acts), acts.answer(code, body, {"retry-after": "600"}))
    with pytest.raises(error, match=re.escape(body.get("message", body["error"]))):
        client.generate(said(), backend="sdcpp", base_url=api.url)


def test_giving_up_cancels_the_job(acts, api, said):
    api.plays(able(acts), job(acts, "queued", 202), job(acts, "generating"))
    with Client("sdcpp", api.url, timeout=0.6) as client, pytest.raises(Exception, match="over"):
        client.generate(said())
    assert api.seen[-1].path == "/sdcpp/v1/jobs/job_1/cancel"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sampler", "euler-a", 'did you mean "euler_a"?'),
        ("scheduler", "none such", "it has discrete, karras"),
        ("width", 32, "from 64 to 4096"),
        ("height", "wide", "'wide'"),
        ("width", 512.0, "512.0"),
        ("n", 9, "from 1 to 8"),
        ("num_inference_steps", 150, "from 1 to 100"),
        ("clip_skip", True, "a whole number"),
    ],
)
def test_what_the_server_would_silently_replace_is_refused(
    client, acts, api, said, name, value, words
):
    api.plays(able(acts), job(acts, "queued", 202), completed(acts))
    with pytest.raises(InvalidRequest) as caught:
        client.generate(said(parameters={name: value}), backend="sdcpp", base_url=api.url)
    assert words in str(caught.value)
    assert list(caught.value.fields) == [name]
    assert [seen.path for seen in api.seen] == ["/sdcpp/v1/capabilities"]


@pytest.mark.parametrize(
    "known", [(404, b"Not Found"), (200, b"[]"), (200, {"limits": None, "samplers": "all"})]
)
def test_a_server_that_does_not_say_what_it_can_is_believed(client, acts, api, said, known):
    api.plays(acts.answer(*known), job(acts, "queued", 202), completed(acts))
    asked = said(parameters={"sampler": "new", "width": 64, "n": 2, "seed": -1})
    assert client.generate(asked, backend="sdcpp", base_url=api.url).image == acts.PNG


def test_its_place_in_the_queue_is_told(acts, api, said):
    waiting = [job(acts, "queued", queue_position=place) for place in (3, 2, 1)]
    api.plays(
        able(acts), job(acts, "queued", 202), *waiting, job(acts, "generating"), completed(acts)
    )
    news = []
    with Client("sdcpp", api.url) as client:
        client._sleep = lambda seconds: None
        client.generate(said(), watch=news.append)
    assert [told.text for told in news if isinstance(told, Status)] == [
        "in the queue, 2 before it",
        "in the queue, 1 before it",
        "next in the queue",
        "generating",
    ]
