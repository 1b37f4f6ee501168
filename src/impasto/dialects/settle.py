"""What no target of plain words can hold is settled: schedules, references, chunk breaks.

The writers for words and for Midjourney share it. A schedule becomes the field that is there for
most of 20 steps, the later of two that tie; a nested one counts only the steps in which its own
field is there. Linear, and brackets of any depth.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Loss
from impasto.syntax.nodes import Schedule
from impasto.syntax.runs import (
    BREAK,
    CLOSE,
    COMMA,
    HEAVIEST,
    NEXT,
    OPEN,
    REFERENCE,
    TEXT,
    Run,
)

if TYPE_CHECKING:
    from impasto.source import Span
    from impasto.syntax.nodes import Alternate

STEPS: Final = 20
_EVER: Final = (1 << STEPS) - 1
_GLIMPSE: Final = 60


class Settled(NamedTuple):
    """Runs of texts and commas only, and what was lost on the way to them."""

    runs: tuple[Run, ...]
    losses: tuple[Loss, ...] = ()


class _Bracket:
    """A schedule or alternation that is being read: which field counts, which one is passing."""

    __slots__ = ("at", "chosen", "loss", "node", "passing", "span", "steps")

    def __init__(self, run: Run, steps: int, at: int, loss: int) -> None:
        assert run.node is not None
        self.node = run.node
        self.span = run.span
        shares = [share & steps for share in _shares(run.node)]
        self.chosen = max(range(len(shares)), key=lambda n: (shares[n].bit_count(), n))
        self.steps = shares[self.chosen]
        self.passing = 0
        self.at = at
        self.loss = loss


def settle(runs: tuple[Run, ...]) -> Settled:
    """Return `runs` without schedules, references and chunk breaks."""
    if all(run.kind == TEXT for run in runs):
        return Settled(runs)
    found: list[Run] = []
    losses: list[Loss | None] = []
    brackets: list[_Bracket] = []
    passed_over = 0
    for run in runs:
        here = brackets[-1] if brackets else None
        shown = not passed_over and (here is None or here.passing == here.chosen)
        if run.kind == OPEN and not shown:
            passed_over += 1
        elif run.kind == OPEN:
            steps = here.steps if here else _EVER
            brackets.append(_Bracket(run, steps, len(found), len(losses)))
            losses.append(None)
        elif run.kind == CLOSE and passed_over:
            passed_over -= 1
        elif run.kind == CLOSE and here:
            losses[here.loss] = _settled(here, found)
            brackets.pop()
        elif run.kind == NEXT and here and not passed_over:
            here.passing += 1
        elif shown:
            _keep(run, found, losses)
    return Settled(tuple(found), tuple(loss for loss in losses if loss))


def _keep(run: Run, found: list[Run], losses: list[Loss | None]) -> None:
    """Add a run that is no part of a bracket's own syntax."""
    if run.kind == BREAK:
        found.append(Run(COMMA, ", ", run.weight, run.span))
        losses.append(
            Loss(
                "break",
                "the target reads the whole text at once, not in chunks",
                "BREAK",
                run.span,
                "info",
                "a comma stands there",
                "leave BREAK out, or keep it for Stable Diffusion",
            )
        )
    elif run.kind == REFERENCE:
        losses.append(
            Loss(
                "reference",
                "the target loads nothing that a prompt names",
                run.text,
                run.span,
                "warning",
                "it was left out",
                "describe in words what it adds to the picture",
            )
        )
    else:
        found.append(run)


def _shares(node: Schedule | Alternate) -> list[int]:
    """Return the steps of every field as bits, those that come too late left out."""
    if isinstance(node, Schedule):
        before = (1 << _until(node)) - 1
        return [before, _EVER ^ before]
    count = len(node.fields)
    return [sum(1 << step for step in range(at, STEPS, count)) for at in range(min(count, STEPS))]


def _until(node: Schedule) -> int:
    """Return the last step of the first field, also where the number is beyond all measure."""
    when = float(node.mark[1:])
    if not abs(when) < HEAVIEST:
        return STEPS if when > 0 else 0
    return min(max(node.until(STEPS), 0), STEPS)


def _settled(bracket: _Bracket, found: list[Run]) -> Loss:
    shown = _joined(found, bracket.at)
    schedule = isinstance(bracket.node, Schedule)
    what = "schedules" if schedule else "alternation"
    steps = bracket.steps.bit_count()
    told = f'"{shown}" was written' if shown else "it was left out"
    return Loss(
        "schedule" if schedule else "alternation",
        f"the target reads one text for all steps; it has no {what}",
        glimpse(bracket.span),
        bracket.span,
        "warning",
        f"{told}, as for {steps} of {STEPS} steps",
        "say the one thing that you want to see, or describe the blend in words",
    )


def _joined(found: list[Run], at: int) -> str:
    """Return the beginning of the texts from `at` on."""
    pieces: list[str] = []
    length = 0
    while at < len(found) and length <= _GLIMPSE:
        pieces.append(found[at].text)
        length += len(found[at].text)
        at += 1
    return cut("".join(pieces).strip())


def glimpse(span: Span) -> str:
    """Return the text of a span, or its beginning where it is long."""
    return cut(span.source.text[span.start : min(span.end, span.start + _GLIMPSE + 2)])


def cut(text: str) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= _GLIMPSE else text[: _GLIMPSE - 1] + "…"


def sane(weight: float) -> float:
    """Return a weight that can be compared and printed, whatever was multiplied."""
    if math.isnan(weight):
        return 0.0
    return min(max(weight, -HEAVIEST), HEAVIEST)


def beyond_measure(run: Run) -> Loss:
    """Return the loss of a weight that is infinite, or no number at all."""
    return Loss(
        "weight",
        f"a weight of {run.weight} spoils the picture",
        cut(" ".join(run.text[:200].split())),
        run.span,
        "error",
        f"{sane(run.weight):g} was written",
        "write a weight between 0 and 2",
    )
