r"""prompt-control, an extension of ComfyUI: schedules, AND, BREAK and networks in the prompt.

`[before:after:0.5]`, `[a|b:0.1]`, `[SEQ:a:0.2:b:0.7]`, numbers being parts of all steps; `#`
begins a comment. What is shown at a moment is read by ComfyUI's parentheses. Facts:
asagi4/comfyui-prompt-control at b24d93b778 (3.0.0-beta.9), doc/schedules.md and doc/basic.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Diagnostic
from impasto.dialects.base import Reading
from impasto.dialects.comfyui import parentheses, switch_nodes, switches, weight_findings
from impasto.dialects.prompt_control.items import Turns, evaluate, mark, states
from impasto.dialects.prompt_control.parser import Parsed, parse
from impasto.dialects.prompt_control.writer import PromptControlWriter
from impasto.dialects.swarmui import chunk_runs
from impasto.source import Source
from impasto.syntax.nodes import Node, Part
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.dialects.comfyui.switches import Item
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

_BREAK: Final = re.compile(r"\bBREAK\b")
_AND: Final = re.compile(r"\bAND\b")
_AND_APART: Final = re.compile(rf"(?<!{switches.PLACE})\bAND\b(?!{switches.PLACE})")
_EITHER: Final = re.compile(r"\b(?:BREAK|AND)\b")
_SYNTAX = re.compile(r"[\[<#\\]")
_CAPITALS = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_CALL = re.compile(
    r"\b(?:DEF|SEG|SUB|AVG|MASK|IMASK|AREA|FEATHER|MASKW|MASK_SIZE|FILL|ATTN|COUPLE|TE|TE_WEIGHT"
    r"|STYLE|SDXL|SHIFT|SHUFFLE|NOISE|NOSTRIP)\(|\b(?:CAT|COUPLE)\b|\[CUT:"
)

_MOST_NODES: Final = 200_000
"""Beyond so many changes the tree lets alternations take turns at each step."""


def schedules(text: str) -> list[list[object]]:
    """Return [until, text, networks] for every stretch, `until` as a part of all steps.

    Networks are pairs [name, {"weight", "weight_clip"}], weights of one name added up. AND, BREAK
    and functions are text here, as in prompt-control's own scheduling.

    Raises:
        PromptControlError: prompt-control fails on the prompt.
    """
    parsed = parse(Source(text))
    if parsed.problems:
        raise parsed.problems[0]
    return [
        [state.until, "".join([piece.text for piece in state.pieces]), _added(state.loads)]
        for state in states(parsed.items)
    ]


def _added(loads: list[tuple[str, float, float]]) -> list[list[object]]:
    found: dict[str, dict[str, float]] = {}
    for name, weight, clip in loads:
        sums = found.setdefault(name, {"weight": 0, "weight_clip": 0})
        sums["weight"] += weight
        sums["weight_clip"] += clip
    return [[name, sums] for name, sums in found.items()]


class _Prompt(NamedTuple):
    """One of the prompts that AND composes, at one moment."""

    weight: float
    text: str

    def runs(self) -> Runs:
        """Return ComfyUI's runs of every chunk."""
        return chunk_runs([chunk.strip() for chunk in _BREAK.split(self.text)])


class PromptControl(PromptControlWriter):
    """The reader and writer for prompt-control."""

    name = "prompt-control"
    title = "ComfyUI with prompt-control"

    def read(self, source: Source) -> Reading:
        """Return the tree with its schedules; what prompt-control fails on is an error."""
        text = source.text
        if _is_plain(text):
            nodes = tuple(switch_nodes.verbatim(text, parentheses.segments(text)))
            return Reading((Part(nodes, "", 0, len(text)),), tuple(weight_findings(source)))
        parsed = _judged(source)
        parts = tuple(_part(items, source) for items in _divided(parsed.items))
        problems = [problem.diagnostic for problem in parsed.problems]
        found = weight_findings(source, _EITHER, balanced=not parsed.switches)
        return Reading(parts, (*problems, *found, *_calls(source)))

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:
        """Return ComfyUI's runs of the first of the prompts that `step` shows."""
        shown = _prompts(parse(prompt.source).items, step / steps)
        return shown[0].runs() if shown else []

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the runs of every prompt and stretch; prompts of weight 0 are left out."""
        items = parse(prompt.source).items
        found: list[tuple[int, int, _Prompt]] = []
        before: list[_Prompt] = []
        for step in range(1, steps + 1):
            shown = _prompts(items, step / steps)
            if step > 1 and shown == before:
                found[-len(shown) :] = [(at, step, one) for at, _, one in found[-len(shown) :]]
            else:
                found += [(at, step, one) for at, one in enumerate(shown)]
            before = shown
        found.sort(key=lambda one: one[:2])
        return [(one.weight, step, one.runs()) for _, step, one in found]


def _is_plain(text: str) -> bool:
    """Whether there is nothing in a text but ComfyUI's syntax, and no space around it."""
    if _SYNTAX.search(text) or _CAPITALS.search(text) or text != text.strip():
        return False
    _, colon, tail = text.rpartition(":")
    return not (colon and _NUMBER.fullmatch(tail.strip()))


