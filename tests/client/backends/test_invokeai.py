from __future__ import annotations

import json
from pathlib import Path

import pytest

from impasto.client import Client, backends
from impasto.client.exchange import Status, Ticket
from impasto.errors import (
    BackendDown,
    GenerationFailed,
    InvalidRequest,
    ProtocolError,
    ResultExpired,
)

GRAPHS = Path(backends.__file__).parent / "_graphs"
XL = {"key": "k-xl", "hash": "blake3:1", "name": "Juggernaut XL", "base": "sdxl", "type": "main"}
SD1 = {"key": "k-1", "hash": "blake3:2", "name": "Dreamshaper 8", "base": "sd-1", "type": "main"}
FLUX = {"key": "k-f", "hash": "blake3:3", "name": "FLUX Dev", "base": "flux", "type": "main"}


def models(acts, *found):
    records = [{**model, "description": "", "format": "diffusers"} for model in found]
    return acts.answer(200, {"models": records})


def queued(acts, *items, **more):
    told = {"queue_id": "default", "enqueued": len(items), "requested": len(items), "priority": 0}
    told |= {"batch": {"batch_id": "b-1"}, "item_ids": list(items)}
    return acts.answer(201, {**told, **more})


def item(acts, status, *names, **more):
    results = {
        f"node-{name}": {"type": "image_output", "image": {"image_name": name}} for name in names
    }
    results["other"] = {"type": "latents_output", "latents": {"latents_name": "x"}}
    return acts.answer(
        200, {"item_id": 7, "status": status, "session": {"results": results}, **more}
    )


def test_the_way_of_a_request(acts, api, said):
    api.plays(
        models(acts, FLUX, SD1, XL),
        queued(acts, 7, 8),
        item(acts, "pending"),
        item(acts, "in_progress"),
        item(acts, "completed", "a b.png"),
        item(acts, "waiting"),
        item(acts, "completed", "c.png"),
        acts.image(),
    )
    asked = said(
        model="stable-diffusion-xl",
        prompt="a (fox)1.2",
        negative_prompt="blurry",
        parameters={"width": 768, "num_inference_steps": 4, "seed": 9, "n": 2},
    )
    news = []
    with Client("invokeai", api.url) as client:
        client._sleep = lambda _: None
        found = client.generate(asked, watch=news.append)
    assert (found.image, found.seed, found.request_id) == (acts.PNG, 9, "b-1")
    assert len(found.others) == 1
    assert api.seen[0].path == "/api/v2/models/?model_type=main"
    assert api.seen[1].path == "/api/v1/queue/default/enqueue_batch"
    batch = api.seen[1].json["batch"]
    assert (batch["runs"], batch["origin"]) == (1, "impasto")
    assert batch["data"] == [[{"node_path": "noise", "field_name": "seed", "items": [9, 10]}]]
    nodes = batch["graph"]["nodes"]
    assert nodes["model"]["model"] == XL
    assert (nodes["positive"]["prompt"], nodes["negative"]["prompt"]) == ("a (fox)1.2", "blurry")
    assert (nodes["noise"]["width"], nodes["noise"]["height"]) == (768, 1024)
    assert nodes["positive"]["target_width"] == 768
    assert (nodes["denoise"]["steps"], nodes["denoise"]["cfg_scale"]) == (4, 7)
    assert [(n.text, n.share) for n in news if isinstance(n, Status)] == [
        ("pending", None),
        ("in progress", None),
        ("waiting", 0.5),
    ]
    assert [seen.path for seen in api.seen[-2:]] == [
        "/api/v1/images/i/a%20b.png/full",
        "/api/v1/images/i/c.png/full",
    ]


@pytest.mark.parametrize("wanted", ["k-1", "Dreamshaper 8"])
def test_a_checkpoint_by_key_or_name(client, acts, api, said, wanted):
    api.plays(models(acts, XL, SD1), queued(acts, 7), item(acts, "completed", "a"), acts.image())
    found = client.generate(
        said(parameters={"checkpoint": wanted}), backend="invokeai", base_url=api.url
    )
    graph = api.seen[1].json["batch"]["graph"]
    assert graph["nodes"]["model"] == {
        "id": "model",
        "type": "main_model_loader",
        "is_intermediate": True,
        "model": SD1,
    }
    seeds = api.seen[1].json["batch"]["data"][0][0]["items"]
    assert seeds == [found.seed]
    assert 0 <= found.seed < 1 << 32


