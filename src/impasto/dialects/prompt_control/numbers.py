"""Numbers of prompt-control, and the networks that are made of a name and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.dialects.prompt_control.items import Lora, LoraControl
from impasto.errors import SourceError
from impasto.syntax.escapes import escape
from impasto.syntax.nodes import Reference
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from impasto.dialects.comfyui.switches import Load
    from impasto.source import Source


class PromptControlError(SourceError):
    """A prompt on which prompt-control fails."""

    code = "IMP549"
    rule = "schedule-refused"


class Numbers:
    """Reads numbers out of a text; notes what looks like one to the real parser and is none."""

    def __init__(self, source: Source, end: int) -> None:
        self.source = source
        self.text = source.text[:end]
        self.problems: list[PromptControlError] = []

    def number(self, at: int) -> tuple[float, int]:
        """Return the number that stands at `at` and its end, which is -1 where there is none."""
        text, end = self.text, len(self.text)
        stop = at + 1 if text[at : at + 1] in ("+", "-") else at
        digits = stop
        while stop < end and text[stop].isdigit():
            stop += 1
        dot = stop < end and text[stop] == "."
        if not dot and stop == digits:
            return 0.0, -1
        stop += dot
        while dot and stop < end and text[stop].isdigit():
            stop += 1
        try:
            return float(text[at:stop]), stop
        except ValueError:
            self.problem(f'prompt-control takes "{text[at:stop]}" for a number and fails', at, stop)
            return 0.0, stop

    def weights(self, at: int, *, control: bool) -> tuple[list[tuple[float, float]], int]:
        """Return pairs (weight, from when), and where they end."""
        found: list[tuple[float, float]] = []
        value, stop = self.number(at)
        if stop < 0:
            return found, at
        while True:
            start = 0.0
            if control and self.text.startswith("@", stop):
                moment, later = self.number(stop + 1)
                start, stop = (moment, later) if later >= 0 else (0.0, stop)
            found.append((value, start))
            if not control or not self.text.startswith(",", stop):
                return found, stop
            value, later = self.number(stop + 1)
            if later < 0:
                return found, stop
            stop = later

    def problem(self, message: str, start: int, end: int) -> None:
        """Note what prompt-control fails on."""
        hint = "write a number such as 0.5, or escape what is no schedule: \\["
        span = self.source.span(start, max(end, start + 1))
        if any(problem.span == span for problem in self.problems[-3:]):  # two rules looked at it
            return
        self.problems.append(PromptControlError(message, span, hint=hint))


def network(
    name: str,
    model: list[tuple[float, float]],
    clip: list[tuple[float, float]],
    span: tuple[int, int],
    *,
    control: bool,
) -> Load:
    """Return a network with pairs (weight, from when) for the model and the text encoder."""
    weights = clip[0][0], model[0][0]
    numbers = ":".join(map(number, weights[:1] if weights[0] == weights[1] else weights))
    node = Reference(f"<lora:{escape(name, in_brackets=True)}:{numbers}>", *span)
    if control:
        return LoraControl(node, name, model, clip)
    return Lora(node, (name, model[0][0], clip[0][0]))