def _prompts(items: list[Item], moment: float) -> list[_Prompt]:
    """Return the prompts that are shown at a moment; one of weight 0 is none."""
    text = "".join([piece.text for piece in evaluate(items, moment).pieces])
    found = [_weighed(part) for part in _AND.split(text)]
    kept = [prompt for prompt in found if prompt.weight]
    return kept or [_Prompt(1.0, "")]


def _weighed(text: str) -> _Prompt:
    """Return a prompt and the weight at its end."""
    text = text.strip()
    body, colon, tail = text.rpartition(":")
    if colon and _NUMBER.fullmatch(tail.strip()):
        return _Prompt(float(tail), body.rstrip())
    return _Prompt(1.0, text)


def _judged(source: Source) -> Parsed:
    parsed = parse(source)
    crowded = sum(len(switch.order or ()) for switch in parsed.switches) > _MOST_NODES
    for switch in parsed.switches:
        switch.judge(_EITHER)
        if crowded and isinstance(switch, Turns):
            switch.order = None
        if isinstance(switch, Turns) and not switch.is_fixed():
            switch.whole = False
    return parsed


def _divided(items: list[Item]) -> list[list[Item]]:
    """Return the items of each part that AND composes.

    A schedule beside it may make another word of AND at some moments: such a one stays text.
    """
    return [inside for inside, _ in switches.chunks(items, _AND_APART)]


def _part(items: list[Item], source: Source) -> Part:
    """Return one part, its weight taken from its end."""
    items, weight = _without_weight(items)
    nodes = switch_nodes.tree(items, _BREAK)
    if nodes is None:
        nodes = _whole(items, len(source.text))
    ends = [node.end for node in nodes] or [0]
    begin = min([node.start for node in nodes], default=0)
    return Part(nodes, "" if weight == 1 else f":{number(weight)}", begin, max(ends))


def _without_weight(items: list[Item]) -> tuple[list[Item], float]:
    """Return items without the spaces around them and the number at their end, and that number."""
    whole = text = switches.Line(items).text
    weight = 1.0
    body, colon, tail = text.rpartition(":")
    if colon and _NUMBER.fullmatch(tail.strip()):
        weight, text = float(tail), body
    text = text.rstrip()
    if text == whole and not text[:1].isspace():
        return items, weight
    begin = len(text) - len(text.lstrip())
    return switches.stretch(items, begin, len(text)), weight


def _whole(items: list[Item], end: int) -> tuple[Node, ...]:
    """Return one schedule of whole texts, where parentheses reach over the ends of fields."""
    shown = []
    for state in states(items):
        inside: list[Item] = [*state.pieces]
        shown.append((switch_nodes.tree(inside, _BREAK) or (), mark(state.until)))
    return (switch_nodes.in_turn(shown, 0, end),) if len(shown) > 1 else shown[0][0]


def _calls(source: Source) -> Iterator[Diagnostic]:
    """Yield a warning for the first function or macro, which is text to everybody else."""
    call = _CALL.search(source.text) if _CAPITALS.search(source.text) else None
    if call:
        yield Diagnostic(
            "IMP543",
            "function-not-resolved",
            "warning",
            f"prompt-control resolves {call[0]} itself; here it stays in the text",
            source.span(*call.span()),
            hint="write out what it stands for before the prompt is taken elsewhere",
        )
