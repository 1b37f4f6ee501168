from __future__ import annotations

import json

import pytest

from impasto.client import Client
from impasto.client.exchange import Ticket
from impasto.errors import (
    AuthError,
    BackendDown,
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    ProtocolError,
    QuotaError,
    RateLimited,
    ResultExpired,
)


def submitted(acts, api, **more):
    return acts.answer(
        200, {"id": "job-1", "polling_url": f"{api.url}/v1/get_result?id=job-1", "cost": 4, **more}
    )


def looked(acts, status, code=200, **more):
    return acts.answer(code, {"id": "job-1", "status": status, **more})


def ready(acts, images, prompt="a fox"):
    return looked(
        acts, "Ready", result={"sample": f"{images.url}/s.png", "prompt": prompt, "seed": 9}
    )


def test_the_way_of_a_request(client, acts, api, images, said):
    api.plays(
        submitted(acts, api),
        looked(acts, "Pending"),
        looked(acts, "Generating", progress=0.5),
        ready(acts, images),
    )
    asked = said(
        prompt="a fox", parameters={"width": 1024, "height": 768, "seed": 9, "safety_tolerance": 1}
    )
    found = client.generate(asked, backend="bfl", base_url=api.url)
    assert (found.seed, found.cost, found.revised_prompt) == (9, 0.04, None)
    assert (found.kind, found.request_id) == ("png", "job-1")
    submit, *looks = api.seen
    assert (submit.method, submit.path) == ("POST", "/v1/flux-pro-1.1")
    assert submit.json == {
        "prompt": "a fox",
        "width": 1024,
        "height": 768,
        "seed": 9,
        "safety_tolerance": 1,
    }
    assert all(seen.headers["x-key"].startswith("sk-Loopback") for seen in api.seen)
    assert {seen.path for seen in looks} == {"/v1/get_result?id=job-1"}
    assert "x-key" not in images.seen[0].headers


def test_steps_and_guidance_have_other_names(client, acts, api, images, said):
    api.plays(submitted(acts, api), ready(acts, images))
    asked = said(
        model="flux-dev", parameters={"num_inference_steps": 30, "guidance_scale": 3.0, "n": 1}
    )
    client.generate(asked, backend="bfl", base_url=api.url)
    assert api.seen[0].path == "/v1/flux-dev"
    assert {k: v for k, v in api.seen[0].json.items() if k != "prompt"} == {
        "steps": 30,
        "guidance": 3.0,
    }


def test_a_rewritten_prompt_is_told(client, acts, api, images, said):
    api.plays(submitted(acts, api), ready(acts, images, "a red fox at dawn"))
    found = client.generate(said(prompt="a fox"), backend="bfl", base_url=api.url)
    assert found.revised_prompt == "a red fox at dawn"


@pytest.mark.parametrize(
    ("status", "code", "error", "billed"),
    [
        ("Request Moderated", 200, ModerationRefused, "no"),
        ("Content Moderated", 200, ModerationRefused, "maybe"),
        ("Error", 200, GenerationFailed, "maybe"),
        ("Failed", 503, GenerationFailed, "maybe"),
        ("Task not found", 404, ResultExpired, "maybe"),
    ],
)
def test_how_a_job_can_end(client, acts, api, said, status, code, error, billed):
    api.plays(submitted(acts, api), looked(acts, status, code))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="bfl", base_url=api.url)
    assert status in caught.value.message
    assert caught.value.billed == billed
    assert len(api.seen) == 2


@pytest.mark.parametrize(
    ("code", "body", "error"),
    [
        (402, {"detail": "Insufficient credits."}, QuotaError),
        (403, {"detail": "Not authenticated"}, AuthError),
        (
            422,
            {
                "detail": [
                    {"loc": ["body", "width"], "msg": "multiple of 32", "type": "value_error"}
                ]
            },
            InvalidRequest,
        ),
        (
            429,
            {"error": "rate_limit_exceeded", "message": "24 tasks", "retry_after": 500},
            RateLimited,
        ),
        (500, {}, BackendDown),
        (200, {"id": "job-1"}, ProtocolError),
        (200, [], ProtocolError),
    ],
)
def test_how_a_submission_can_fail(client, acts, api, said, code, body, error):
    api.plays(acts.answer(code, body))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="bfl", base_url=api.url)
    assert len(api.seen) == 1
    if error is InvalidRequest:
        assert caught.value.fields == {"width": "multiple of 32"}


def test_shedding_with_a_time_is_tried_again(client, acts, api, images, said):
    busy = acts.answer(503, {"detail": "over capacity"}, {"retry-after": "2"})
    api.plays(busy, submitted(acts, api), ready(acts, images))
    assert client.generate(said(), backend="bfl", base_url=api.url).kind == "png"
    assert client.sleeps[0] == 2


def test_the_key_goes_to_no_other_host(client, acts, api, images, said):
    api.plays(submitted(acts, api, polling_url=f"{images.url}/steal"))
    with pytest.raises(ProtocolError, match="which is not the service's"):
        client.generate(said(), backend="bfl", base_url=api.url)
    assert images.seen == []


def test_a_job_goes_on_after_a_kill(acts, api, images, said):
    api.plays(submitted(acts, api), ready(acts, images))
    news = []
    with Client("bfl", api.url, "k") as client:
        client.generate(said(), watch=news.append)
    ticket = json.loads(json.dumps(dict(next(n for n in news if isinstance(n, Ticket)).state)))
    api.seen.clear()
    api.plays(ready(acts, images))
    with Client("bfl", api.url, "k") as client:
        assert client.resume(said(), ticket).cost == 0.04
    assert [seen.method for seen in api.seen] == ["GET"]


def test_without_a_key_nothing_is_sent(client, said, api, monkeypatch):
    monkeypatch.delenv("BFL_API_KEY", raising=False)
    with pytest.raises(AuthError, match="BFL_API_KEY"):
        client.generate(said(), backend="bfl", base_url=api.url, api_key="")
    assert api.seen == []


def test_the_key_of_its_users_is_found(monkeypatch, acts, api, images, said):
    monkeypatch.setenv("BFL_API_KEY", "bfl-key")
    api.plays(submitted(acts, api), ready(acts, images))
    with Client("bfl", api.url) as client:
        client.generate(said())
    assert api.seen[0].headers["x-key"] == "bfl-key"
