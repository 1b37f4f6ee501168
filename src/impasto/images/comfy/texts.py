"""From a sampler back to the texts that it was told, through whatever nodes are between.

Nothing is known of most nodes, so names of inputs decide: those of texts hold text, those of
models, images and the like are not followed, everything else is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.images.comfy.graph import Graph, Link, Node, target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Side = str
"""Which of the two prompts is looked for: "positive" or "negative"."""

_TEXT: Final = re.compile(
    r"(?:populated_)?(?:text|string|prompt|caption|wildcard_text|value|tags|t5xxl|llama|clip_[lgh]"
    r"|gemma|qwen\w{0,6}|positive|negative|pos|neg|base_prompt|opt_text|populated_text|str"
    r"|styled_prompt|input_text|user_prompt|multiline_text)(?:_?(?:\d{1,3}|[a-h]|prompt|text))?",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(r"conditioning|(?:^|_)cond(?:_?\d{1,3})?$", re.IGNORECASE)
_NEGATIVE: Final = re.compile(r"(?:^|_)neg(?:ative)?(?:_|$)", re.IGNORECASE)
_POSITIVE: Final = re.compile(r"(?:^|_)pos(?:itive)?(?:_|$)", re.IGNORECASE)
_SKIPPED: Final = re.compile(
    r"(?:model|clip|vae|images?|samples|latents?|latent_image|pixels|masks?|control_net|style_model"
    r"|clip_vision|clip_vision_output|noise|sampler|sigmas|upscale_model|bbox_detector|ipadapter"
    r"|seed|noise_seed|steps|cfg|width|height|start_image|end_image|lora_stack|optional_\w{1,30})"
    r"(?:_?\d{1,3})?",
    re.IGNORECASE,
)
_SILENT: Final = frozenset(("ConditioningZeroOut",))
"""Nodes that take away what their text says."""
_JOINED: Final = ", "


class _Joint(NamedTuple):
    """What stands between two texts, if there is something on both sides."""

    text: str


class Told(NamedTuple):
    """A prompt, what `guidance` was on its way, and what could not be read."""

    text: str
    guidance: tuple[object, ...]
    unread: tuple[str, ...]


def told(graph: Graph, sampler: Node, side: Side) -> Told:
    """Return what a sampler was told on one side; "" if that is nothing."""
    walk = _Walk(graph, side)
    walk.run(sampler)
    text = _put_together(walk.pieces)
    unread = () if text else tuple(walk.dead_ends)
    return Told(text, tuple(walk.guidance), unread)


class _Walk:
    """A walk to the texts of one side; every node is visited once, and what passes a border."""

    def __init__(self, graph: Graph, side: Side) -> None:
        self.graph = graph
        self.side = side
        self.pieces: list[str | _Joint] = []
        self.guidance: list[object] = []
        self.dead_ends: list[str] = []

    def run(self, sampler: Node) -> None:
        """Walk from a sampler."""
        seen: set[tuple[str, int]] = set()
        stack: list[str | _Joint | Link] = list(reversed(self._inputs(sampler, 0, first=True)))
        while stack:
            item = stack.pop()
            if not isinstance(item, Link):
                self.pieces.append(item)
                continue
            found = target(self.graph, item)
            if found is None or (place := _place(*found)) in seen:
                continue
            seen.add(place)
            stack += reversed(self._inputs(*found))

    def _inputs(
        self, node: Node, slot: int, *, first: bool = False
    ) -> Sequence[str | _Joint | Link]:
        """Return the texts and links of a node that make its text, with what joins them."""
        if node.kind in _SILENT or self._is_one_sided(node):
            return []
        if "guidance" in node.inputs:
            self.guidance.append(node.inputs["guidance"])
        own = {"text": node.inputs.get(str(slot))} if node.kind == "entry" else node.inputs
        populated = own.get("populated_text")
        if isinstance(populated, str) and populated.strip():
            return [populated]
        texts = [name for name, value in own.items() if _is_text(name, value)]
        if first and self.side == "negative":  # a text of the sampler itself is not for both
            names = [name for name in texts if _NEGATIVE.search(name)]
        else:
            names = self._of_side(texts)
        names = names or [name for name in _followed(own) if name not in texts]
        if not names:
            self.dead_ends.append(f"{node} makes a text that is not in the file")
        return _joined([own[name] for name in names], _delimiter(node))

    def _is_one_sided(self, node: Node) -> bool:
        """Whether a guider only knows the other side."""
        return self.side == "negative" and "conditioning" in node.inputs and "Guider" in node.kind

    def _of_side(self, names: list[str]) -> list[str]:
        """Return the inputs for one side, of a node that has both; else all of them."""
        unwanted = [name for name in names if _NEGATIVE.search(name)]
        others = [name for name in names if name not in unwanted]
        if self.side == "positive":
            return others or unwanted
        return unwanted or [name for name in others if not _POSITIVE.search(name)]


def _is_text(name: str, value: object) -> bool:
    """Whether an input holds text, or a condition that was made of one."""
    if isinstance(value, Link) and _CONDITION.search(name):
        return True
    return isinstance(value, (str, Link)) and _TEXT.fullmatch(name) is not None


def _place(node: Node, slot: int) -> tuple[str, int]:
    """Return what is visited once: a node says the same at all of its outputs, but for an entry."""
    return node.id, slot if node.kind == "entry" else 0


def _followed(inputs: Mapping[str, Any]) -> list[str]:
    """Return the inputs that may lead to texts."""
    links = (name for name, value in inputs.items() if isinstance(value, Link))
    return [name for name in links if not _SKIPPED.fullmatch(name)]


def _delimiter(node: Node) -> str:
    for name in ("delimiter", "separator", "delim"):
        value = node.inputs.get(name)
        if isinstance(value, str):
            return value.replace("\\n", "\n")
    return _JOINED


def _joined(found: Sequence[Any], delimiter: str) -> list[str | _Joint | Link]:
    items: list[str | _Joint | Link] = []
    for item in found:
        items += [_Joint(delimiter), item] if items else [item]
    return items


def _put_together(pieces: list[str | _Joint]) -> str:
    """Return the texts with what joins them; one that was there just before is left out."""
    parts: list[str] = []
    joint = last = ""
    for piece in pieces:
        if isinstance(piece, _Joint):
            joint = joint or piece.text or " "
        elif piece.strip() and piece.strip() != last:
            parts += [joint, piece] if parts else [piece]
            joint, last = "", piece.strip()
    return "".join(parts).strip()