@pytest.mark.parametrize(
    ("found", "parameters", "words"),
    [
        ([XL], {"checkpoint": "Juggernaut X"}, 'did you mean "Juggernaut XL"'),
        ([SD1], {}, "installed are: Dreamshaper 8"),
        ([], {}, "installed are: none"),
        ([FLUX], {"checkpoint": "FLUX Dev"}, "asked for models of sd-1, sdxl"),
        ([XL], {"n": 0}, "whole number above 0"),
        ([XL], {"tiling": True}, "no place for tiling"),
    ],
)
def test_what_is_refused_before_it_is_sent(client, acts, api, said, found, parameters, words):
    api.plays(models(acts, *found))
    asked = said(model="stable-diffusion-xl", parameters=parameters)
    with pytest.raises(InvalidRequest) as caught:
        client.generate(asked, backend="invokeai", base_url=api.url)
    assert words in str(caught.value)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (422, {"detail": [{"loc": ["body", "batch"], "msg": "bad", "type": "x"}]}, InvalidRequest),
        (500, {"detail": "Unexpected error while enqueuing batch: no"}, BackendDown),
        (201, {"batch": {}}, ProtocolError),
        (201, {"batch": {"batch_id": "b"}, "item_ids": []}, ProtocolError),
    ],
)
def test_how_a_submission_can_fail(client, acts, api, said, status, body, error):
    api.plays(models(acts, XL), acts.answer(status, body))
    with pytest.raises(error):
        client.generate(said(model="sdxl"), backend="invokeai", base_url=api.url)
    assert len(api.seen) == 2


@pytest.mark.parametrize(
    ("status", "kind", "why", "words"),
    [
        ("failed", "OutOfMemoryError", "CUDA out of memory", "smaller size"),
        ("failed", "ValueError", "no such scheduler", "ValueError: no such scheduler"),
        ("canceled", None, None, "stopped it"),
        ("completed", None, None, "without an image"),
    ],
)
def test_how_a_job_can_end(client, acts, api, said, status, kind, why, words):
    api.plays(
        models(acts, XL), queued(acts, 7), item(acts, status, error_type=kind, error_message=why)
    )
    with pytest.raises(GenerationFailed) as caught:
        client.generate(said(model="sdxl"), backend="invokeai", base_url=api.url)
    assert words in str(caught.value)
    assert caught.value.billed == "no"


def test_a_server_that_forgot_the_job(client, acts, api, said):
    gone = acts.answer(404, {"detail": "Item with id 7 not found in queue default"})
    api.plays(models(acts, XL), queued(acts, 7), gone)
    with pytest.raises(ResultExpired, match="does not know the job"):
        client.generate(said(model="sdxl"), backend="invokeai", base_url=api.url)


@pytest.mark.parametrize(("act", "error"), [("hang_up", BackendDown), ("html", ProtocolError)])
def test_a_line_that_breaks(client, acts, api, said, act, error):
    api.plays(models(acts, XL), acts.html() if act == "html" else acts.hang_up)
    with pytest.raises(error) as caught:
        client.generate(said(model="sdxl"), backend="invokeai", base_url=api.url)
    assert caught.value.billed == "maybe"


def test_giving_up_cancels_the_batch(acts, api, said):
    api.plays(models(acts, XL), queued(acts, 7), item(acts, "in_progress"))
    with Client("invokeai", api.url, timeout=0.6) as client, pytest.raises(Exception, match="over"):
        client.generate(said(model="sdxl"))
    last = api.seen[-1]
    assert (last.method, last.json) == ("PUT", {"batch_ids": ["b-1"]})
    assert last.path == "/api/v1/queue/default/cancel_by_batch_ids"


def test_a_job_goes_on_after_a_kill(acts, api, said):
    api.plays(models(acts, XL), queued(acts, 7), item(acts, "completed", "a"), acts.image())
    news = []
    with Client("invokeai", api.url) as client:
        client.generate(said(model="sdxl"), watch=news.append)
    ticket = json.loads(json.dumps(dict(next(n for n in news if isinstance(n, Ticket)).state)))
    api.seen.clear()
    api.plays(item(acts, "completed", "a"), acts.image())
    with Client("invokeai", api.url) as client:
        assert client.resume(said(), ticket).image == acts.PNG
    assert [seen.method for seen in api.seen] == ["GET", "GET"]


@pytest.mark.parametrize("name", ["sdxl", "sd-1"])
def test_every_edge_of_a_graph_joins_two_nodes_and_none_twice(name):
    graph = json.loads((GRAPHS / f"{name}.json").read_text())
    assert all(node["id"] == key for key, node in graph["nodes"].items())
    ends = [(end["node_id"], end["field"]) for e in graph["edges"] for end in (e["destination"],)]
    assert len(ends) == len(set(ends))
    starts = {e["source"]["node_id"] for e in graph["edges"]}
    assert starts | {node for node, _ in ends} == set(graph["nodes"])
    assert {node for node, _ in ends if node not in starts} == {"decoder"}
    assert [k for k, n in graph["nodes"].items() if not n["is_intermediate"]] == ["decoder"]
