"""Reading prompts for Midjourney: parts with relative weights, `--no`, permutations, parameters.

The weights of a prompt are those that were written. In its tree, which other dialects are
written from, they have a common scale: what is relative in Midjourney counts as it stands
elsewhere, and `hot::100 dog::50` is `hot::2 dog::1`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.dialects.base import Reading
from impasto.dialects.midjourney.findings import diagnose
from impasto.dialects.midjourney.options import NO, values_of
from impasto.dialects.midjourney.signs import Sign, Signs, signs_of
from impasto.dialects.midjourney.text import NO_WEIGHT, digits
from impasto.dialects.settle import sane
from impasto.errors import OpenPromptError
from impasto.syntax.nodes import Choice, Group, Node, Option, Part, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.diagnostics import Diagnostic
    from impasto.source import Source
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs

LEAST: Final = 0.5
MOST: Final = 2.0
"""Between these lies the weight of the strongest part in a tree."""

_TINY: Final = 1e-300
_PUNCTUATION: Final = (",", ".", "!", "?", ";", ":", "…", "，", "、", "。")


class Segment(NamedTuple):
    """A part of a prompt, or what `--no` lists: nodes at one weight, written at [start, end)."""

    nodes: tuple[Node, ...]
    weight: float
    start: int
    end: int


def parameters_of(text: str) -> dict[str, object]:
    """Return the parameters that stand in a prompt, by canonical name.

    `--ar 16:9 --s 250 --v 6.1` gives {"aspect_ratio": "16:9", "stylize": 250, "version": "6.1"}.
    Several values in braces, one for each job, are a tuple. The last one of a name counts; unknown
    ones and values that Midjourney refuses are left out, and so is `--no`, which is in the tree.
    """
    return values_of(signs_of(text, weighted=True).options)


def tail_of(text: str) -> str:
    """Return the parameters as they stand in a prompt; `--no` is in the tree."""
    options = signs_of(text, weighted=True).options
    return " ".join(text[o.start : o.end].strip() for o in options if o.canonical != NO)


def read_prompt(source: Source, *, weighted: bool) -> Reading:
    """Return the tree of a prompt; without `weighted` it is one part, as from version 7 on."""
    text = source.text
    signs = signs_of(text, weighted=weighted)
    parts = _parts(text, signs)
    unwanted = _unwanted(text, signs)
    scale = _scale([part.weight for part in parts])
    children: list[Node] = []
    for segment in (*parts, *unwanted):
        if children:
            children.append(_between(children[-1], segment.nodes[0]))
        weight = sane(segment.weight * scale)
        mark = f":{digits(weight)}"
        group = Group("round", segment.nodes, mark, segment.start, segment.end)
        children += segment.nodes if weight == 1 else (group,)
    weights = [segment.weight for segment in (*parts, *unwanted)]
    found = sorted(diagnose(source, signs, weights, weighted=weighted), key=_place)
    return Reading((Part(tuple(children), "", 0, len(text)),), tuple(found))


def weights_of(prompt: Prompt, *, weighted: bool) -> Runs:
    """Return the parts of a prompt with their weights as written.

    Raises:
        OpenPromptError: braces stand for several prompts.
    """
    text = prompt.text
    signs = signs_of(text, weighted=weighted)
    return [
        ("".join([_closed(node) for node in segment.nodes]), segment.weight)
        for segment in (*_parts(text, signs), *_unwanted(text, signs))
    ]


def _closed(node: Node) -> str:
    if isinstance(node, (Value, Text)):
        return node.value
    raise OpenPromptError("the braces stand for several prompts; expand it to choose one of them")


def _place(finding: Diagnostic) -> int:
    return finding.span.start if finding.span else 0


def _parts(text: str, signs: Signs) -> list[Segment]:
    """Return the parts that have a text."""
    found: list[Segment] = []
    start = 0
    inside: list[Sign] = []
    for sign in signs.text:
        if sign.kind != "parts":
            inside.append(sign)
            continue
        nodes = _nodes(text, inside, start, sign.start)
        if nodes:
            found.append(Segment(nodes, float(sign.text or 1), nodes[0].start, sign.end))
        inside = []
        start = sign.end
    nodes = _nodes(text, inside, start, signs.end)
    if nodes:
        found.append(Segment(nodes, 1.0, nodes[0].start, nodes[-1].end))
    return found


def _unwanted(text: str, signs: Signs) -> list[Segment]:
    """Return what all `--no` list, as one segment, or nothing."""
    nodes: list[Node] = []
    listed = [option for option in signs.options if option.name == NO]
    for option, inside in zip(listed, signs.unwanted, strict=True):
        more = _nodes(text, inside, option.at, option.end)
        if nodes and more:
            nodes.append(_between(nodes[-1], more[0]))
        nodes += more
    if not nodes:
        return []
    return [Segment(tuple(nodes), NO_WEIGHT, listed[0].start, nodes[-1].end)]


def _between(before: Node, after: Node) -> Text:
    """Return what keeps two texts apart: a comma where neither has punctuation there."""
    last = before.children[-1] if isinstance(before, Group) else before
    separator = ", "
    if isinstance(last, Value) and last.value.endswith(_PUNCTUATION):
        separator = " "
    elif isinstance(after, Value) and after.value.startswith(_PUNCTUATION):
        separator = ""
    return Text(separator, before.end, after.start)


def _nodes(text: str, signs: Iterable[Sign], start: int, end: int) -> tuple[Node, ...]:
    """Return the nodes of text[start:end]; its braces are balanced, for so the signs are found."""
    nodes: list[Node] = []
    outer: list[_Braces] = []
    at = start
    for sign in (*signs, Sign("end", end, end)):
        if at < sign.start:
            nodes.append(Value(text[at : sign.start], at, sign.start))
        at = sign.end
        if sign.kind == "escape":
            nodes.append(Value(sign.text, sign.start, sign.end))
        elif sign.kind == "open":
            outer.append(_Braces(sign, nodes))
            nodes = []
        elif sign.kind in ("comma", "close"):
            outer[-1].add(nodes, sign.start)
            nodes = []
            if sign.kind == "close":
                nodes = outer.pop().closed(sign.end)
    return _stripped(nodes)


class _Braces:
    """Braces that are open: the nodes in front of them, and the options so far."""

    __slots__ = ("at", "before", "options", "start")

    def __init__(self, sign: Sign, before: list[Node]) -> None:
        self.start = sign.start
        self.at = sign.end
        self.before = before
        self.options: list[Option] = []

    def add(self, nodes: list[Node], end: int) -> None:
        """Take the nodes before a comma or the closing brace at `end`."""
        self.options.append(Option(_stripped(nodes), "", self.at, end))
        self.at = end + 1

    def closed(self, end: int) -> list[Node]:
        """Return the nodes in front, with the choice behind them."""
        self.before.append(Choice(tuple(self.options), "", self.start, end))
        return self.before


def _stripped(nodes: list[Node]) -> tuple[Node, ...]:
    """Return the nodes without the spaces at both ends."""
    first, last = 0, len(nodes)
    head = tail = None
    while first < last and isinstance(node := nodes[first], Value):
        value = node.value.lstrip()
        if value:
            head = Value(value, node.end - len(value), node.end)
            break
        first += 1
    if head:
        nodes[first] = head
    while first < last and isinstance(node := nodes[last - 1], Value):
        value = node.value.rstrip()
        if value:
            tail = Value(value, node.start, node.start + len(value))
            break
        last -= 1
    if tail:
        nodes[last - 1] = tail
    return tuple(nodes[first:last])


def _scale(weights: list[float]) -> float:
    """Return the factor that brings weights to the scale of other dialects.

    Parts of one weight get 1; else the strongest comes to lie between LEAST and MOST.
    """
    wanted = [weight for weight in weights if weight > 0 and math.isfinite(weight)]
    if not wanted:
        return 1.0
    strongest = max(wanted)
    if strongest == min(wanted):
        return 1 / max(strongest, _TINY)
    return min(max(strongest, LEAST), MOST) / strongest
