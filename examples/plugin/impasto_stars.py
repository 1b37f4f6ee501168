"""A dialect of one's own: `*word*` weighs 1.2, `**word**` 1.44, and there is nothing else.

Installed beside impasto it is a dialect like any other: `impasto read "a *red* fox" --dialect
stars`, `impasto translate … --to stars`, `impasto compare …`.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar

from impasto.diagnostics import Loss
from impasto.dialects.base import Dialect, Reading, Script, Written
from impasto.dialects.marks import Mark
from impasto.dialects.settle import settle
from impasto.syntax.nodes import Group, Part, Value
from impasto.syntax.phrases import join
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from impasto.source import Source
    from impasto.syntax.nodes import Node
    from impasto.syntax.phrases import Phrase
    from impasto.syntax.runs import Run

STEP = 1.2
STARRED = re.compile(r"(\*{1,4}+)([^*]++)\1")


class Stars(Dialect):
    """Stars around a word make it stronger."""

    name = "stars"
    title = "words between stars"
    keeps_layout = True
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(r"\*{1,4}+[^*\n]{1,60}+\*", "a stronger text between stars", 0.8),
    )

    def read(self, source: Source) -> Reading:
        """Return texts, and a group with its weight for what stands between stars."""
        nodes: list[Node] = []
        at = 0
        for found in STARRED.finditer(source.text):
            nodes.append(Value(source.text[at : found.start()], at, found.start()))
            inside = Value(found[2], found.start(2), found.end(2))
            mark = f":{number(STEP ** len(found[1]))}"
            nodes.append(Group("round", (inside,), mark, found.start(), found.end()))
            at = found.end()
        nodes.append(Value(source.text[at:], at, len(source.text)))
        return Reading((Part(tuple(nodes), start=0, end=len(source.text)),))

    def write(self, script: Script) -> Written:
        """Return the text with the nearest number of stars; what they cannot say is a loss."""
        losses: list[Loss] = []
        phrases = [phrase for part in script.parts for phrase in part.phrases]
        text, negative = (
            join(((phrase.is_break, _written(phrase, losses)) for phrase in group), ", ")
            for group in (phrases, script.negative)
        )
        return Written(text, tuple(losses), negative)


def _written(phrase: Phrase, losses: list[Loss]) -> str:
    settled = settle(phrase.runs)
    losses += settled.losses
    return "".join(_starred(run, losses) for run in settled.runs)


def _starred(run: Run, losses: list[Loss]) -> str:
    stars = round(math.log(max(run.weight, 1), STEP))
    if abs(STEP ** min(stars, 4) - run.weight) > 1e-4:
        what = f"stars say 1.2, 1.44, 1.728 or 2.0736; this has {number(run.weight)}"
        losses.append(Loss("weight", what, run.text, run.span))
    if "*" in run.text:
        losses.append(Loss("escape", "a star cannot be written", run.text, run.span))
    sign = "*" * min(stars, 4)
    return f"{sign}{run.text.replace('*', '')}{sign}"
