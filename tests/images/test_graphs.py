"""ComfyUI's graphs are walked from the image to the prompt, through nodes that nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from foreign import build
from impasto.images.comfy.canvas import from_canvas
from impasto.images.comfy.graph import MOST_NODES, from_api
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
