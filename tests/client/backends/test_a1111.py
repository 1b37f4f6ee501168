from __future__ import annotations

import base64
import json
import threading
import time

import pytest

from impasto.client import Client
from impasto.client.exchange import Status
from impasto.errors import AuthError, BackendDown, GenerationFailed, InvalidRequest


def painted(acts, *, count=1, **info):
    images = [base64.b64encode(acts.png(8 + at, 8)).decode() for at in range(count)]
    return acts.answer(200, {"images": images, "parameters": {}, "info": json.dumps(info)})


def test_the_way_of_a_request(client, acts, api, said):
    api.plays(painted(acts, all_seeds=[4711], index_of_first_image=0))
    asked = said(
        prompt="a (fox:1.2)",
        model="stable-diffusion-xl",
        parameters={"width": 1024, "height": 768, "num_inference_steps": 30, "guidance_scale": 6.5},
    )
    found = client.generate(asked, backend="a1111", base_url=api.url, api_key="")
    assert (found.kind, found.seed) == ("png", 4711)
    assert api.seen[0].path == "/sdapi/v1/txt2img"
    assert "authorization" not in api.seen[0].headers
    assert api.seen[0].json == {
        "prompt": "a (fox:1.2)",
        "negative_prompt": "low quality, blurry, deformed",
        "seed": -1,
        "width": 1024,
        "height": 768,
        "steps": 30,
        "cfg_scale": 6.5,
        "send_images": True,
        "save_images": False,
    }


def checkpoints(acts):
    x = {"title": "x.safetensors [e6bb9ea85b]", "model_name": "x", "hash": "e6bb9ea85b"}
    return acts.answer(200, [{**x, "filename": "models/x.safetensors", "sha256": None}])


def test_a_checkpoint_is_set_for_this_image_only(client, acts, api, said):
    api.plays(checkpoints(acts), painted(acts))
    asked = said(parameters={"checkpoint": "x.safetensors", "clip_skip": 2, "seed": 5, "n": 2})
    found = client.generate(asked, backend="a1111", base_url=api.url)
    assert api.seen[0].path == "/sdapi/v1/sd-models"
    sent = api.seen[1].json
    assert sent["clip_skip"] == 2
    assert sent["override_settings"] == {
        "sd_model_checkpoint": "x.safetensors",
        "CLIP_stop_at_last_layers": 2,
    }
    assert sent["override_settings_restore_afterwards"] is True
    assert (sent["batch_size"], found.seed) == (2, 5)


@pytest.mark.parametrize(("asked", "words"), [("y", "it has x"), ("x.safetensor5", "")])
def test_a_checkpoint_that_the_server_lacks_is_refused(client, acts, api, said, asked, words):
    api.plays(checkpoints(acts), painted(acts))
    with pytest.raises(InvalidRequest, match=f'no checkpoint "{asked}"') as caught:
        client.generate(said(parameters={"checkpoint": asked}), backend="a1111", base_url=api.url)
    assert words in caught.value.hint
    assert len(api.seen) == 1


@pytest.mark.parametrize("listed", [(404, {"detail": "Not Found"}), (200, []), (200, {"a": 1})])
def test_a_server_without_a_list_of_checkpoints_is_believed(client, acts, api, said, listed):
    api.plays(acts.answer(*listed), painted(acts))
    asked = said(parameters={"checkpoint": "x"})
    assert client.generate(asked, backend="a1111", base_url=api.url).kind == "png"


def test_a_grid_is_none_of_the_images(client, acts, api, said):
    api.plays(painted(acts, count=3, all_seeds=[1, 2], index_of_first_image=1))
    found = client.generate(said(), backend="a1111", base_url=api.url)
    assert found.image == acts.png(9, 8)
    assert len(found.others) == 1


def test_servers_that_say_nothing_of_the_image(client, acts, api, said):
    image = base64.b64encode(acts.PNG).decode()
    for info in ("", "no json", "[]"):
        api.plays(acts.answer(200, {"images": [image], "info": info}))
        found = client.generate(said(parameters={"seed": 3}), backend="a1111", base_url=api.url)
        assert found.seed == 3


def test_the_key_is_a_user_and_a_password(client, acts, api, said):
    api.plays(painted(acts))
    client.generate(said(), backend="a1111", base_url=api.url, api_key="ann:secret")
    assert (
        api.seen[0].headers["authorization"] == "Basic " + base64.b64encode(b"ann:secret").decode()
    )


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (
            500,
            {
                "error": "OutOfMemoryError",
                "detail": "",
                "body": "",
                "errors": "CUDA out of memory.",
            },
            GenerationFailed,
            "smaller size",
        ),
        (
            500,
            {"error": "RuntimeError", "detail": "", "body": "", "errors": "no checkpoint"},
            GenerationFailed,
            "own log",
        ),
        (500, {"error": "generate_image returned no results"}, GenerationFailed, "no results"),
        (
            500,
            {"error": "server_error", "message": "[json.exception.type_error.302] type must be"},
            InvalidRequest,
            "another type",
        ),
        (500, b"Internal Server Error", BackendDown, "500"),
        (404, {"detail": "Sampler not found"}, InvalidRequest, "Sampler not found"),
        (401, {"detail": "Incorrect username or password"}, AuthError, "401"),
        (
            422,
            {"detail": [{"loc": ["body", "steps"], "msg": "not an integer", "type": "int"}]},
            InvalidRequest,
            "steps",
        ),
    ],
)
def test_how_it_can_fail(client, acts, api, said, status, body, error, words):
    api.plays(acts.answer(status, body))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="a1111", base_url=api.url)
    assert words in str(caught.value)


def test_progress_is_told_while_it_paints(acts, api, said):
    over = threading.Event()
    paint = acts.gate(painted(acts), over)
    look = acts.answer(200, {"progress": 0.4, "state": {"sampling_step": 8, "sampling_steps": 20}})

    def either(handler, site):
        (paint if handler.command == "POST" else look)(handler, site)

    news = []

    def watch(told):
        news.append(told)
        if isinstance(told, Status):
            over.set()

    api.plays(either)
    with Client("a1111", api.url) as client:
        assert client.generate(said(), watch=watch).kind == "png"
    assert Status("step 8 of 20", 0.4) in news
    assert any(seen.path.startswith("/sdapi/v1/progress") for seen in api.seen)


def test_giving_up_interrupts_the_server(acts, api, said):
    def either(handler, site):
        (acts.hang if handler.path.endswith("txt2img") else acts.answer(200, {}))(handler, site)

    api.plays(either)
    started = time.monotonic()
    with Client("a1111", api.url, timeout=0.5) as client, pytest.raises(Exception, match="in time"):
        client.generate(said())
    assert [seen.path for seen in api.seen][-1] == "/sdapi/v1/interrupt"
    assert time.monotonic() - started < 10
