"""What a prompt of prompt-control is made of, and which text it shows at a moment.

A moment is a part of all steps, from 0 to 1. Facts: prompt_control/parser_parsy.py of
asagi4/comfyui-prompt-control at b24d93b778 (3.0.0-beta.9).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from impasto.dialects.comfyui.switches import Item, Load, Piece, Switch
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.syntax.nodes import Reference

FOREVER: Final = math.inf
PACE: Final = 0.1
"""How long an alternation shows each field where it does not say."""

Weight: TypeAlias = tuple[str, float, float]
"""A network: its name, the weights for the model and for the text encoder."""


class Shown(NamedTuple):
    """What one field gives way to: its place, until when, and the moment its inside sees."""

    field: int
    until: float
    moment: float


class Lora(Load):
    """`<lora:name:weight:weight>`."""

    __slots__ = ("weight",)

    def __init__(self, node: Reference, weight: Weight) -> None:
        super().__init__(node)
        self.weight = weight

    def at(self, moment: float) -> tuple[float, list[Weight]]:  # noqa: ARG002 - always the same
        """Return until when, and what to load."""
        return FOREVER, [self.weight]

    def moments(self) -> Iterable[float]:
        """Return when it changes."""
        return ()


class LoraControl(Load):
    """`<loractl:name:1@0,0.5@0.3>`: weights from moments on."""

    __slots__ = ("clip", "model", "name")

    def __init__(
        self,
        node: Reference,
        name: str,
        model: list[tuple[float, float]],
        clip: list[tuple[float, float]],
    ) -> None:
        super().__init__(node)
        self.name = name
        self.model = model
        self.clip = clip

    def at(self, moment: float) -> tuple[float, list[Weight]]:
        """Return until when, and what to load."""
        until, model = _weight_at(self.model, moment, FOREVER)
        until, clip = _weight_at(self.clip, moment, until)
        return until, [(self.name, model, clip)] if model else []

    def moments(self) -> Iterable[float]:
        """Return when it changes."""
        return [start for _, start in (*self.model, *self.clip)]


def _weight_at(
    weights: list[tuple[float, float]], moment: float, until: float
) -> tuple[float, float]:
    found = 0.0
    following = [start for _, start in weights[1:]] + [FOREVER]
    for (weight, start), end in zip(weights, following, strict=True):
        if start > moment or end < moment:
            until = min(until, start)
        else:
            found = weight
    return until, found


class Timed(Switch):
    """Two fields, up to `opens` and after it, or three, the last after `closes`.

    One with a tag shows its first field only: nobody sets tags in a prompt.
    """

    __slots__ = ("closes", "opens", "tag")

    def __init__(
        self,
        fields: list[list[Item]],
        opens: float,
        closes: float,
        tag: str,
        span: tuple[int, int],
    ) -> None:
        ends = [FOREVER] if tag else [opens, closes][: len(fields) - 1]
        super().__init__(fields, _order(ends), *span)
        self.opens = opens
        self.closes = closes
        self.tag = tag

    def shown(self, moment: float) -> Shown:
        """Return what shows at a moment."""
        if self.tag:
            return Shown(0, FOREVER, moment)
        if moment <= self.opens:
            return Shown(0, self.opens, moment)
        if moment <= self.closes:
            return Shown(1, self.closes, moment)
        return Shown(2, FOREVER, moment)

    def moments(self) -> Iterable[float]:
        """Return when it changes, up to the end."""
        return () if self.tag else [at for at in (self.opens, self.closes) if at < 1]

    @property
    def looks_inside(self) -> bool:
        """Whether what changes in the fields counts."""
        return not self.tag


class Sequence_(Switch):  # noqa: N801 - the name of the syntax, which Python has for its own
    """`[SEQ:a:0.2:b:0.7]`: each field up to its number, then nothing."""

    __slots__ = ("ends",)

    looks_inside = False

    def __init__(self, fields: list[list[Item]], ends: list[float], span: tuple[int, int]) -> None:
        super().__init__([*fields, []], _order(ends), *span)
        self.ends = ends

    def shown(self, moment: float) -> Shown:
        """Return what shows at a moment."""
        for place, end in enumerate(self.ends):
            if moment <= end:
                return Shown(place, end, moment)
        return Shown(len(self.ends), FOREVER, moment)

    def moments(self) -> Iterable[float]:
        """Return when it changes, up to the end."""
        return [end for end in self.ends if end <= 1]


class Turns(Switch):
    """`[a|b:0.1]`: each field for a while, in turn."""

    __slots__ = ("pace",)

    looks_inside = True

    def __init__(self, fields: list[list[Item]], pace: float, span: tuple[int, int]) -> None:
        super().__init__(fields, _turns(len(fields), pace), *span)
        self.pace = pace

    def shown(self, moment: float) -> Shown:
        """Return what shows at a moment."""
        moment = max(moment, self.pace)
        position = math.ceil((moment * 10_000) / (self.pace * 10_000))
        return Shown(
            max(0, (position - 1) % len(self.fields)),
            max(self.pace, position * self.pace),
            moment,
        )

    def moments(self) -> Iterable[float]:
        """Return when it changes."""
        return [at / 100 for at in range(0, 100, int(self.pace * 100))]

    def is_fixed(self) -> bool:
        """Whether nothing in it changes by itself; the canonical tree has no other clock."""
        inner = [item for field in self.fields for item in field]
        return self.pace > 0 and not any(isinstance(item, Switch) for item in inner)


Change: TypeAlias = Timed | Sequence_ | Turns


def _order(ends: Sequence[float]) -> tuple[tuple[int, str], ...]:
    return (*((at, mark(end)) for at, end in enumerate(ends)), (len(ends), ""))


@lru_cache(maxsize=256)
def _turns(count: int, pace: float) -> tuple[tuple[int, str], ...]:
    if not 0.01 <= pace < 1:
        return ((0, ":1.0"), (0, ""))
    number_of = math.ceil(1 / pace - 1e-9)
    ends = [pace * (at + 1) for at in range(number_of - 1)]
    marks = [*map(mark, ends), ""]
    return tuple((at % count, marks[at]) for at in range(number_of))


def mark(moment: float) -> str:
    """Return a moment as the canonical syntax writes it: with a dot, a part of the steps."""
    text = number(min(max(moment, 0.0), 1.0))
    return f":{text}" if "." in text else f":{text}.0"


class State(NamedTuple):
    """What is shown, until when, and what is loaded."""

    until: float
    pieces: list[Piece]
    loads: list[Weight]


def evaluate(items: Iterable[Item], moment: float) -> State:
    """Return what `items` show at a moment."""
    until = FOREVER
    pieces: list[Piece] = []
    loads: list[Weight] = []
    work: list[tuple[Item, float]] = [(item, moment) for item in reversed(list(items))]
    while work:
        item, at = work.pop()
        if isinstance(item, Piece):
            pieces.append(item)
        elif isinstance(item, (Lora, LoraControl)):
            end, found = item.at(at)
            until = min(until, end)
            loads += found
        elif isinstance(item, (Timed, Sequence_, Turns)):
            shown = item.shown(at)
            until = min(until, shown.until)
            work += [(inner, shown.moment) for inner in reversed(item.fields[shown.field])]
    return State(until, pieces, loads)


def moments(items: Iterable[Item]) -> list[float]:
    """Return when something may change, in order, the end among them; at most one in a hundredth.

    prompt-control rounds to hundredths and keeps the first of equal ones.
    """
    found = {1.0}
    work = list(items)
    while work:
        item = work.pop()
        if isinstance(item, (Lora, LoraControl)):
            found.update(item.moments())
        elif isinstance(item, (Timed, Sequence_, Turns)):
            found.update(item.moments())
            if item.looks_inside:
                for field in item.fields:
                    work += field
    return sorted(found)


def states(items: Sequence[Item]) -> list[State]:
    """Return every state from the beginning to the end, each until a later hundredth."""
    found: list[State] = []
    last = again = -1.0
    for moment in moments(items):
        hundredth = round(moment, 2)
        if hundredth < last or hundredth == again:
            continue
        if hundredth == last:  # a network's weight may change here
            again = hundredth
        state = evaluate(items, moment)
        end = min(1.0, round(state.until, 2))
        if end < 0 or end <= last:
            continue
        found.append(state._replace(until=end))
        last = end
        if end >= 1:
            break
    return found
