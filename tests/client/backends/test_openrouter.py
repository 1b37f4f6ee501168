from __future__ import annotations

import base64

import pytest

from impasto.errors import (
    AuthError,
    BackendDown,
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    ProtocolError,
    QuotaError,
    RateLimited,
)


def test_the_way_of_a_request(client, acts, api, said):
    coded = base64.b64encode(acts.PNG).decode()
    item = {"b64_json": coded, "media_type": "image/png"}
    api.plays(acts.answer(200, {"created": 1, "data": [item], "usage": {"cost": 0.04}}))
    asked = said(
        model="maker/some-model",
        prompt="a fox",
        negative_prompt="",
        parameters={"width": 1024, "height": 768, "quality": "high", "n": 1, "stream": True},
    )
    found = client.generate(asked, backend="openrouter", base_url=api.url)
    assert (found.image, found.cost) == (acts.PNG, 0.04)
    assert api.seen[0].path == "/api/v1/images"
    assert api.seen[0].json == {
        "model": "maker/some-model",
        "prompt": "a fox",
        "quality": "high",
        "n": 1,
        "size": "1024x768",
    }


def error(acts, status, **metadata):
    told = {"code": status, "message": "as the server says", "metadata": metadata}
    return acts.answer(status, {"error": told}, {"retry-after": "300"})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, AuthError),
        (402, QuotaError),
        (403, AuthError),
        (404, InvalidRequest),
        (413, InvalidRequest),
        (429, RateLimited),
        (500, BackendDown),
        (502, BackendDown),
        (524, BackendDown),
        (529, BackendDown),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, kind):
    api.plays(error(acts, status))
    with pytest.raises(kind, match="as the server says") as caught:
        client.generate(said(), backend="openrouter", base_url=api.url)
    assert len(api.seen) == 1
    assert caught.value.billed == ("maybe" if status >= 500 else "no")


def test_a_moderator_says_why(client, acts, api, said):
    api.plays(error(acts, 403, reasons=["violence"], flagged_input="a f…", provider_name="p"))
    with pytest.raises(ModerationRefused) as caught:
        client.generate(said(), backend="openrouter", base_url=api.url)
    assert (caught.value.reasons, caught.value.billed) == (("violence",), "no")


def test_an_error_that_comes_with_200(client, acts, api, said):
    api.plays(acts.answer(200, {"error": {"code": 502, "message": "as the server says"}}))
    with pytest.raises(GenerationFailed, match="as the server says"):
        client.generate(said(), backend="openrouter", base_url=api.url)


@pytest.mark.parametrize(
    ("act", "kind"), [("hang_up", BackendDown), ("cut", BackendDown), ("html", ProtocolError)]
)
def test_a_line_that_breaks(client, acts, api, said, act, kind):
    api.plays(acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(kind) as caught:
        client.generate(said(), backend="openrouter", base_url=api.url)
    assert caught.value.billed == "maybe"
