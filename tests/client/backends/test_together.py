from __future__ import annotations

import base64

import pytest

from impasto.errors import (
    AuthError,
    BackendDown,
    InvalidRequest,
    ProtocolError,
    QuotaError,
    RateLimited,
    ResultExpired,
)


def test_the_way_of_a_request(client, acts, api, said):
    coded = base64.b64encode(acts.PNG).decode()
    items = [{"index": n, "type": "b64_json", "b64_json": coded} for n in range(2)]
    api.plays(acts.answer(200, {"id": "t-1", "object": "list", "data": items}))
    asked = said(
        model="maker/some-model",
        prompt="a fox",
        parameters={"width": 1024, "height": 768, "num_inference_steps": 4, "seed": 3, "n": 2},
    )
    found = client.generate(asked, backend="together", base_url=api.url)
    assert (found.image, found.seed, len(found.others)) == (acts.PNG, 3, 1)
    assert api.seen[0].path == "/v1/images/generations"
    assert api.seen[0].json == {
        "model": "maker/some-model",
        "prompt": "a fox",
        "negative_prompt": "low quality, blurry, deformed",
        "response_format": "base64",
        "width": 1024,
        "height": 768,
        "steps": 4,
        "seed": 3,
        "n": 2,
    }


def test_an_address_instead_of_the_bytes(client, acts, api, images, said):
    item = {"index": 0, "type": "url", "url": f"{images.url}/a.png"}
    api.plays(acts.answer(200, {"data": [item]}))
    asked = said(parameters={"response_format": "url"})
    assert client.generate(asked, backend="together", base_url=api.url).image == acts.PNG
    assert api.seen[0].json["response_format"] == "url"
    assert "authorization" not in images.seen[0].headers
    images.plays(acts.answer(404))
    with pytest.raises(ResultExpired):
        client.generate(asked, backend="together", base_url=api.url)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "invalid_request_error", InvalidRequest),
        (401, "invalid_api_key", AuthError),
        (402, "payment_required", QuotaError),
        (422, "invalid_request_error", InvalidRequest),
        (429, "rate_limit", RateLimited),
        (503, "overloaded", BackendDown),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, code, error):
    api.plays(acts.error(status, code, "as the server says", retry_after="300"))
    with pytest.raises(error, match="as the server says"):
        client.generate(said(), backend="together", base_url=api.url)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("act", "error"), [("hang_up", BackendDown), ("cut", BackendDown), ("html", ProtocolError)]
)
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="together", base_url=api.url)
    assert caught.value.billed == "maybe"
