from __future__ import annotations

import pytest

from impasto.client import Client
from impasto.client.exchange import Status
from impasto.errors import AuthError, InvalidRequest, ModerationRefused, ProtocolError


def queued(acts, api, **more):
    job = f"{api.url}/fal-ai/flux/requests/r1"
    body = {
        "status": "IN_QUEUE",
        "request_id": "r1",
        "response_url": job,
        "status_url": f"{job}/status",
        "cancel_url": f"{job}/cancel",
        "queue_position": 2,
    }
    return acts.answer(200, {**body, **more})


def state(acts, status, code=202, **more):
    return acts.answer(code, {"status": status, **more})


def done(acts, images, **more):
    body = {"images": [{"url": f"{images.url}/i.png"}], "seed": 42, "prompt": "a fox"}
    return acts.answer(200, {**body, **more})


def test_the_way_of_a_request(acts, api, images, said):
    api.plays(
        queued(acts, api),
        state(acts, "IN_QUEUE", queue_position=1),
        state(acts, "IN_PROGRESS", logs=[]),
        state(acts, "COMPLETED", 200),
        done(acts, images),
    )
    news = []
    asked = said(
        model="flux-dev",
        prompt="a fox",
        parameters={"width": 1024, "height": 768, "n": 1, "seed": 42},
    )
    with Client("fal", api.url, "key-id:secret") as client:
        client._sleep = lambda _: None
        found = client.generate(asked, watch=news.append)
    assert (found.seed, found.revised_prompt, found.request_id) == (42, None, "r1")
    submit, *looks, fetch = api.seen
    assert submit.json == {
        "prompt": "a fox",
        "num_images": 1,
        "seed": 42,
        "negative_prompt": "low quality, blurry, deformed",
        "image_size": {"width": 1024, "height": 768},
    }
    assert submit.headers["authorization"] == "Key key-id:secret"
    assert {look.path for look in looks} == {"/fal-ai/flux/requests/r1/status"}
    assert fetch.path == "/fal-ai/flux/requests/r1"
    assert "authorization" not in images.seen[0].headers
    assert [n.text for n in news if isinstance(n, Status)] == [
        "in the queue, 1 before it",
        "in progress",
    ]


def test_refused_content(client, acts, api, said):
    detail = [{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}]
    api.plays(
        queued(acts, api), state(acts, "COMPLETED", 200), acts.answer(422, {"detail": detail})
    )
    with pytest.raises(ModerationRefused, match="flagged"):
        client.generate(said(), backend="fal", base_url=api.url)


def test_a_blackened_image_is_no_image(client, acts, api, images, said):
    api.plays(
        queued(acts, api),
        state(acts, "COMPLETED", 200),
        done(acts, images, has_nsfw_concepts=[True]),
    )
    with pytest.raises(ModerationRefused, match="blackened") as caught:
        client.generate(said(), backend="fal", base_url=api.url)
    assert caught.value.billed == "yes"


def test_the_key_goes_to_no_other_host(client, acts, api, images, said):
    api.plays(queued(acts, api, status_url=f"{images.url}/x"))
    with pytest.raises(ProtocolError, match="which is not the service's"):
        client.generate(said(), backend="fal", base_url=api.url)
    assert images.seen == []


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"detail": "Cannot access application"}, AuthError),
        (422, {"detail": [{"loc": ["body", "seed"], "msg": "no integer"}]}, InvalidRequest),
        (200, {"request_id": "r1"}, ProtocolError),
    ],
)
def test_how_a_submission_can_fail(client, acts, api, said, status, body, error):
    api.plays(acts.answer(status, body))
    with pytest.raises(error):
        client.generate(said(), backend="fal", base_url=api.url)


def test_giving_up_cancels_the_job(acts, api, said):
    api.plays(queued(acts, api), state(acts, "IN_PROGRESS"))
    with Client("fal", api.url, "k", timeout=0.6) as client, pytest.raises(Exception, match="over"):
        client.generate(said())
    assert (api.seen[-1].method, api.seen[-1].path) == ("PUT", "/fal-ai/flux/requests/r1/cancel")
