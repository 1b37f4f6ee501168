from __future__ import annotations

import base64

import pytest

from impasto.errors import (
    AuthError,
    BackendDown,
    InvalidRequest,
    ModerationRefused,
    ProtocolError,
    QuotaError,
    RateLimited,
)


def told(acts, reason="SUCCESS", **more):
    coded = base64.b64encode(acts.PNG).decode()
    body = {"id": "f-1", "base64": [coded], "finishReason": reason, "seed": 7}
    return acts.answer(200, {**body, **more})


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(told(acts))
    asked = said(
        model="some-model",
        prompt="a fox",
        negative_prompt="",
        parameters={
            "aspect_ratio": "16:9",
            "num_inference_steps": 4,
            "guidance_scale": 3.5,
            "n": 1,
        },
    )
    found = client.generate(asked, backend="fireworks", base_url=api.url)
    assert (found.image, found.seed, found.request_id) == (acts.PNG, 7, "f-1")
    place = "/inference/v1/workflows/accounts/fireworks/models/some-model/text_to_image"
    assert api.seen[0].path == place
    assert api.seen[0].headers["accept"] == "application/json"
    assert api.seen[0].json == {
        "prompt": "a fox",
        "aspect_ratio": "16:9",
        "num_inference_steps": 4,
        "guidance_scale": 3.5,
    }


def test_base64_in_a_data_address(client, acts, api, said):
    coded = "data:image/png;base64," + base64.b64encode(acts.PNG).decode()
    api.plays(told(acts, base64=[coded, coded]))
    found = client.generate(said(), backend="fireworks", base_url=api.url)
    assert (found.image, len(found.others)) == (acts.PNG, 1)


def test_the_image_itself_in_a_format(client, acts, api, said):
    api.plays(acts.image())
    asked = said(model="accounts/me/models/mine", parameters={"output_format": "png", "seed": 5})
    found = client.generate(asked, backend="fireworks", base_url=api.url)
    assert (found.image, found.seed) == (acts.PNG, 5)
    assert api.seen[0].path.endswith("/workflows/accounts/me/models/mine/text_to_image")
    assert api.seen[0].headers["accept"] == "image/png"
    assert "output_format" not in api.seen[0].json


def test_filtered_content_is_no_image(client, acts, api, said):
    api.plays(told(acts, "CONTENT_FILTERED"))
    with pytest.raises(ModerationRefused) as caught:
        client.generate(said(), backend="fireworks", base_url=api.url)
    assert (caught.value.stage, caught.value.billed) == ("output", "maybe")


@pytest.mark.parametrize("coded", [None, [], [5], "text", ["%%%"]])
def test_an_answer_without_an_image(client, acts, api, said, coded):
    api.plays(told(acts, base64=coded))
    with pytest.raises(ProtocolError):
        client.generate(said(), backend="fireworks", base_url=api.url)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidRequest),
        (401, AuthError),
        (402, QuotaError),
        (429, RateLimited),
        (500, BackendDown),
    ],
)
@pytest.mark.parametrize("parameters", [{}, {"output_format": "jpeg"}])
def test_how_it_can_fail(client, acts, api, said, status, error, parameters):
    api.plays(acts.error(status, "x", "as the server says", retry_after="300"))
    with pytest.raises(error, match="as the server says"):
        client.generate(said(parameters=parameters), backend="fireworks", base_url=api.url)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("act", "error"), [("hang_up", BackendDown), ("cut", BackendDown), ("html", ProtocolError)]
)
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="fireworks", base_url=api.url)
    assert caught.value.billed == "maybe"
