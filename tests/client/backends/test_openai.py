from __future__ import annotations

import base64
import json

import pytest

from impasto.client import Client
from impasto.client.exchange import Status
from impasto.errors import (
    AuthError,
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    QuotaError,
    RateLimited,
)


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(acts.b64(revised_prompt="a red fox"))
    asked = said(
        model="gpt-image-9",
        prompt="a fox",
        parameters={
            "width": 1536,
            "height": 1024,
            "quality": "high",
            "n": 1,
            "output_format": "png",
        },
    )
    found = client.generate(asked, backend="openai", base_url=api.url)
    assert (found.kind, found.revised_prompt, found.request_id) == ("png", "a red fox", "req-7")
    assert api.seen[0].path == "/v1/images/generations"
    assert api.seen[0].json == {
        "model": "gpt-image-9",
        "prompt": "a fox",
        "quality": "high",
        "n": 1,
        "output_format": "png",
        "size": "1536x1024",
    }


def test_dall_e_is_asked_for_the_bytes(client, acts, api, said):
    api.plays(acts.b64())
    client.generate(said(model="dall-e-3"), backend="openai", base_url=api.url)
    assert api.seen[0].json["response_format"] == "b64_json"


def stream(acts, *events):
    lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
    return acts.answer(200, "".join(lines).encode(), kind="text/event-stream; charset=utf-8")


def coded(data):
    return base64.b64encode(data).decode()


def test_previews_are_told_as_they_come(acts, api, said):
    partial = {"type": "image_generation.partial_image", "b64_json": coded(acts.png(4, 4))}
    api.plays(
        stream(
            acts,
            {**partial, "partial_image_index": 0},
            {**partial, "partial_image_index": 1},
            {"type": "image_generation.completed", "b64_json": coded(acts.PNG), "usage": {}},
        )
    )
    news = []
    with Client("openai", api.url, "k") as client:
        found = client.generate(said(parameters={"partial_images": 2}), watch=news.append)
    assert found.image == acts.PNG
    assert news == [Status(f"preview {n}", preview=acts.png(4, 4)) for n in (1, 2)]
    assert api.seen[0].json["stream"] is True


def test_a_stream_that_breaks_off_or_fails(client, acts, api, said):
    partial = {"type": "image_generation.partial_image", "b64_json": coded(acts.PNG)}
    asked = said(parameters={"partial_images": 1})
    api.plays(stream(acts, partial))
    with pytest.raises(GenerationFailed, match="broke off"):
        client.generate(asked, backend="openai", base_url=api.url)
    refused = {"code": "moderation_blocked", "message": "no", "type": "image_generation_user_error"}
    api.plays(stream(acts, partial, {"type": "error", "error": refused}))
    with pytest.raises((ModerationRefused, GenerationFailed), match="no"):
        client.generate(asked, backend="openai", base_url=api.url)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "invalid_value", InvalidRequest),
        (400, "moderation_blocked", ModerationRefused),
        (401, "invalid_api_key", AuthError),
        (429, "insufficient_quota", QuotaError),
        (429, "rate_limit_exceeded", RateLimited),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, code, error):
    api.plays(acts.error(status, code, "as the server says", retry_after="300"))
    with pytest.raises(error, match="as the server says"):
        client.generate(said(), backend="openai", base_url=api.url)
    assert len(api.seen) == 1
