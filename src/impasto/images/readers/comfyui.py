"""ComfyUI: the graph that made the image, as the server ran it and as the editor keeps it.

PNG: the texts `prompt` (the API form) and `workflow` (the canvas); JPEG and WebP: Exif tags from
0x0110 downwards that begin with "prompt:" and "workflow:". Source: ComfyUI nodes.py, SaveImage and
comfy_extras. Some writers put the API form into the user comment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from impasto.errors import ImageError
from impasto.images import jsontext
from impasto.images.comfy import sampling
from impasto.images.comfy.canvas import from_canvas
from impasto.images.comfy.graph import MOST_NODES, from_api
from impasto.images.comfy.texts import told
from impasto.images.generation import Fields, Generation, number
from impasto.images.readers import _webui

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.images.carried import Carried
    from impasto.images.comfy.graph import Graph, Node

RANK = 30

_TAG = re.compile(r"\s*(prompt|workflow):\s*(?=\{)", re.IGNORECASE)
_NUMBERS = {
    "seed": ("seed", "noise_seed"),
    "steps": ("steps",),
    "cfg": ("cfg",),
    "sampler": ("sampler_name",),
    "scheduler": ("scheduler",),
    "denoise": ("denoise",),
}
"""Names here, and names of inputs."""
_PLAIN = re.compile(r"flux2|qwen_image|ltxv", re.IGNORECASE)
"""Types of text encoders to which a weight is text: their tokenizers set `disable_weights`."""


def read(carried: Carried) -> Generation | None:
    """Return what a graph says; None where there is none, or an infotext with parameters beside it.

    Raises:
        ImageError: the graph is damaged.
    """
    graphs = list(_graphs(carried))
    words = _webui.parsed(carried) if graphs else None
    if words and words.parameters:
        return None
    problems: list[str] = []
    for name, text in graphs:
        try:
            graph = _graph(text, name)
        except ImageError as problem:
            problems.append(str(problem))
            continue
        if graph:
            if len(graph) >= MOST_NODES:
                problems.append(f"the graph has {MOST_NODES:,} nodes or more; the rest is not read")
            found = _generation(graph, problems)
            return found if name == "prompt" else _of_canvas(found)
    if problems:
        raise ImageError("; ".join(problems))
    return None


def has_graph(carried: Carried) -> bool:
    """Return whether an image has a graph of ComfyUI in it."""
    return any('"class_type"' in text or '"nodes"' in text for _, text in _graphs(carried))


def _graphs(carried: Carried) -> Iterator[tuple[str, str]]:
    """Yield the texts that may be graphs, those in the API form first."""
    places = {name.lower(): text for name, text in carried.texts.items()}
    for text in carried.outer.values():
        tag = _TAG.match(text)
        if tag:
            places.setdefault(tag[1].lower(), text[tag.end() :])
    if '"class_type"' in carried.comment:
        places.setdefault("prompt", carried.comment)
    for name in ("prompt", "workflow"):
        if jsontext.looks_like_object(places.get(name, "")):
            yield name, places[name]


def _graph(text: str, name: str) -> Graph | None:
    data = jsontext.mapping(text, f'the text "{name}" of ComfyUI')
    inner = data.get("prompt")
    return (
        from_api(data)
        or from_canvas(data)
        or (from_api(inner) if isinstance(inner, dict) else None)
    )


def _of_canvas(found: Generation) -> Generation:
    from msgspec.structs import replace  # noqa: PLC0415 - only here

    note = "only the editor's graph is in the image; values of unknown nodes have no names there"
    return replace(found, unread=(note, *found.unread))


def _generation(graph: Graph, problems: list[str]) -> Generation:
    chain = sampling.samplers(graph)
    if not chain:
        return _without_sampler(graph, problems)
    first, *later = chain
    others: dict[str, Any] = {}
    if later:
        others["later passes"] = [_pass(graph, node) for node in later]
    aside = sampling.count(graph) - len(chain)
    if aside > 0:
        problems.append(
            f"the graph has {aside} more samplers, which did not make this image or cannot be told from those that did"
        )
    return _of_sampler(graph, first, others, problems)


def _of_sampler(
    graph: Graph, node: Node, others: dict[str, Any], problems: list[str]
) -> Generation:
    wanted, unwanted = told(graph, node, "positive"), told(graph, node, "negative")
    if not wanted.text:
        problems += wanted.unread or (f"{node} has no prompt",)
    model, loras = sampling.model(graph, node)
    fields = Fields(_numbers(graph, node, problems))
    cfg, guidance = fields.number("cfg"), _guidance(graph, wanted.guidance)
    if guidance is not None and cfg is not None:
        others["cfg"] = cfg
    return Generation(
        tool="comfyui",
        software="ComfyUI",
        dialect=_dialect(graph),
        prompt=wanted.text,
        negative_prompt=unwanted.text,
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=cfg if guidance is None else guidance,
        sampler=fields.name("sampler"),
        scheduler=fields.name("scheduler"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=model,
        loras=loras,
        others={**others, **fields.left},
        unread=(*problems, *fields.unread),
    )


def _guidance(graph: Graph, found: tuple[object, ...]) -> float | None:
    """Return the guidance that was given to the text, as models want it that are distilled."""
    values = (number(sampling.resolved(graph, one, "guidance")) for one in found)
    return next((value for value in values if value is not None), None)


def _numbers(graph: Graph, node: Node, problems: list[str]) -> dict[str, Any]:
    """Return the numbers that a sampler paints with, without those that nobody tells."""
    found = {name: sampling.value(graph, node, *inputs) for name, inputs in _NUMBERS.items()}
    found["width"], found["height"] = sampling.size(graph, node)
    for name, value in found.items():
        if isinstance(value, sampling.Made):
            problems.append(f"the {name} is made by {value.by} and is not in the file")
    return {
        name: value
        for name, value in found.items()
        if value is not None and not isinstance(value, sampling.Made)
    }


def _pass(graph: Graph, node: Node) -> dict[str, Any]:
    return {"node": str(node), **_numbers(graph, node, [])}


def _without_sampler(graph: Graph, problems: list[str]) -> Generation:
    """Return what the nodes say that ask a service for an image: those with a prompt."""
    asking = [node for node in graph.values() if {"prompt", "text"} & node.inputs.keys()]
    asking.sort(key=lambda node: "prompt" not in node.inputs)
    if not asking:
        problems.append("the graph has no sampler and no prompt")
        return Generation(tool="comfyui", software="ComfyUI", unread=tuple(problems))
    if len(asking) > 1:
        problems.append(
            f"the graph has no sampler; the prompt is that of {asking[0]}, the first of {len(asking)} with one"
        )
    return _of_sampler(graph, asking[0], {"node": asking[0].kind}, problems)


def _dialect(graph: Graph) -> str:
    """Return the dialect of the text encoder that is loaded."""
    kinds = (node.inputs.get("type") for node in graph.values() if "CLIP" in node.kind)
    plain = any(isinstance(kind, str) and _PLAIN.fullmatch(kind) for kind in kinds)
    return "comfyui-plain" if plain else "comfyui"
