r"""SwarmUI: `[from:to:when]`, `[a|b]` and tags like `<break>` before ComfyUI's parentheses.

`when` below 1 is a part of the steps, from 1 on the step. Tags are resolved before the brackets.
Facts: SwarmTextHandling.py at 062407c7bb and docs/Features/Prompt Syntax.md of
mcmonkeyprojects/SwarmUI.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Diagnostic
from impasto.dialects.base import Reading
from impasto.dialects.comfyui import parentheses, switch_nodes, weight_findings
from impasto.dialects.comfyui.switches import Item, Load, Piece
from impasto.dialects.swarmui.parser import Parsed, Turns, parse, pieces_at, steps_of
from impasto.dialects.swarmui.writer import SwarmUIWriter
from impasto.source import Source
from impasto.syntax.escapes import escape
from impasto.syntax.nodes import Node, Part, Reference
from impasto.syntax.weights import BREAK_RUN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

STEPS: Final = 20
"""What `schedules` counts where nobody says otherwise, as SwarmUI's own node does."""

CHUNK: Final = re.compile(r"<break>")
_TAG = re.compile(
    r"<break>|<(?P<kind>\w++)(?:\[(?P<option>[^\[\]<>]*+)\])?:(?P<data>[^<>]*+)>", re.IGNORECASE
)
_SEPARATORS = re.compile(r"\|\|"), re.compile(r"\|"), re.compile(",")


def schedules(text: str, steps: int = STEPS) -> list[list[object]]:
    """Return [from, to, text] for every stretch of the steps, as parts of 1.

    It is what the text node hands to ComfyUI; tags, which SwarmUI resolves earlier, are text.

    Raises:
        SwarmUIError: SwarmUI fails on the prompt.
    """
    parsed = parse(Source(text))
    if parsed.problems:
        raise parsed.problems[0]
    found = _stretches(parsed, steps)
    if not parsed.switches:
        return [[0, 1, _joined(found[0].pieces)]]
    begins = [0, *[stretch.last for stretch in found]]
    shown: list[list[object]] = [
        [begin / steps - 0.001, stretch.last / steps + 0.001, _joined(stretch.pieces)]
        for begin, stretch in zip(begins, found, strict=False)
    ]
    shown[-1][1] = 1
    return shown


class _Stretch(NamedTuple):
    """What is shown up to a step."""

    last: int
    pieces: list[Piece]


def _stretches(parsed: Parsed, steps: int) -> list[_Stretch]:
    found: list[_Stretch] = []
    before: str | None = None
    for step, pieces in enumerate(steps_of(parsed, steps), 1):
        text = _joined(pieces)
        if text == before:
            found[-1] = found[-1]._replace(last=step)
        else:
            found.append(_Stretch(step, pieces))
        before = text
    return found


def _joined(pieces: list[Piece]) -> str:
    return "".join([piece.text for piece in pieces])


