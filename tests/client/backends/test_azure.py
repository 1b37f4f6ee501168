from __future__ import annotations

import pytest

from impasto.client import Client
from impasto.errors import (
    AuthError,
    BackendDown,
    InvalidRequest,
    ModerationRefused,
    ProtocolError,
    RateLimited,
)

SAFE = {"hate": {"filtered": False, "severity": "safe"}}
STOPPED = {**SAFE, "violence": {"filtered": True, "severity": "high"}}


def path_of(api):
    return api.seen[-1].path


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(acts.b64(revised_prompt="a red fox", content_filter_results=SAFE))
    asked = said(
        model="dall-e-3",
        prompt="a fox",
        parameters={"width": 1024, "height": 1024, "quality": "hd", "deployment": "my dalle"},
    )
    found = client.generate(asked, backend="azure", base_url=api.url)
    assert (found.image, found.revised_prompt) == (acts.PNG, "a red fox")
    place = "/openai/deployments/my%20dalle/images/generations"
    assert path_of(api) == f"{place}?api-version=2025-04-01-preview"
    assert api.seen[0].headers["api-key"].startswith("sk-Loopback")
    assert "authorization" not in api.seen[0].headers
    assert api.seen[0].json == {
        "model": "dall-e-3",
        "prompt": "a fox",
        "quality": "hd",
        "size": "1024x1024",
        "response_format": "b64_json",
    }


@pytest.mark.parametrize(
    "tail",
    ["?api-version=2024-10-21", "/openai/deployments/x/images/generations?api-version=2024-10-21"],
)
def test_the_version_of_the_address(client, acts, api, said, tail):
    api.plays(acts.b64())
    client.generate(said(model="mine"), backend="azure", base_url=api.url + tail)
    assert path_of(api) == "/openai/deployments/mine/images/generations?api-version=2024-10-21"


def test_the_version_of_the_request_wins(client, acts, api, said):
    api.plays(acts.b64())
    asked = said(model="mine", parameters={"api_version": "2030-01-01"})
    client.generate(asked, backend="azure", base_url=f"{api.url}?api-version=2024-10-21")
    assert path_of(api).endswith("?api-version=2030-01-01")


def refusal(acts, **inner):
    error = {"code": "content_policy_violation", "message": "This request has been blocked."}
    return acts.answer(400, {"error": {**error, **inner}})


@pytest.mark.parametrize("key", ["inner_error", "innererror"])
def test_a_refused_prompt_tells_the_category(client, acts, api, said, key):
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_results": STOPPED}
    api.plays(refusal(acts, **{key: inner}))
    with pytest.raises(ModerationRefused, match="violence") as caught:
        client.generate(said(), backend="azure", base_url=api.url)
    error = caught.value
    assert (error.stage, error.reasons, error.billed) == ("input", ("violence",), "no")


def test_a_refused_prompt_without_categories(client, acts, api, said):
    api.plays(refusal(acts))
    with pytest.raises(ModerationRefused, match="blocked"):
        client.generate(said(), backend="azure", base_url=api.url)


def test_an_image_that_was_held_back(client, acts, api, said):
    api.plays(acts.answer(200, {"created": 1, "data": [{"content_filter_results": STOPPED}]}))
    with pytest.raises(ModerationRefused) as caught:
        client.generate(said(), backend="azure", base_url=api.url)
    assert (caught.value.stage, caught.value.reasons) == ("output", ("violence",))
    assert caught.value.billed == "maybe"


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (401, "401", AuthError, "as the server says"),
        (404, "DeploymentNotFound", InvalidRequest, "deployment=NAME"),
        (429, "429", RateLimited, "as the server says"),
        (500, "InternalServerError", BackendDown, "may have been billed"),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, code, error, words):
    api.plays(acts.error(status, code, "as the server says", retry_after="300"))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="azure", base_url=api.url)
    assert words in str(caught.value)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("act", "error"), [("hang_up", BackendDown), ("cut", BackendDown), ("html", ProtocolError)]
)
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="azure", base_url=api.url)
    assert caught.value.billed == "maybe"


def test_it_needs_an_address_and_a_key(api, said, monkeypatch):
    monkeypatch.delenv("AZURE_OPENAI_API_KEY", raising=False)
    with pytest.raises(InvalidRequest, match="needs the address"):
        Client("azure", api_key="k").generate(said())
    with pytest.raises(AuthError, match="AZURE_OPENAI_API_KEY"):
        Client("azure", api.url, "").generate(said())
