"""A graph of ComfyUI as its editor keeps it, which is all there is in some images.

Nodes are drawn on a canvas: values of widgets stand in a list without names, links in a list of
their own, and there are nodes that only exist there: reroutes, notes, muted and bypassed nodes,
subgraphs. Source: ComfyUI_frontend, src/platform/workflow/validation/schemas/workflowSchema.ts.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from impasto.images.comfy.graph import MOST_NODES, Graph, Link, Node

_MUTED, _BYPASSED = 2, 4
_ENTRY, _EXIT = "-10", "-20"
"""The ids of the borders of a subgraph, within it."""
_CONTROL: Final = frozenset(("fixed", "increment", "decrement", "randomize"))
"""What stands behind such a value among those of widgets, without being an input."""
_CONTROLLED: Final = frozenset(("seed", "noise_seed", "value"))
"""Widgets that may have such a word behind their value: seeds, and what a primitive node holds."""
_DEEPEST: Final = 16
_MOST_READ: Final = 10 * MOST_NODES
"""Levels of subgraphs, and nodes and links in them, that are read at most: a subgraph may be drawn
many times, and within itself."""
_LONGEST_ID: Final = 40
"""Characters of an id: those of a UUID, and some."""
_WIDGETS: Final = {
    "KSampler": ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise",
        "noise_seed",
        "steps",
        "cfg",
        "sampler_name",
        "scheduler",
        "start_at_step",
        "end_at_step",
        "return_with_leftover_noise",
    ),
    "SamplerCustom": ("add_noise", "noise_seed", "cfg"),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": (
        "width",
        "height",
        "crop_w",
        "crop_h",
        "target_width",
        "target_height",
        "text_g",
        "text_l",
    ),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "UnetLoaderGGUF": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "PrimitiveNode": ("value",),
}
"""The names of the values of widgets, for nodes whose inputs do not name them."""


class _Scene(NamedTuple):
    """A canvas that is still to be read, the node whose subgraph it is, the canvases around it."""

    data: dict[str, Any]
    owner: str = ""
    depth: int = 0

    @property
    def extent(self) -> int:
        """How many nodes and links it has."""
        lists = (self.data.get(name) for name in ("nodes", "links"))
        return sum(len(found) for found in lists if isinstance(found, list))

    def id(self, number: Any) -> str:
        """Return the id of a node on it, as the server has it."""
        own = str(number)[:_LONGEST_ID]
        return f"{self.owner}:{own}" if self.owner else own


def from_canvas(data: dict[str, Any]) -> Graph | None:
    """Return the graph that a canvas stands for; None if it is something else."""
    if not isinstance(data.get("nodes"), list):
        return None
    reader = _Reader(_subgraphs(data))
    reader.read(_Scene(data))
    return reader.graph or None


def _subgraphs(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    definitions = data.get("definitions")
    found = definitions.get("subgraphs") if isinstance(definitions, dict) else None
    return {str(one.get("id")): one for one in _objects(found)}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


class _Reader:
    """Collects the nodes of a canvas and of the subgraphs on it, one scene after the other."""

    def __init__(self, subgraphs: dict[str, dict[str, Any]]) -> None:
        self.subgraphs = subgraphs
        self.graph: Graph = {}

    def read(self, first: _Scene) -> None:
        """Read a canvas and what is on it, as far as there is room for nodes."""
        scenes = [first]
        extent = 0
        while scenes and len(self.graph) < MOST_NODES and extent < _MOST_READ:
            scene = scenes.pop()
            extent += scene.extent
            scenes += self._scene(scene)

    def _scene(self, scene: _Scene) -> list[_Scene]:
        """Read one canvas and return the subgraphs on it."""
        origins = _origins(scene)
        if scene.owner:
            self.graph[scene.owner] = self.graph[scene.owner]._replace(
                inputs={}, through=_exits(scene, origins)
            )
        named = _named(scene, origins)
        inner: list[_Scene] = []
        for data in _objects(scene.data.get("nodes"))[:MOST_NODES]:
            if data.get("mode") == _MUTED:
                continue
            node = _node(data, scene, origins, named)
            subgraph = self.subgraphs.get(node.kind)
            if subgraph is not None and scene.depth < _DEEPEST:
                inner.append(_Scene(subgraph, node.id, scene.depth + 1))
                self._add_entry(node, data, inner[-1])
            self.graph[node.id] = node
        return inner

    def _add_entry(self, node: Node, data: dict[str, Any], scene: _Scene) -> None:
        """Add the entry of a subgraph that `node` stands for."""
        entry = scene.id(_ENTRY)
        names = [str(one.get("name")) for one in _objects(data.get("inputs"))]
        values = {str(slot): node.inputs.get(name) for slot, name in enumerate(names)}
        through = {int(slot): value for slot, value in values.items() if isinstance(value, Link)}
        self.graph[entry] = Node(entry, "entry", values, through)


def _origins(scene: _Scene) -> dict[int, Link]:
    """Return where every link of a canvas comes from, by the number of the link."""
    found: dict[int, Link] = {}
    links = scene.data.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, list) and len(link) >= 3:
            number, node, slot = link[:3]
        elif isinstance(link, dict):
            number, node, slot = (link.get(name) for name in ("id", "origin_id", "origin_slot"))
        else:
            continue
        if isinstance(number, int) and isinstance(slot, int):
            found[number] = Link(scene.id(node), slot)
    return found


def _exits(scene: _Scene, origins: dict[int, Link]) -> dict[int, Link]:
    """Return what the outputs of a subgraph lead to."""
    found: dict[int, Link] = {}
    for link in _objects(scene.data.get("links")):
        slot, number = link.get("target_slot"), link.get("id")
        origin = origins.get(number) if isinstance(number, int) else None
        if origin and isinstance(slot, int) and str(link.get("target_id")) == _EXIT:
            found[slot] = origin
    return found


def _named(scene: _Scene, origins: dict[int, Link]) -> dict[str, Link]:
    """Return what the nodes SetNode of a canvas hold, by name; GetNode takes it."""
    found: dict[str, Link] = {}
    for data in _objects(scene.data.get("nodes")):
        if data.get("type") == "SetNode":
            linked = [origins.get(number) for number in _numbers(data)]
            if linked and linked[0]:
                found[_first_value(data)] = linked[0]
    return found


def _numbers(data: dict[str, Any]) -> list[int]:
    numbers = (one.get("link") for one in _objects(data.get("inputs")))
    return [number for number in numbers if isinstance(number, int)]


def _first_value(data: dict[str, Any]) -> str:
    values = data.get("widgets_values")
    return str(values[0]) if isinstance(values, list) and values else ""


def _node(
    data: dict[str, Any], scene: _Scene, origins: dict[int, Link], named: dict[str, Link]
) -> Node:
    inputs = _widgets(data)
    linked: dict[int, tuple[str, Link]] = {}
    for slot, one in enumerate(_objects(data.get("inputs"))):
        number = one.get("link")
        if isinstance(number, int) and number in origins:
            inputs[str(one.get("name"))] = origins[number]
            linked[slot] = (str(one.get("type")), origins[number])
    kind = str(data.get("type"))
    if data.get("mode") == _BYPASSED:
        through = _bypassed(data, linked)
    elif kind.startswith("Reroute"):
        through = dict(enumerate(link for _, link in list(linked.values())[:1]))
    elif kind == "GetNode" and _first_value(data) in named:
        through = {0: named[_first_value(data)]}
    else:
        through = {}
    return Node(scene.id(data.get("id")), kind, inputs, through)


def _bypassed(data: dict[str, Any], linked: dict[int, tuple[str, Link]]) -> dict[int, Link]:
    """Return what passes a bypassed node: the input beside the output, else the first of its type.

    Source: ComfyUI_frontend, graphToPrompt.
    """
    first: dict[str, Link] = {}
    for kind, link in linked.values():
        first.setdefault(kind, link)
    found: dict[int, Link] = {}
    for slot, one in enumerate(_objects(data.get("outputs"))):
        kind = str(one.get("type"))
        beside = linked.get(slot)
        if beside and beside[0] == kind:
            found[slot] = beside[1]
        elif kind in first:
            found[slot] = first[kind]
    return found


def _widgets(data: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a node's widgets by name, as far as they can be named."""
    values = data.get("widgets_values")
    if isinstance(values, dict):
        return dict(values)
    if not isinstance(values, list):
        return {}
    widgets = (one.get("widget") for one in _objects(data.get("inputs")))
    names = [str(one.get("name")) for one in widgets if isinstance(one, dict)]
    for given in (names, _WIDGETS.get(str(data.get("type")), ())):
        found = _fitting(given, values)
        if found:
            return found
    longest = max((v for v in values if isinstance(v, str)), key=len, default="")
    return {"text": longest} if longest else {}


def _fitting(names: list[str] | tuple[str, ...], values: list[Any]) -> dict[str, Any]:
    """Return the values by name; nothing if there are more values than names."""
    found: dict[str, Any] = {}
    left = list(reversed(values))
    for name in names:
        if not left:
            break
        found[name] = left.pop()
        if name in _CONTROLLED and left and str(left[-1]) in _CONTROL:
            left.pop()
    return {} if left else found
