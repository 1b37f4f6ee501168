"""Effective weights for people: words with their weight under them, hot and cold without colour."""

from __future__ import annotations

import math
from itertools import groupby
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
LEGEND = "no number: 1; ▲ stronger, ▼ weaker; ! above 2, more than most models bear"

DIFFERENT = "≠"

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
    return f"{amount(run[1])}{heat(run[1])}" if heat(run[1]) else ""


class _Cell(NamedTuple):
    text: str
    under: str
    colours: tuple[Colour, ...]

    @property
    def width(self) -> int:
        return max(width(self.text), width(self.under))


def strip(
    terminal: Terminal, runs: Runs, room: int, is_new: Callable[[str, float], bool]
) -> list[str]:
    """Return lines of at most `room` cells: words, and below them their weights.

    Words that are new at their weight are marked.
    """
    shown = [run for run in runs if run[0].strip()]
    if not shown:
        return ["(nothing)"]
    lines = []
    for cells in _lines(shown, room, is_new):
        words = _row(terminal, [(cell.text, cell.width, cell.colours) for cell in cells])
        under = _row(terminal, [(cell.under, cell.width, cell.colours) for cell in cells])
        lines += [words, under] if under else [words]
    return lines


def _row(terminal: Terminal, cells: Iterable[tuple[str, int, tuple[Colour, ...]]]) -> str:
    pieces = [
        terminal.paint(text, *shades) + " " * (size - width(text)) for text, size, shades in cells
    ]
    return (" " * _GAP).join(pieces).rstrip()


def _lines(
    runs: Runs, room: int, is_new: Callable[[str, float], bool]
) -> Iterable[Sequence[_Cell]]:
    line: list[_Cell] = []
    used = 0
    for words, under, shades in _pieces(runs, is_new):
        rest = words
        while rest:
            left = room - used - (_GAP if line else 0)
            taken = _fitting(rest, left)
            if line and not (taken and width(under) <= left):
                yield line
                line, used = [], 0
                continue
            taken = taken or 1
            cell = _Cell(_cut(" ".join(rest[:taken]), room), under, shades)
            rest = rest[taken:]
            used += cell.width + (_GAP if line else 0)
            line.append(cell)
    if line:
        yield line


def _pieces(
    runs: Runs, is_new: Callable[[str, float], bool]
) -> Iterable[tuple[list[str], str, tuple[Colour, ...]]]:
    """Yield the words of every run, those together that are new or not, and what goes below."""
    for run in runs:
        words = clean(run[0]).split()
        for new, same in groupby(zip(words, _news(words, run[1], is_new), strict=True), _second):
            under = f"{DIFFERENT}{label(run) or 1}" if new else label(run)
            yield [word for word, _ in same], under, colours(run[1])


def _second(pair: tuple[str, bool]) -> bool:
    return pair[1]


def _news(words: list[str], weight: float, is_new: Callable[[str, float], bool]) -> list[bool]:
    """Return which words are new; commas go with the word before them, or else behind them."""
    found: list[bool | None] = []
    for word in words:
        is_word = any(map(str.isalnum, word))
        found.append(is_new(word, weight) if is_word else found[-1] if found else None)
    first = next((new for new in found if new is not None), False)
    return [first if new is None else new for new in found]


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
    """What one part of a prompt is at some steps; `steps` are the first and last of each range."""

    part: int
    weight: float
    steps: list[tuple[int, int]]
    runs: Runs


def stretches(schedule: Sequence[tuple[float, int, Runs]]) -> list[Stretch]:
    """Return a schedule part by part, the steps together at which a part is the same."""
    found: list[Stretch] = []
    known: dict[str, Stretch] = {}
    part, before = 1, 0
    for weight, last, runs in schedule:
        if last <= before:
            part, before = part + 1, 0
            known = {}
        key = repr(runs)  # a weight may be nan, which equals nothing
        if key not in known:
            known[key] = Stretch(part, weight, [], runs)
            found.append(known[key])
        known[key].steps.append((before + 1, last))
        before = last
    return found


def title(stretch: Stretch, every: Sequence[Stretch], steps: int) -> str:
    """Return what a stretch is called among the others; "" where it is the only one."""
    said = []
    if every[-1].part > 1:
        said.append(f"part {stretch.part}")
    if abs(stretch.weight - 1) > _NEAR:
        said.append(f"as a whole at {amount(stretch.weight)}{heat(stretch.weight)}")
    if stretch.steps != [(1, steps)]:
        said.append(f"{_ranges(stretch.steps)} of {steps}")
    return ", ".join(said)


def _ranges(steps: list[tuple[int, int]]) -> str:
    """Return "step 3", "steps 1 to 16", "steps 1, 3, 5 …"."""
    told = [str(first) if first == last else f"{first} to {last}" for first, last in steps]
    word = "step" if told == [str(steps[0][0])] else "steps"
    return f"{word} {', '.join(told[:3])}{' …' if len(told) > 3 else ''}"
