"""What a canonical prompt means: effective weights, at one step or over all of them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from impasto.errors import OpenPromptError
from impasto.syntax.escapes import literal
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Group,
    Node,
    Schedule,
    Text,
    Value,
    Variable,
    Wildcard,
    Wrap,
)
from impasto.syntax.walk import walk

if TYPE_CHECKING:
    from impasto.syntax.prompt import Prompt

Runs: TypeAlias = list[tuple[str, float]]
"""(text, effective weight) in order; a chunk break is BREAK_RUN."""
Schedules: TypeAlias = list[tuple[float, int, Runs]]
"""(weight of the part, last step, runs)."""

BREAK_RUN = ("BREAK", -1.0)


def number_json(number: float) -> float | str:
    """Return a number; what JSON has no number for ("nan", "inf", "-inf") as text."""
    return number if isfinite(number) else str(number)


class Canonical:
    """The meaning of the canonical syntax: weights multiply, schedules count steps as A1111."""

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:
        """Return the runs of the first part at `step`."""
        return runs(prompt.parts[0].children, step, steps)

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the runs of every part up to each step after which they change."""
        return [
            (part.weight, step, runs(part.children, step, steps))
            for part in prompt.parts
            for step in changes(part.children, steps)
        ]


CANONICAL = Canonical()


def changes(nodes: tuple[Node, ...], steps: int) -> list[int]:
    """Return the last step of every stretch in which `nodes` stay the same, up to `steps`."""
    found = {steps}
    for node in walk(nodes):
        if isinstance(node, Schedule):
            found.add(min(max(node.until(steps), 0), steps))
        elif isinstance(node, Alternate):
            found.update(range(1, steps + 1))
    return sorted(found - {0})


def runs(nodes: tuple[Node, ...], step: int = 1, steps: int = 20) -> Runs:
    """Return the texts of `nodes` with their effective weights at `step`, equal neighbours merged.

    Raises:
        OpenPromptError: a choice or a wildcard is still open.
    """
    texts: list[list[str]] = []
    weights: list[float] = []
    work: list[tuple[Node, float]] = [(node, 1.0) for node in reversed(nodes)]
    while work:
        node, weight = work.pop()
        match node:
            case Text() | Value():
                if weights and weights[-1] == weight and texts[-1] is not _BREAK:
                    texts[-1].append(_text(node))
                else:
                    texts.append([_text(node)])
                    weights.append(weight)
            case Group():
                inner = weight * node.weight
                work += [(child, inner) for child in reversed(node.children)]
            case Schedule():
                shown = node.before if step <= node.until(steps) else node.after
                work += [(child, weight) for child in reversed(shown)]
            case Alternate():
                shown = node.fields[(step - 1) % len(node.fields)]
                work += [(child, weight) for child in reversed(shown)]
            case Break():
                texts.append(_BREAK)
                weights.append(-1.0)
            case Choice() | Wildcard() | Variable() | Wrap():
                raise OpenPromptError(
                    "the prompt still has choices or wildcards; compose it with a seed first"
                )
    return _around_breaks(texts, weights)


_BREAK: list[str] = ["BREAK"]


def _text(node: Text | Value) -> str:
    return node.value if isinstance(node, Value) else literal(node.value)


def _around_breaks(texts: list[list[str]], weights: list[float]) -> Runs:
    """Join the texts; spaces next to a break belong to it, and empty runs say nothing."""
    found: Runs = []
    for at, (pieces, weight) in enumerate(zip(texts, weights, strict=True)):
        if pieces is _BREAK:
            found.append(BREAK_RUN)
            continue
        text = "".join(pieces)
        if at and texts[at - 1] is _BREAK:
            text = text.lstrip()
        if at + 1 < len(texts) and texts[at + 1] is _BREAK:
            text = text.rstrip()
        if text:
            found.append((text, weight))
    return found
