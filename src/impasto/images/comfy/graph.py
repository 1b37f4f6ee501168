"""A graph of ComfyUI as the server runs it: nodes by their ids, links between them.

The API form is an object: id -> {"class_type", "inputs"}; an input that is [id, slot] is a link to
the output `slot` of another node. Source: ComfyUI execution.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MOST_NODES = 20_000
"""Nodes of a graph that are read at most."""
MOST_HOPS = 100
"""Nodes that pass something on, one behind the other, that are followed at most."""


class Link(NamedTuple):
    """An output of a node, which another node takes as its input."""

    node: str
    slot: int


class Node(NamedTuple):
    """A node: its class, its inputs (values and links), and what its outputs pass through.

    `through` has the link behind an output of a node that changes nothing: a reroute, a bypassed
    node, the border of a subgraph. A value that a border passes stands in `inputs`.
    """

    id: str
    kind: str
    inputs: dict[str, Any]
    through: dict[int, Link]

    def __str__(self) -> str:
        return f"node {self.id} ({self.kind})"

    @property
    def links(self) -> list[tuple[str, Link]]:
        """The inputs that are links, by name."""
        return [(name, value) for name, value in self.inputs.items() if isinstance(value, Link)]


Graph = dict[str, Node]


def from_api(data: dict[str, Any]) -> Graph | None:
    """Return the graph of an object in the API form; None if it is something else."""
    graph: Graph = {}
    for name, value in list(data.items())[:MOST_NODES]:
        if not isinstance(value, dict) or not isinstance(value.get("class_type"), str):
            continue
        given = value.get("inputs")
        inputs = given if isinstance(given, dict) else {}
        found = {key: _link(item, data) for key, item in inputs.items()}
        graph[name] = Node(name, value["class_type"], found, {})
    return graph or None


def _link(value: Any, nodes: dict[str, Any]) -> Any:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], int):
        return value
    name = str(value[0]) if isinstance(value[0], (str, int)) else ""
    return Link(name, value[1]) if name in nodes else value


def target(graph: Graph, link: Link) -> tuple[Node, int] | None:
    """Return the node that really makes what comes out of `link`, and its output.

    None where the link leads nowhere, in a circle, or over more than `MOST_HOPS` nodes.
    """
    for _ in range(MOST_HOPS):
        node = graph.get(link.node)
        if node is None:
            return None
        following = node.through.get(link.slot)
        if following is None:
            return node, link.slot
        link = following
    return None
