from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.client import Client
from impasto.client.backends._workflow import graph_of
from impasto.client.exchange import Status
from impasto.client.request import Request
from impasto.errors import FileError, GenerationFailed, InvalidRequest, ResultExpired

HERE = Path(__file__).with_name("comfyui")
HISTORY = json.loads((HERE / "history.json").read_text())
JOB = next(iter(HISTORY))


def taken(acts):
    return acts.answer(200, {"prompt_id": JOB, "number": 5, "node_errors": {}})


def queue(acts, running=(), pending=()):
    entries = {"queue_running": running, "queue_pending": pending}
    return acts.answer(200, {k: [[n, job] for n, job in enumerate(v)] for k, v in entries.items()})


NOTHING = {}


def test_the_way_of_a_request(acts, api, said):
    api.plays(
        taken(acts),
        acts.answer(200, NOTHING),
        queue(acts, ["other"], ["another", JOB]),
        acts.answer(200, NOTHING),
        queue(acts, [JOB]),
        acts.answer(200, HISTORY),
        acts.image(),
    )
    news = []
    asked = said(
        model="stable-diffusion-xl",
        prompt="a (fox:1.2)",
        negative_prompt="blurry",
        parameters={"width": 768, "seed": 9, "num_inference_steps": 4},
    )
    with Client("comfyui", api.url) as client:
        client._sleep = lambda _: None
        found = client.generate(asked, watch=news.append)
    assert (found.image, found.seed, found.request_id) == (acts.PNG, 9, JOB)
    graph = api.seen[0].json["prompt"]
    assert graph["positive"]["inputs"]["text"] == "a (fox:1.2)"
    assert graph["negative"]["inputs"]["text"] == "blurry"
    assert graph["canvas"]["inputs"] == {"width": 768, "height": 1024, "batch_size": 1}
    sampler = graph["sampler"]["inputs"]
    assert (sampler["seed"], sampler["steps"], sampler["cfg"]) == (9, 4, 7)
    assert [n.text for n in news if isinstance(n, Status)] == [
        "in the queue, 2 before it",
        "running",
    ]
    view = urlsplit(api.seen[-1].path)
    assert view.path == "/view"
    assert parse_qs(view.query)["filename"] == ["imp_00011_.png"]


def test_a_refused_graph_says_which_node_and_input(client, acts, api, said):
    api.plays(acts.answer(400, json.loads((HERE / "refusal.json").read_text())))
    with pytest.raises(InvalidRequest) as caught:
        client.generate(said(model="sdxl"), backend="comfyui", base_url=api.url)
    assert caught.value.fields == {
        "4.ckpt_name": "ckpt_name: 'nope' not in ['tiny_random.safetensors']"
    }


def entry(status, *messages, outputs=None):
    told = {"status_str": status, "completed": status == "success", "messages": list(messages)}
    return {JOB: {"prompt": [], "outputs": outputs or {}, "status": told}}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            entry(
                "error",
                [
                    "execution_error",
                    {"node_type": "KSampler", "exception_message": "CUDA out of memory"},
                ],
            ),
            "smaller size",
        ),
        (entry("error", ["execution_interrupted", {}]), "interrupted"),
        (entry("success"), "saved no image"),
    ],
)
def test_how_a_job_can_end(client, acts, api, said, found, words):
    api.plays(taken(acts), acts.answer(200, found))
    with pytest.raises(GenerationFailed, match=words) as caught:
        client.generate(said(model="sdxl"), backend="comfyui", base_url=api.url)
    assert caught.value.billed == "no"


def test_a_server_that_forgot_the_job(client, acts, api, said):
    api.plays(taken(acts), *[acts.answer(200, NOTHING), queue(acts)] * 2)
    with pytest.raises(ResultExpired, match="restarted"):
        client.generate(said(model="sdxl"), backend="comfyui", base_url=api.url)


def test_giving_up_takes_the_job_out_and_interrupts_it(acts, api, said):
    def either(handler, site):
        path = handler.path.split("/")[1]
        act = {"prompt": taken(acts), "queue": queue(acts, [JOB])}.get(path)
        (act or acts.answer(200, NOTHING))(handler, site)

    api.plays(either)
    with Client("comfyui", api.url, timeout=0.6) as client, pytest.raises(Exception, match="over"):
        client.generate(said(model="sdxl"))
    last = api.seen[-2:]
    assert [(seen.path, seen.json) for seen in last] == [
        ("/queue", {"delete": [JOB]}),
        ("/interrupt", {"prompt_id": JOB}),
    ]


def request(model="flux-dev", prompt="a fox", negative="", **parameters):
    return Request("comfyui", model, prompt, negative, parameters)


def test_flux_has_a_graph_of_its_own():
    graph = graph_of(request(guidance_scale=2.5))
    assert graph["guidance"]["inputs"]["guidance"] == 2.5
    assert graph["sampler"]["inputs"]["cfg"] == 1
    assert graph["sampler"]["inputs"]["seed"] >= 0


@pytest.mark.parametrize("model", ["stable-diffusion-xl", "flux-dev"])
def test_every_link_of_a_built_in_graph_leads_to_a_node(model):
    graph = graph_of(request(model))
    for node in graph.values():
        for value in node["inputs"].values():
            if isinstance(value, list):
                assert value[0] in graph
    assert "%" not in json.dumps(graph)


def test_a_workflow_of_ones_own(tmp_path):
    path = tmp_path / "mine.json"
    nodes = {
        "1": {"class_type": "A", "inputs": {"text": "%prompt%", "n": "%seed=5%", "x": "%date:y%"}},
        "2": {"class_type": "B", "inputs": {"note": "100% %prompt% inside", "from": ["1", 0]}},
    }
    path.write_text(json.dumps(nodes))
    graph = graph_of(request(model="whatever", workflow=str(path)))
    assert graph["1"]["inputs"] == {"text": "a fox", "n": 5, "x": "%date:y%"}
    assert graph["2"]["inputs"]["note"] == "100% %prompt% inside"


@given(st.text())
def test_a_prompt_is_one_value_whatever_is_in_it(prompt):
    graph = graph_of(request(prompt=prompt, seed=1))
    assert graph["positive"]["inputs"]["text"] == prompt


def test_what_has_no_place_is_told():
    with pytest.raises(InvalidRequest, match="no place for tiling, negative_prompt"):
        graph_of(request(negative="blurry", tiling=True))


def test_a_model_without_a_graph():
    with pytest.raises(InvalidRequest, match="workflow=FILE"):
        graph_of(request(model="dall-e-3"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("[]", "no graph"),
        ("{}", "no graph"),
        ('{"1": {"inputs": {}}}', "no graph"),
        ('{"nodes": [], "links": []}', "format of the editor"),
    ],
)
def test_a_file_that_is_no_graph(tmp_path, text, words):
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(FileError, match=words):
        graph_of(request(workflow=str(path)))
    with pytest.raises(FileError, match="cannot read"):
        graph_of(request(workflow=str(tmp_path / "none.json")))
