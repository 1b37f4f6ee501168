"""The whole way of a prompt through A1111: networks out, AND, schedule, attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.dialects.a1111.emphasis import ReadError
from impasto.dialects.a1111.schedule import brackets, steps_of
from impasto.dialects.a1111.stages import (
    MODERN,
    Grammar,
    at_step,
    emphasis,
    subprompts,
    without_networks,
)

if TYPE_CHECKING:
    from impasto.syntax.weights import Runs, Schedules


def weights(text: str, step: int, steps: int, grammar: Grammar = MODERN) -> Runs:
    """Return the runs of the first part of a prompt at `step`, as the real pipeline gives them."""
    clean, _ = without_networks(text)
    first = subprompts(clean)[0]
    part = clean[first.start : first.end]
    try:
        found = brackets(part, old=grammar.old)
        if found:
            part = at_step(part, found, min(max(step, 1), steps), steps, old=grammar.old)
    except ReadError:
        pass  # the reading says so
    return [(run.text, run.weight) for run in emphasis(part, grammar.tokens, [])]


def schedule(text: str, steps: int, grammar: Grammar = MODERN) -> Schedules:
    """Return (weight of the part, last step, runs) as the real pipeline does."""
    clean, _ = without_networks(text)
    found: Schedules = []
    known: dict[str, Runs] = {}
    for part in subprompts(clean):
        for until, shown in _texts(clean[part.start : part.end], steps, grammar):
            if shown not in known:
                runs = emphasis(shown, grammar.tokens, [])
                known[shown] = [(run.text, run.weight) for run in runs]
            found.append((part.weight, until, list(known[shown])))
    return found


def _texts(text: str, steps: int, grammar: Grammar) -> list[tuple[int, str]]:
    try:
        found = brackets(text, old=grammar.old)
        if found:
            last = steps_of(found, steps, old=grammar.old)
            return [(step, at_step(text, found, step, steps, old=grammar.old)) for step in last]
    except ReadError:
        pass
    return [(steps, text)]