class SwarmUI(SwarmUIWriter):
    """The reader and writer for SwarmUI."""

    name = "swarmui"
    title = "SwarmUI"

    def read(self, source: Source) -> Reading:
        """Return the tree with its schedules; what SwarmUI fails on is an error."""
        text = source.text
        if "[" not in text and "<" not in text and "\\" not in text:
            plain = tuple(switch_nodes.verbatim(text, parentheses.segments(text)))
            return Reading((Part(plain, "", 0, len(text)),), tuple(weight_findings(source)))
        parsed, problems = _resolved(source)
        nodes = switch_nodes.tree(parsed.items, CHUNK)
        if nodes is None:
            nodes = _whole(parsed, len(text))
        found = weight_findings(source, CHUNK, balanced=not parsed.switches)
        return Reading((Part(nodes, "", 0, len(text)),), (*problems, *found))

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:
        """Return ComfyUI's runs of the text that `step` shows."""
        parsed, _ = _resolved(prompt.source)
        return chunk_runs(CHUNK.split(_joined(pieces_at(parsed.items, step, steps))))

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the runs of every stretch in which the text stays the same."""
        parsed, _ = _resolved(prompt.source)
        return [
            (1.0, stretch.last, chunk_runs(CHUNK.split(_joined(stretch.pieces))))
            for stretch in _stretches(parsed, steps)
        ]


def chunk_runs(texts: list[str]) -> Runs:
    """Return the runs of texts that are chunks of their own."""
    found: Runs = []
    for at, text in enumerate(texts):
        if at:
            found.append(BREAK_RUN)
        found += parentheses.runs(text)
    return found


def _whole(parsed: Parsed, end: int) -> tuple[Node, ...]:
    """Return one schedule of whole texts, where parentheses reach over the ends of fields."""
    shown = [
        (switch_nodes.tree(stretch.pieces, CHUNK) or (), f":{stretch.last}")
        for stretch in _stretches(parsed, STEPS)
    ]
    return (switch_nodes.in_turn(shown, 0, end),) if len(shown) > 1 else shown[0][0]


@lru_cache(maxsize=4)
def _resolved(source: Source) -> tuple[Parsed, list[Diagnostic]]:
    """Return the prompt with its tags resolved and judged, and what is wrong with it.

    The last few are remembered, for a text that was read is mostly asked for its weights next.
    """
    parsed = parse(source, _TAG if "<" in source.text else None)
    found = [problem.diagnostic for problem in parsed.problems]
    turns: list[Turns] = []
    items = parsed.items
    if "<" in source.text:
        loads: list[Item] = []
        for switch in parsed.switches:
            switch.fields = [_tags(f, source, turns, loads, found) for f in switch.fields]
        items = [*_tags(items, source, turns, loads, found), *loads]
    for turn in (*turns, *reversed(parsed.switches)):
        turn.judge(CHUNK)
    return Parsed(items, [*parsed.switches, *turns], parsed.problems), found


def _tags(
    items: list[Item],
    source: Source,
    turns: list[Turns],
    loads: list[Item],
    found: list[Diagnostic],
) -> list[Item]:
    """Return items with the tags in their texts resolved; networks go to `loads`."""
    kept: list[Item] = []
    for item in items:
        if not isinstance(item, Piece) or len(item.text) != item.end - item.start:
            kept.append(item)
            continue
        at = 0
        for tag in _TAG.finditer(item.text):
            made = _tag(tag, item.start)
            if made is None:
                found += _unknown(tag, item.start, source)
                continue
            if at < tag.start():
                kept.append(
                    Piece(item.text[at : tag.start()], item.start + at, item.start + tag.start())
                )
            (loads if isinstance(made, Load) else kept).append(made)
            if isinstance(made, Turns):
                turns.append(made)
            at = tag.end()
        if at < len(item.text):
            kept.append(Piece(item.text[at:], item.start + at, item.end))
    return kept


def _tag(tag: re.Match[str], offset: int) -> Item | None:
    """Return what a tag becomes; None for those that stay as they are."""
    start, end = tag.start() + offset, tag.end() + offset
    data = (tag["data"] or "").strip()
    match (tag["kind"] or "").lower():
        case "lora" if data:
            name, *weights = data.split(":")
            numbers = "".join(f":{weight}" for weight in reversed(weights))
            value = f"<lora:{escape(name, in_brackets=True)}{numbers}>"
            return Load(Reference(value, start, end))
        case "embed" | "embedding" if data:
            return Piece(f"embedding:{data}", start, end)
        case "alternate" | "alt":
            return Turns(_fields(tag, offset), None, start, end)
        case "fromto":
            return _from_to(tag, offset)
        case _:
            return None


def _from_to(tag: re.Match[str], offset: int) -> Turns | None:
    fields = _fields(tag, offset)
    try:
        when = float(tag["option"] or "")
    except ValueError:
        return None
    return (
        Turns(fields, when, tag.start() + offset, tag.end() + offset) if len(fields) == 2 else None
    )


def _fields(tag: re.Match[str], offset: int) -> list[list[Item]]:
    """Return the texts of a tag, cut at the strongest separator in it, spaces taken off."""
    data, first = tag["data"], tag.start("data") + offset
    separator = next((s for s in _SEPARATORS if s.search(data)), _SEPARATORS[-1])
    fields: list[list[Item]] = []
    at = 0
    for end, following in [*[s.span() for s in separator.finditer(data)], (len(data), -1)]:
        text = data[at:end]
        begin = at + len(text) - len(text.lstrip())
        text = text.strip()
        fields.append([Piece(text, first + begin, first + begin + len(text))])
        at = following
    return fields


def _unknown(tag: re.Match[str], offset: int, source: Source) -> Iterator[Diagnostic]:
    """Yield a warning for a tag whose effect is not known here."""
    if tag["kind"]:
        yield Diagnostic(
            "IMP546",
            "tag-not-resolved",
            "warning",
            f"SwarmUI resolves <{tag['kind']}:…> itself; here it stays in the text",
            source.span(tag.start() + offset, tag.end() + offset),
            hint="resolve it before the prompt is taken elsewhere",
        )
