"""The samplers of a graph in the order in which they paint, and the numbers they paint with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.images.comfy.graph import MOST_HOPS, Graph, Link, Node, target
from impasto.images.generation import Lora, number

if TYPE_CHECKING:
    from collections.abc import Iterator

_TO_IMAGE: Final = re.compile(
    r"(?:model|clip|vae|positive|negative|conditioning|guider|noise|sampler|sigmas|control_net"
    r"|\w{0,20}prompt|text|seed|steps|cfg|guidance|width|height|mask)(?:_?\d{1,3})?",
    re.IGNORECASE,
)
"""Inputs that do not lead to an earlier image."""
_TO_MODEL: Final = re.compile(
    r"(?:clip|vae|images?|samples|latent\w{0,10}|positive|negative|conditioning|noise|sampler|sigmas"
    r"|mask|text|prompt|pixels|seed|steps|cfg|width|height|upscale_model|control_net|style_model"
    r"|clip_vision\w{0,10}|sam_model\w{0,10}|\w{0,20}detector)(?:_?\d{1,3})?",
    re.IGNORECASE,
)
"""Inputs that do not lead to the model."""
_MODEL: Final = (
    "ckpt_name",
    "unet_name",
    "base_ckpt_name",
    "diffusion_name",
    "gguf_name",
    "model_name",
)
_LORA: Final = re.compile(r"lora(?:_name)?(?:_?(\d{1,3}))?", re.IGNORECASE)
_LORA_WEIGHTS: Final = (
    "strength_model",
    "model_weight",
    "lora_model_strength",
    "lora_wt",
    "strength",
    "lora_weight",
    "weight",
)
_SIZES: Final = (("width", "height"), ("empty_latent_width", "empty_latent_height"))
_MOST_PASSED: Final = 64
"""Inputs that a node has at most which only passes a value on."""
_NUMBER_NAMES: Final = ("value", "int", "float", "number", "seed", "noise_seed", "Value")


class Made(NamedTuple):
    """A value that a node makes while the graph runs, so nobody can tell it."""

    by: str


def samplers(graph: Graph) -> tuple[Node, ...]:
    """Return the samplers that painted one after the other, the first pass first.

    Of several chains it is the one that ends in the first image that is saved.
    """
    used = {link.node for node in graph.values() for _, link in node.links}
    ends = [node for node in graph.values() if node.id not in used]
    ends.sort(key=lambda node: "save" not in node.kind.lower())
    seen: set[str] = set()  # before these no sampler was found
    for end in ends or list(graph.values()):
        chain = _chain(graph, end, seen)
        if chain:
            return chain
    return ()


def count(graph: Graph) -> int:
    """Return how many samplers a graph has."""
    return sum(map(is_sampler, graph.values()))


def is_sampler(node: Node) -> bool:
    """Return whether a node paints: what goes in tells."""
    names = node.inputs
    if "guider" in names and "sigmas" in names:
        return True
    numbered = bool({"seed", "noise_seed", "steps"} & names.keys())
    told = isinstance(names.get("positive"), Link) or "sampler_name" in names
    return numbered and told and ("steps" in names or "sigmas" in names)


def _chain(graph: Graph, end: Node, seen: set[str]) -> tuple[Node, ...]:
    """Return the samplers before a node, the first pass first; what is `seen` is passed over."""
    found: list[Node] = []
    seen.add(end.id)
    node: Node | None = end
    while node is not None:
        if is_sampler(node):
            found.append(node)
        node = _before(graph, node, seen)
    return tuple(reversed(found))


def _before(graph: Graph, node: Node, seen: set[str]) -> Node | None:
    """Return the nearest sampler before a node, in the way that the image came."""
    queue = [node]
    for one in queue:
        if one is not node and is_sampler(one):
            return one
        for following in _neighbours(graph, one, _TO_IMAGE):
            if following.id not in seen:
                seen.add(following.id)
                queue.append(following)
    return None


def _neighbours(graph: Graph, node: Node, without: re.Pattern[str]) -> Iterator[Node]:
    for name, link in node.links:
        found = None if without.fullmatch(name) else target(graph, link)
        if found:
            yield found[0]


def value(graph: Graph, node: Node, *names: str) -> Any:
    """Return an input of a node, or of those that guide it; None if it is not there.

    A value that another node passes on is followed to where it is written; `Made` where it is not.
    """
    seen: set[str] = set()
    queue = [node]
    for one in queue:
        for name in names:
            if name in one.inputs:
                return resolved(graph, one.inputs[name], name)
        for via in ("guider", "sigmas", "sampler", "noise"):
            found = (
                target(graph, one.inputs[via]) if isinstance(one.inputs.get(via), Link) else None
            )
            if found and found[0].id not in seen:
                seen.add(found[0].id)
                queue.append(found[0])
    return None


def resolved(graph: Graph, given: Any, name: str) -> Any:
    """Return the value of an input called `name`, followed to where it is written."""
    for _ in range(MOST_HOPS):
        if not isinstance(given, Link):
            return given
        found = target(graph, given)
        if found is None:
            return Made(f"node {given.node}")
        node, slot = found
        names = (str(slot),) if node.kind == "entry" else (name, *_NUMBER_NAMES)
        given = next((node.inputs[one] for one in names if one in node.inputs), None)
        if given is None:
            given = _passed_on(node)
        if given is None:
            return Made(str(node))
    return Made(f"node {given.node}") if isinstance(given, Link) else given


def _passed_on(node: Node) -> Any:
    """Return the only link of a node, else its only number or text; None if there are several."""
    if len(node.inputs) > _MOST_PASSED:
        return None
    links = [link for _, link in node.links]
    found = [one for one in node.inputs.values() if isinstance(one, (int, float, str))]
    return next((one[0] for one in (links, found) if len(one) == 1), None)


def size(graph: Graph, sampler: Node) -> tuple[Any, Any]:
    """Return the width and height of the canvas that a sampler began with."""
    seen = {sampler.id}
    queue = [sampler]
    for node in queue:
        sides = next((pair for pair in _SIZES if node.inputs.keys() >= set(pair)), None)
        if sides and node is not sampler:
            return tuple(resolved(graph, node.inputs[side], side) for side in sides)
        for following in _neighbours(graph, node, _TO_IMAGE):
            if following.id not in seen:
                seen.add(following.id)
                queue.append(following)
    return None, None


def model(graph: Graph, sampler: Node) -> tuple[str, tuple[Lora, ...]]:
    """Return the file of the model that a sampler used, and the adapters in the order of loading."""
    seen = {sampler.id}
    queue = [sampler]
    found = ""
    loras: list[Lora] = []
    for node in queue:
        loras += reversed(_loras(graph, node))
        names = (resolved(graph, node.inputs.get(name), name) for name in _MODEL)
        found = found or next((one for one in names if isinstance(one, str) and one), "")
        for following in _neighbours(graph, node, _TO_MODEL):
            if following.id not in seen:
                seen.add(following.id)
                queue.append(following)
    return found, tuple(reversed(loras))


def _loras(graph: Graph, node: Node) -> list[Lora]:
    """Return the adapters that a node loads: one, several numbered ones, or objects."""
    found = []
    for name, given in node.inputs.items():
        named = _LORA.fullmatch(name)
        if not named:
            continue
        if isinstance(given, dict):
            if given.get("on", True) and isinstance(given.get("lora"), str):
                found.append(_lora(given["lora"], given.get("strength")))
            continue
        file = resolved(graph, given, name)
        if isinstance(file, str) and file not in ("", "None"):
            found.append(_lora(file, _weight(graph, node, named[1])))
    return found


def _weight(graph: Graph, node: Node, numbered: str | None) -> Any:
    suffix = f"_{numbered}" if numbered else ""
    names = (f"{name}{suffix}" for name in _LORA_WEIGHTS)
    return next((resolved(graph, node.inputs[n], n) for n in names if n in node.inputs), None)


def _lora(name: str, weight: Any) -> Lora:
    found = number(weight)
    return Lora(name, 1.0 if found is None else found)
