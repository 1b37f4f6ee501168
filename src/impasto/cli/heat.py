"""Effective weights for people: words with their weight under them, hot and cold without colour."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from impasto.cli.terminal import clean, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from impasto.cli.terminal import Colour, Terminal

_UP = ((1.15, "▲"), (1.4, "▲▲"), (2.0, "▲▲▲"), (math.inf, "▲▲▲▲!"))
_DOWN = ((0.5, "▼▼▼▼"), (0.7, "▼▼▼"), (0.87, "▼▼"), (1.0, "▼"))
_COLOURS: tuple[tuple[float, tuple[Colour, ...]], ...] = (
    (0.87, ("cyan",)),
    (1.0, ("cyan", "dim")),
    (1.15, ("yellow",)),
    (2.0, ("yellow", "bold")),
    (math.inf, ("red", "bold")),
)
_NEAR = 5e-4
_GAP = 2
LEGEND = "▲ stronger and ▼ weaker than 1; ! far above 2, which hardly any model bears"

Runs = list[tuple[str, float]]


def is_break(run: tuple[str, float]) -> bool:
    """Whether a run is the sign for a new chunk, not a text."""
    return run == ("BREAK", -1.0)


def amount(weight: float) -> str:
    """Return a weight in few digits: 1.21, 0.909, 33, nan."""
    return f"{weight:.4g}"


def heat(weight: float) -> str:
    """Return how far a weight is from 1, as a bar of signs that needs no colour."""
    if math.isnan(weight) or weight <= 0:
        return "nothing" if weight == 0 else "broken" if math.isnan(weight) else "against"
    if abs(weight - 1) <= _NEAR:
        return ""
    table = _UP if weight > 1 else _DOWN
    return next(signs for limit, signs in table if weight <= limit)


def colours(weight: float) -> tuple[Colour, ...]:
    """Return the colours of a weight."""
    if math.isnan(weight):
        return ("red", "bold")
    if abs(weight - 1) <= _NEAR:
        return ()
    return next(colour for limit, colour in _COLOURS if weight <= limit)


def label(run: tuple[str, float]) -> str:
    """Return what stands under a text: its weight and how hot that is."""
    if is_break(run):
        return "new chunk"
    return f"{amount(run[1])}{heat(run[1])}"


def is_neutral(runs: Runs) -> bool:
    """Whether nothing has a weight of its own."""
    return all(not is_break(run) and abs(run[1] - 1) <= _NEAR for run in runs)


class _Cell(NamedTuple):
    text: str
    under: str
    colours: tuple[Colour, ...]

    @property
    def width(self) -> int:
        return max(width(self.text), width(self.under))


def strip(
    terminal: Terminal, runs: Runs, room: int, mark: Callable[[tuple[str, float]], str]
) -> list[str]:
    """Return lines of at most `room` cells: words, and below them their weights.

    `mark` returns what is put before the weight of a run, such as a sign that it is different.
    """
    shown = [run for run in runs if run[0].strip()]
    if not shown:
        return ["(nothing)"]
    lines = []
    for cells in _lines(shown, room, mark):
        lines.append(_row(terminal, [(cell.text, cell.width, cell.colours) for cell in cells]))
        lines.append(_row(terminal, [(cell.under, cell.width, cell.colours) for cell in cells]))
    if is_neutral(shown):
        under = f"{mark(shown[0])}1{', all of it' if len(lines) > 2 else ''}"
        return [*lines[::2], under]
    return lines


def _row(terminal: Terminal, cells: Iterable[tuple[str, int, tuple[Colour, ...]]]) -> str:
    pieces = [
        terminal.paint(text, *shades) + " " * (size - width(text)) for text, size, shades in cells
    ]
    return (" " * _GAP).join(pieces).rstrip()


def _lines(
    runs: Runs, room: int, mark: Callable[[tuple[str, float]], str]
) -> Iterable[Sequence[_Cell]]:
    line: list[_Cell] = []
    used = 0
    for run in runs:
        under = mark(run) + label(run)
        words = clean(run[0]).split()
        while words:
            left = room - used - (_GAP if line else 0)
            taken = _fitting(words, left)
            fits = taken and width(under) <= left
            if line and not fits:
                yield line
                line, used = [], 0
                continue
            taken = taken or 1
            cell = _Cell(_cut(" ".join(words[:taken]), room), under, colours(run[1]))
            words = words[taken:]
            used += cell.width + (_GAP if line else 0)
            line.append(cell)
    if line:
        yield line


def _fitting(words: list[str], room: int) -> int:
    """Return how many of the words go into `room` cells."""
    used = -1
    for taken, word in enumerate(words):
        used += 1 + width(word)
        if used > room:
            return taken
    return len(words)


def _cut(text: str, room: int) -> str:
    """Return a text that is wider than a line with its end left out."""
    return text if width(text) <= room else f"{text[: max(room // 2 - 1, 1)]}…"


class Stretch(NamedTuple):
    """Runs for some steps of one part of a prompt."""

    part: int
    weight: float
    first: int
    last: int
    runs: Runs


def stretches(schedule: Sequence[tuple[float, int, Runs]]) -> list[Stretch]:
    """Return a schedule with the number of each part and the first step of each stretch."""
    found: list[Stretch] = []
    part, before = 1, 0
    for weight, last, runs in schedule:
        if last <= before:
            part, before = part + 1, 0
        found.append(Stretch(part, weight, before + 1, last, runs))
        before = last
    return found


def title(stretch: Stretch, every: Sequence[Stretch], steps: int) -> str:
    """Return what a stretch is called among the others; "" where it is the only one."""
    said = []
    if every[-1].part > 1:
        said.append(f"part {stretch.part}")
    if abs(stretch.weight - 1) > _NEAR:
        said.append(f"guided with weight {amount(stretch.weight)}{heat(stretch.weight)}")
    if stretch.first > 1 or stretch.last < steps:
        one = stretch.first == stretch.last
        steps_text = f"step {stretch.first}" if one else f"steps {stretch.first} to {stretch.last}"
        said.append(f"{steps_text} of {steps}")
    return ", ".join(said)
