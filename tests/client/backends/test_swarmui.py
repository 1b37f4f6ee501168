from __future__ import annotations

import base64

import pytest

from impasto.client import Client
from impasto.errors import (
    AuthError,
    BackendDown,
    GenerationFailed,
    InvalidRequest,
    ProtocolError,
)


def session(acts, name="s-1"):
    return acts.answer(200, {"session_id": name, "user_id": "local"})


def stale(acts):
    return acts.answer(200, {"error_id": "invalid_session_id", "error": "Invalid session ID."})


def inline(acts):
    return "data:image/png;base64," + base64.b64encode(acts.PNG).decode()


def test_the_way_of_a_request(client, acts, api, said):
    path = "View/local/raw/2026-01-02/a cat-1 #2.png"
    api.plays(session(acts), acts.answer(200, {"images": [path]}), acts.image())
    asked = said(
        model="stable-diffusion-xl",
        prompt="a fox",
        parameters={
            "width": 768,
            "num_inference_steps": 4,
            "guidance_scale": 7.5,
            "seed": 3,
            "checkpoint": "OfficialStableDiffusion/sd_xl_base_1.0",
        },
    )
    found = client.generate(asked, backend="swarmui", base_url=api.url)
    assert (found.image, found.seed) == (acts.PNG, 3)
    opened, asked_for, viewed = api.seen
    assert (opened.method, opened.path, opened.json) == ("POST", "/API/GetNewSession", {})
    assert opened.headers["cookie"].startswith("swarm_user_token=sk-")
    assert asked_for.path == "/API/GenerateText2Image"
    assert asked_for.json == {
        "session_id": "s-1",
        "images": 1,
        "prompt": "a fox",
        "negativeprompt": "low quality, blurry, deformed",
        "model": "OfficialStableDiffusion/sd_xl_base_1.0",
        "seed": 3,
        "donotsave": True,
        "width": 768,
        "steps": 4,
        "cfgscale": 7.5,
    }
    assert viewed.path == "/View/local/raw/2026-01-02/a%20cat-1%20%232.png"
    assert "cookie" not in viewed.headers


def test_images_that_stand_in_the_answer(client, acts, api, said):
    api.plays(session(acts), acts.answer(200, {"images": [inline(acts)] * 2}))
    found = client.generate(
        said(parameters={"n": 2}), backend="swarmui", base_url=api.url, api_key=""
    )
    assert (found.image, len(found.others)) == (acts.PNG, 1)
    assert api.seen[1].json["images"] == 2
    assert "cookie" not in api.seen[0].headers


def test_a_session_that_is_over_is_opened_once_more(client, acts, api, said):
    done = acts.answer(200, {"images": [inline(acts)]})
    api.plays(session(acts), stale(acts), session(acts, "s-2"), done)
    assert client.generate(said(), backend="swarmui", base_url=api.url).image == acts.PNG
    assert [s.json["session_id"] for s in api.seen[1::2]] == ["s-1", "s-2"]


def test_but_only_once(client, acts, api, said):
    api.plays(session(acts), stale(acts), session(acts), stale(acts))
    with pytest.raises(GenerationFailed, match="Invalid session"):
        client.generate(said(), backend="swarmui", base_url=api.url)
    assert len(api.seen) == 4


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ({"error": "No backends match the settings"}, GenerationFailed, "No backends"),
        ({"error": "Invalid model value"}, InvalidRequest, "checkpoint=NAME"),
        ({"error_id": "some_id"}, GenerationFailed, "some_id"),
        ({"images": []}, GenerationFailed, "without an image"),
        ({"images": [5]}, ProtocolError, "named no image"),
    ],
)
def test_how_it_can_fail(client, acts, api, said, body, error, words):
    api.plays(session(acts), acts.answer(200, body))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="swarmui", base_url=api.url)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("act", "error"),
    [("error", GenerationFailed), ("nothing", ProtocolError), ("401", AuthError)],
)
def test_how_a_session_can_fail(client, acts, api, said, act, error):
    api.plays(
        {
            "error": acts.answer(200, {"error": "accounts only"}),
            "nothing": acts.answer(200, {}),
            "401": acts.answer(401, {"error": "no"}),
        }[act]
    )
    with pytest.raises(error):
        client.generate(said(), backend="swarmui", base_url=api.url)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("act", "error"), [("hang_up", BackendDown), ("cut", BackendDown), ("html", ProtocolError)]
)
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(session(acts), acts.html() if act == "html" else getattr(acts, act))
    with pytest.raises(error):
        client.generate(said(), backend="swarmui", base_url=api.url)
    assert len(api.seen) == 2


def test_giving_up_interrupts_the_session(acts, api, said):
    api.plays(session(acts), acts.hang, acts.answer(200, {"success": True}))
    with Client("swarmui", api.url, timeout=0.6) as client, pytest.raises(Exception, match="time"):
        client.generate(said())
    last = api.seen[-1]
    assert (last.path, last.json) == ("/API/InterruptAll", {"session_id": "s-1"})
