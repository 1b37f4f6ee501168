from __future__ import annotations

import pytest

from impasto.client import Client
from impasto.errors import (
    AuthError,
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    ProtocolError,
    QuotaError,
    RateLimited,
)

VERSION = "ab" * 32


def prediction(acts, api, status, code=201, **more):
    urls = {"get": f"{api.url}/v1/predictions/p1", "cancel": f"{api.url}/v1/predictions/p1/cancel"}
    body = {"id": "p1", "status": status, "urls": urls, "output": None, "error": None}
    return acts.answer(code, {**body, **more})


def ended(acts, api, images, output=None, **more):
    output = output or f"{images.url}/o.webp"
    return prediction(acts, api, "succeeded", 200, output=output, input={"seed": 7}, **more)


def test_the_way_of_a_request(client, acts, api, images, said):
    api.plays(
        prediction(acts, api, "starting"),
        prediction(acts, api, "processing", 200),
        ended(acts, api, images),
    )
    asked = said(
        model="owner/painter",
        prompt="a fox",
        parameters={"width": 1024, "height": 768, "guidance_scale": 3.0, "output_format": "jpeg"},
    )
    found = client.generate(asked, backend="replicate", base_url=api.url)
    assert (found.seed, found.request_id) == (7, "p1")
    submit, *looks = api.seen
    assert submit.path == "/v1/models/owner/painter/predictions"
    assert submit.headers["prefer"] == "wait=60"
    assert submit.json == {
        "input": {
            "prompt": "a fox",
            "width": 1024,
            "height": 768,
            "guidance": 3.0,
            "output_format": "jpg",
            "negative_prompt": "low quality, blurry, deformed",
            "aspect_ratio": "custom",
        }
    }
    assert {look.path for look in looks} == {"/v1/predictions/p1"}
    assert "authorization" not in images.seen[0].headers


def test_an_image_that_is_there_at_once(client, acts, api, images, said):
    api.plays(ended(acts, api, images, output=[f"{images.url}/{n}.png" for n in range(2)]))
    found = client.generate(said(model=f"me/mine:{VERSION}"), backend="replicate", base_url=api.url)
    assert len(found.others) == 1
    assert api.seen[0].path == "/v1/predictions"
    assert api.seen[0].json["version"] == VERSION
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("status", "why", "error"),
    [
        ("failed", "CUDA out of memory", GenerationFailed),
        ("failed", "NSFW content detected. Try running it again.", ModerationRefused),
        ("failed", "The input or output was flagged as sensitive (E005)", ModerationRefused),
        ("canceled", None, GenerationFailed),
        ("aborted", None, GenerationFailed),
    ],
)
def test_how_a_prediction_can_end(client, acts, api, said, status, why, error):
    api.plays(prediction(acts, api, "starting"), prediction(acts, api, status, 200, error=why))
    with pytest.raises(error, match=status) as caught:
        client.generate(said(model="a/b"), backend="replicate", base_url=api.url)
    assert caught.value.billed == "maybe"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"title": "Unauthenticated", "detail": "no token", "status": 401}, AuthError),
        (402, {"title": "Monthly spend limit", "detail": "spent", "status": 402}, QuotaError),
        (
            422,
            {"title": "Input", "detail": "- input.seed: no", "invalid_fields": []},
            InvalidRequest,
        ),
        (429, {"detail": "Request was throttled.", "status": 429, "retry_after": 500}, RateLimited),
        (201, {"id": "p1"}, ProtocolError),
    ],
)
def test_how_a_submission_can_fail(client, acts, api, said, status, body, error):
    api.plays(acts.answer(status, body))
    with pytest.raises(error):
        client.generate(said(model="a/b"), backend="replicate", base_url=api.url)


def test_a_name_that_is_no_model(client, api, said):
    with pytest.raises(InvalidRequest, match="owner/name"):
        client.generate(said(model="just-a-name"), backend="replicate", base_url=api.url)
    assert api.seen == []


def test_giving_up_cancels_the_prediction(acts, api, said):
    api.plays(prediction(acts, api, "starting"), prediction(acts, api, "processing", 200))
    with (
        Client("replicate", api.url, "k", timeout=0.6) as client,
        pytest.raises(Exception, match="over"),
    ):
        client.generate(said(model="a/b"))
    assert api.seen[-1].path == "/v1/predictions/p1/cancel"


def test_the_token_goes_to_no_other_host(client, acts, api, images, said):
    api.plays(prediction(acts, api, "starting", urls={"get": f"{images.url}/steal"}))
    with pytest.raises(ProtocolError, match="which is not the service's"):
        client.generate(said(model="a/b"), backend="replicate", base_url=api.url)
    assert images.seen == []
