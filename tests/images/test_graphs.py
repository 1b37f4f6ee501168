"""ComfyUI's graphs are walked from the image to the prompt, through nodes that nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from foreign import build
from impasto.images.comfy import canvas as canvas_module
from impasto.images.comfy import sampling, texts
from impasto.images.comfy.canvas import from_canvas
from impasto.images.comfy.graph import MOST_NODES, Link, Node, from_api, target
from impasto.images.inspection import inspect

CASES = yaml.safe_load((Path(__file__).parent / "graphs.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_graph_is_walked(case):
    told = inspect(build(texts={case.get("place", "prompt"): case["graph"]})).to_json()
    assert {name: told[name] for name in case["expect"]} == case["expect"]


def test_numbers_that_json_does_not_have_are_accepted():
    graph = CASES[0]["graph"]
    text = json.dumps(graph).replace('"cfg": 6.5', '"cfg": NaN')
    assert "NaN" in text
    made = inspect(build(texts={"prompt": text})).generation
    assert (made.cfg, made.seed) == (None, 11)
    assert "\"cfg\" is no number: 'NaN'" in made.unread


def sampler(positive):
    return {
        "class_type": "KSampler",
        "inputs": {"seed": 1, "steps": 2, "cfg": 3, "sampler_name": "euler", "positive": positive},
    }


def test_a_circle_of_links_ends():
    graph = {
        "1": sampler(["2", 0]),
        "2": {"class_type": "A", "inputs": {"text": ["3", 0]}},
        "3": {"class_type": "B", "inputs": {"text": ["2", 0]}},
    }
    made = inspect(build(texts={"prompt": graph})).generation
    assert (made.prompt, made.seed) == ("", 1)


def test_a_chain_of_thousands_of_nodes_is_walked():
    chain = {
        str(n): {"class_type": "Pass", "inputs": {"conditioning": [str(n + 1), 0]}}
        for n in range(1, 5_000)
    }
    chain["0"] = sampler(["1", 0])
    chain["5000"] = {"class_type": "CLIPTextEncode", "inputs": {"text": "at the end"}}
    assert inspect(build(texts={"prompt": chain})).generation.prompt == "at the end"


def test_a_subgraph_that_holds_itself_ends():
    inner = {
        "id": "loop",
        "nodes": [{"id": 1, "type": "loop"}, {"id": 2, "type": "loop"}],
        "links": [],
    }
    canvas = {
        "nodes": [{"id": 1, "type": "loop"}],
        "links": [],
        "definitions": {"subgraphs": [inner]},
    }
    assert len(from_canvas(canvas)) <= MOST_NODES + 4


def calls_of(monkeypatch, module, name):
    """Count the calls of a function."""
    calls = []
    real = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: calls.append(0) or real(*args))
    return calls


def test_many_ends_of_one_chain_are_walked_once(monkeypatch):
    graph = {str(n): {"class_type": "A", "inputs": {"image": [str(n + 1), 0]}} for n in range(300)}
    graph["300"] = {"class_type": "A", "inputs": {}}
    graph |= {f"end{n}": {"class_type": "Save", "inputs": {"image": ["0", 0]}} for n in range(300)}
    calls = calls_of(monkeypatch, sampling, "target")
    assert sampling.samplers(from_api(graph)) == ()
    assert len(calls) <= 600


def test_a_node_is_visited_once_whatever_its_outputs(monkeypatch):
    def joint(of):
        inputs = {f"conditioning_{n}": [of, n] for n in range(200)}
        return {"class_type": "Joint", "inputs": inputs}

    graph = {"0": sampler(["1", 0]), "1": joint("2"), "2": joint("3")}
    graph["3"] = {"class_type": "CLIPTextEncode", "inputs": {"text": "once"}}
    calls = calls_of(monkeypatch, texts, "target")
    assert texts.told(from_api(graph), from_api(graph)["0"], "positive").text == "once"
    assert len(calls) <= 402


def test_values_and_links_are_not_followed_without_end():
    chain = {str(n): {"class_type": "A", "inputs": {"value": [str(n + 1), 0]}} for n in range(500)}
    graph = from_api({**chain, "500": {"class_type": "A", "inputs": {"value": 7}}})
    assert sampling.resolved(graph, Link("450", 0), "value") == 7
    assert isinstance(sampling.resolved(graph, Link("0", 0), "value"), sampling.Made)
    nodes = {str(n): Node(str(n), "Reroute", {}, {0: Link(str(n + 1), 0)}) for n in range(500)}
    nodes["500"] = Node("500", "A", {}, {})
    assert target(nodes, Link("450", 0)) == (nodes["500"], 0)
    assert target(nodes, Link("0", 0)) is None


def test_a_subgraph_that_is_drawn_often_is_read_as_far_as_there_is_room(monkeypatch):
    links = [[n, 1, 0, 2, 0, "A"] for n in range(1_000)]
    inner = {"id": "sub", "nodes": [{"id": 1, "type": "A"}], "links": links}
    canvas = {
        "nodes": [{"id": n, "type": "sub"} for n in range(1_000)],
        "definitions": {"subgraphs": [inner]},
    }
    calls = calls_of(monkeypatch, canvas_module, "_origins")
    from_canvas(canvas)
    assert len(calls) < 250


def test_ids_do_not_grow_with_what_is_in_them():
    inner = {"id": "loop", "nodes": [{"id": "x" * 10_000, "type": "loop"}], "links": []}
    canvas = {"nodes": [{"id": 1, "type": "loop"}], "definitions": {"subgraphs": [inner]}}
    assert max(map(len, from_canvas(canvas))) < 1_000


@pytest.mark.parametrize("words", ['{"positive": "x"}', "no parameters at all"])
def test_a_graph_counts_where_the_words_beside_it_say_nothing(words):
    told = inspect(build(texts={"prompt": CASES[0]["graph"], "parameters": words})).generation
    assert (told.tool, told.seed) == ("comfyui", 11)


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_an_infotext_beside_a_graph_counts_in_every_kind_of_file(kind):
    graph, words = json.dumps(CASES[0]["graph"]), "in words\nSteps: 9, Seed: 8, CFG scale: 7"
    if kind == "png":
        image = build(texts={"prompt": graph, "parameters": words})
    else:
        image = build("webp", outer={0x0110: f"prompt:{graph}"}, inner={0x9286: words})
    told = inspect(image).generation
    assert (told.tool, told.prompt, told.seed) == ("comfyui", "in words", 8)


@pytest.mark.parametrize(
    "data", [{}, {"a": 1}, {"1": {"class_type": 3}}, {"1": {"inputs": []}}, {"1": []}]
)
def test_what_is_no_graph_is_none(data):
    assert from_api(data) is None


def test_a_graph_in_exif_is_read_as_the_server_writes_it():
    graph = json.dumps(CASES[0]["graph"])
    image = build("webp", outer={0x0110: f"prompt:{graph}", 0x010F: 'workflow:{"nodes": []}'})
    assert inspect(image).generation.seed == 11
    only = build("jpeg", outer={0x010E: "Workflow: " + json.dumps(canvas_of(CASES))})
    assert inspect(only).generation.prompt == "a castle"


def canvas_of(cases):
    return next(case["graph"] for case in cases if case["name"] == "canvas")


def test_a_canvas_is_second_to_the_graph_that_ran():
    texts = {"prompt": CASES[0]["graph"], "workflow": canvas_of(CASES)}
    assert inspect(build(texts=texts)).generation.seed == 11
    texts["prompt"] = "{broken"
    assert inspect(build(texts=texts)).generation.prompt == "a castle"
