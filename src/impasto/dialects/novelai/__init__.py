"""NovelAI: `{stronger}` and `[weaker]` up to V3, `1.2::text ::` as well since V4.

Neither has an escape: literal brackets, and colons where they mean something, are taken out or
apart. See novelai_reader for how texts are read.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar

from impasto.diagnostics import Diagnostic, Loss
from impasto.dialects.base import Dialect, Reading, Script, ScriptPart, Written
from impasto.dialects.novelai.reader import Scan, scan
from impasto.dialects.novelai.writer import BracketWriter, NumberWriter, Piece, Writer
from impasto.dialects.settle import cut
from impasto.syntax.nodes import Group, Node, Part, Value
from impasto.syntax.phrases import Phrase, join
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

_OTHER_WEIGHT = re.compile(r"(?<!:):[ \t]*+[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[ \t]*+\)")
_COLON_WEIGHT = re.compile(r"(?<![.0-9])(?:[0-9]{1,9}+(?:\.[0-9]{0,9}+)?|\.[0-9]{1,9}+)::")


class _NovelAI(Dialect):
    """What all versions share; `colons`: this one reads `1.2::text ::`."""

    keeps_layout = True
    colons: ClassVar[bool]
    writer: ClassVar[type[Writer]]

    def read(self, source: Source) -> Reading:
        """Return texts and groups side by side, each with the weight that is running there."""
        found = scan(source.text, colons=self.colons)
        nodes: list[Node] = []
        marks: dict[float, str] = {1.0: ""}
        for text, weight, start, end, gap in found.stretches:
            value = Value(gap + text, start, end)
            mark = marks.get(weight)
            if mark is None:
                mark = marks[weight] = f":{number(weight)}"
            nodes.append(Group("round", (value,), mark, start, end) if mark else value)
        part = Part(tuple(nodes), "", 0, len(source.text))
        return Reading((part,), tuple(self.findings(found, source)))

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002
        """Return the runs, neighbours of equal weight joined."""
        texts: list[list[str]] = []
        weights: list[float] = []
        for stretch in scan(prompt.text, colons=self.colons).stretches:
            if not weights or weights[-1] != stretch.weight:
                texts.append([])
                weights.append(stretch.weight)
            texts[-1] += (stretch.gap, stretch.text)
        found = [("".join(text), weight) for text, weight in zip(texts, weights, strict=True)]
        return found or [("", 1.0)]

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the one prompt that there is, for all steps."""
        return [(1.0, steps, self.weights(prompt, 1, steps))]

    def findings(self, found: Scan, source: Source) -> Iterator[Diagnostic]:
        """Yield what reads otherwise than it looks."""
        if found.level:
            yield Diagnostic(
                "IMP539",
                "brackets-not-closed",
                "warning",
                "not every bracket has a partner, and its weight lasts to the end",
                source.span(len(source.text), len(source.text)),
                hint="close each { and [, and open each } and ]",
            )
        other = _OTHER_WEIGHT.search(source.text)
        if other:
            yield Diagnostic(
                "IMP519",
                "foreign-weight",
                "warning",
                f'NovelAI reads "{other[0]}" as text; A1111 and ComfyUI take it for a weight',
                source.span(*other.span()),
                hint="write {text} or [text]" + (", or 1.2::text ::" if self.colons else ""),
            )
        endless = next((s for s in found.stretches if not math.isfinite(s.weight)), None)
        if endless:
            yield Diagnostic(
                "IMP503",
                "weight-not-a-number",
                "error",
                f"the weight is {endless.weight}",
                source.span(endless.start, endless.end),
                hint="write a number such as 1.2",
            )

    def write(self, script: Script) -> Written:
        """Return the texts; references, schedules, BREAK and AND are losses."""
        parts, losses = _united(script)
        unwanted: list[str] | None = [] if script.keep_negative else None
        texts = [self._phrases(part.phrases, losses, unwanted) for part in parts]
        apart = len(texts) > 1
        text = ", ".join([t.strip() if apart else t for t in texts if t.strip() or not apart])
        negative = self._phrases(script.negative, losses, None)
        if unwanted:
            negative = ", ".join([negative, *unwanted] if negative else unwanted)
        return Written(text, tuple(losses), negative)

    def _phrases(
        self, phrases: tuple[Phrase, ...], losses: list[Loss], unwanted: list[str] | None
    ) -> str:
        """Return the text of phrases; what must not be painted goes to `unwanted`."""
        texts = []
        key = (self.name, unwanted is not None)
        for phrase in phrases:
            found = phrase.written.get(key)
            if found is None:
                writer = self.writer(has_negative=unwanted is not None)
                found = phrase.written[key] = writer.phrase(phrase)
            assert isinstance(found, Piece)
            texts.append((False, found.text))
            losses += found.losses
            if unwanted is not None:
                unwanted += found.unwanted
        return join(texts, ", ")


class NovelAI3(_NovelAI):
    """NovelAI up to V3: only brackets weigh, 1.05 each."""

    name = "novelai-3"
    title = "NovelAI V3 and older"
    colons = False
    writer = BracketWriter

    def findings(self, found: Scan, source: Source) -> Iterator[Diagnostic]:
        """Yield what reads otherwise than it looks."""
        yield from super().findings(found, source)
        weight = _COLON_WEIGHT.search(source.text)
        if weight:
            yield Diagnostic(
                "IMP540",
                "weight-of-later-version",
                "warning",
                f'"{weight[0]}" is text up to V3; only V4 and later take it for a weight',
                source.span(*weight.span()),
                hint="write {text} or [text], or read it as novelai-4",
            )


class NovelAI4(_NovelAI):
    """NovelAI V4, V4.5 and V5: weights as numbers, and brackets."""

    name = "novelai-4"
    title = "NovelAI V4, V4.5, V5"
    colons = True
    writer = NumberWriter

    def findings(self, found: Scan, source: Source) -> Iterator[Diagnostic]:
        """Yield what reads otherwise than it looks."""
        yield from super().findings(found, source)
        for weight in found.numbers:
            if weight.glued:
                written = source.text[weight.start : weight.end]
                yield Diagnostic(
                    "IMP541",
                    "digits-become-a-weight",
                    "warning",
                    f'"{written}" sets the weight {number(weight.weight)} for what follows, and'
                    " its digits are no text",
                    source.span(weight.start, weight.end),
                    hint='put a space before "::" to end a weight, a comma before the number to'
                    " begin one",
                )
        negative = next((n for n in found.numbers if n.weight < 0), None)
        if negative:
            yield Diagnostic(
                "IMP106",
                "negative-weight",
                "info",
                "V4.5 and later take away what has a negative weight; V4 does not know it",
                source.span(negative.start, negative.end),
            )


def _united(script: Script) -> tuple[list[ScriptPart], list[Loss]]:
    """Return the parts with their weights multiplied into their phrases."""
    losses: list[Loss] = []
    parts = []
    for at, part in enumerate(script.parts):
        if part.phrases and (at or part.weight != 1):
            span = part.phrases[0].span
            told = "its weight was multiplied in, and it was joined by a comma"
            what = "NovelAI has no parts that AND composes"
            hint = "leave AND out, or give each character a prompt of its own"
            losses.append(Loss("and", what, cut(span.text), span, "warning", told, hint))
        parts.append(ScriptPart(tuple(phrase.scaled(part.weight) for phrase in part.phrases)))
    return parts, losses
