"""The painted panel of a proof: one stroke for each phrase, as heavy as its weight.

A phrase is what stands between commas, sentence ends, line and chunk breaks. Its words choose the
paint and the turn of the wrist, its length the length, its effective weight the width of the
brush. The whole prompt chooses the gesture along which the strokes lie. What the negative prompt
names is scratched out.
"""

from __future__ import annotations

import re
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING, NamedTuple

from impasto.images.brush import Canvas, Stroke
from impasto.images.dice import Dice
from impasto.images.palette import RGB, Palette, contrast, mix
from impasto.images.words import BREAK, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL import Image

_MOST = 44
_ENDS = re.compile(r"[,;.!?\n，、。；！？]+")


class Phrase(NamedTuple):
    """Words and the strongest effective weight among them."""

    text: str
    weight: float


def phrases(runs: Sequence[Run]) -> list[Phrase]:
    """Return the phrases of `runs`, in order."""
    found: list[Phrase] = []
    text, weight = "", 0.0

    def close() -> None:
        nonlocal text, weight
        if text.strip():
            found.append(Phrase(" ".join(text.split()), weight))
        text, weight = "", 0.0

    for part, heavy in runs:
        if (part, heavy) == BREAK:
            close()
            continue
        for at, piece in enumerate(_ENDS.split(part)):
            if at:
                close()
            text += piece
            weight = max(weight, heavy) if piece.strip() else weight
    close()
    return found


Place = tuple[float, float, float]
"""Where a stroke lies: across and down, 0 to 1, and its angle in radians."""


def _rows(t: float, dice: Dice) -> Place:
    return 0.5 + dice.between(-0.32, 0.32), 0.12 + 0.76 * t, dice.between(-0.10, 0.10)


def _forest(t: float, dice: Dice) -> Place:
    return 0.07 + 0.86 * t, 0.55 + dice.between(-0.14, 0.14), pi / 2 + dice.between(-0.16, 0.16)


def _wave(t: float, dice: Dice) -> Place:
    turn = t * 2 * pi
    return 0.08 + 0.84 * t, 0.5 - 0.24 * sin(turn) + dice.between(-0.07, 0.07), -0.62 * cos(turn)


def _bloom(t: float, dice: Dice) -> Place:
    turn = t * 2 * pi + dice.between(-0.1, 0.1)
    far = dice.between(0.20, 0.34)
    return 0.5 + far * cos(turn), 0.5 + far * 1.05 * sin(turn), turn


def _orbit(t: float, dice: Dice) -> Place:
    turn = t * 4.4 * pi
    far = 0.10 + 0.30 * t
    return 0.5 + far * cos(turn), 0.5 + far * sin(turn), turn + pi / 2 + dice.between(-0.15, 0.15)


def _rain(t: float, dice: Dice) -> Place:
    slant = -0.95 + dice.between(-0.08, 0.08)
    return 0.06 + 0.88 * t, dice.between(0.22, 0.78), slant


def _hill(t: float, dice: Dice) -> Place:
    turn = pi * (0.06 + 0.88 * t)
    down = 0.78 - 0.5 * sin(turn) + dice.between(-0.04, 0.10)
    return 0.5 - 0.43 * cos(turn), down, -0.9 * cos(turn)


def _cross(t: float, dice: Dice) -> Place:
    lean = 0.7 if dice.between(0, 1) < 0.5 else -0.7
    return dice.between(0.18, 0.82), 0.16 + 0.68 * t, lean + dice.between(-0.12, 0.12)


_GESTURES: tuple[Callable[[float, Dice], Place], ...] = (
    _rows,
    _forest,
    _wave,
    _bloom,
    _orbit,
    _rain,
    _hill,
    _cross,
)


class _Painter:
    def __init__(self, canvas: Canvas, words: str, palette: Palette, seed: int) -> None:
        self.canvas, self.palette, self.seed = canvas, palette, seed
        self.wide, self.high = canvas.size
        self.unit = min(sqrt(self.wide * self.high), 1.6 * min(self.wide, self.high))
        self.gesture = Dice("gesture", words).pick(_GESTURES)

    def underpaint(self, dice: Dice) -> None:
        """Scumble broad, quiet strokes over the ground."""
        lean = dice.pick((0.0, 0.35, -0.35, 0.0))
        for step in range(12):
            tone = mix(
                self.palette.ground, dice.pick(self.palette.pigments), dice.between(0.05, 0.26)
            )
            x, y = dice.between(0, 1) * self.wide, (step + dice.between(0, 1)) / 12 * self.high
            angle = lean + dice.between(-0.15, 0.15)
            long, broad = self.unit * dice.between(0.7, 1.3), self.unit * dice.between(0.14, 0.24)
            bend = dice.between(-0.05, 0.05) * self.unit
            second = dice.pick(self.palette.pigments)
            stroke = Stroke(x, y, angle, long, broad, bend, tone, mix(tone, second, 0.2))
            self.canvas.stroke(stroke, dice, 0.22)

    def _paints(self, hand: Dice) -> list[RGB]:
        """Return the pigments in the order of a phrase's taste, those near the ground last."""
        ordered = hand.order(self.palette.pigments)
        return sorted(ordered, key=lambda paint: contrast(paint, self.palette.ground) < 1.35)

    def phrase(self, phrase: Phrase, place: float, count: int) -> None:
        """Lay the stroke of one phrase; `place` is where it stands in the prompt, 0 to 1."""
        dice = Dice("stroke", phrase.text, self.seed, round(place * 1000))
        across, down, angle = self.gesture(place, dice)
        x, y = across * self.wide, down * self.high
        angle += dice.between(-0.07, 0.07)
        crowd = (6 / (count + 3)) ** 0.40
        heavy = min(max(phrase.weight, 0.18), 3.2) ** 0.85
        length = self.unit * crowd * (0.36 + 0.013 * min(len(phrase.text), 32))
        width = self.unit * crowd * 0.155 * heavy
        paint, second, third = self._paints(Dice("paint", phrase.text))[:3]
        bend = dice.between(-0.17, 0.17) * length
        self.canvas.stroke(Stroke(x, y, angle, length, width, bend, paint, second), dice)
        dab = Stroke(x, y, angle, length * 0.24, width * 0.30, 0, second, third)
        for word in phrase.text.split()[: 5 if count < 14 else 2]:
            self._dab(dab, length, width, Dice("dab", word, self.seed, phrase.text))

    def _dab(self, dab: Stroke, length: float, width: float, dice: Dice) -> None:
        """Touch the canvas once beside a stroke, for one of its words."""
        along, aside = (
            dice.between(-0.6, 0.6) * length,
            dice.pick((-1, 1)) * dice.between(0.5, 1.1) * width,
        )
        x = dab.x + cos(dab.angle) * along - sin(dab.angle) * aside
        y = dab.y + sin(dab.angle) * along + cos(dab.angle) * aside
        turned = dab._replace(x=x, y=y, angle=dab.angle + dice.between(-0.5, 0.5))
        paints = (dab.paint, dab.second)
        scale = dice.between(0.6, 1.25)
        paint = paints[int(dice.between(0, 1.6))]
        self.canvas.stroke(
            turned._replace(paint=paint, length=dab.length * scale, width=dab.width * scale),
            dice,
            1.2,
        )

    def scratch(self, phrase: Phrase) -> None:
        """Scratch out one phrase of the negative prompt."""
        dice = Dice("scratch", phrase.text, self.seed)
        x, y = dice.between(0.12, 0.88) * self.wide, dice.between(0.15, 0.85) * self.high
        length = self.unit * (0.10 + 0.006 * min(len(phrase.text), 30))
        angle, bend = dice.between(-0.6, 0.6), dice.between(-0.1, 0.1) * length
        broad = max(round(self.unit * 0.0035 * max(min(phrase.weight, 3), 0.5)), 2)
        line = Stroke(x, y, angle, length, 0, bend, self.palette.paper, self.palette.paper)
        for step in (-1, 1):
            self.canvas.scratch(line._replace(y=y + step * broad * 1.7), self.palette.paper, broad)


def _thin_out(found: list[Phrase], most: int) -> list[Phrase]:
    """Return at most `most` phrases, evenly chosen."""
    if len(found) <= most:
        return found
    return [found[at * len(found) // most] for at in range(most)]


def paint(
    size: tuple[int, int], runs: Sequence[Run], negative: Sequence[Run], palette: Palette, seed: int
) -> Image.Image:
    """Return the panel: `size` is width and height in pixels."""
    words = "".join(text for text, _ in runs)
    canvas = Canvas(*size, palette.ground)
    dice = Dice("panel", words, seed)
    canvas.weave(dice)
    painter = _Painter(canvas, words, palette, seed)
    said = _thin_out(phrases(runs), _MOST)
    if said:
        painter.underpaint(dice)
    placed = list(enumerate(said))
    for at, phrase in sorted(placed, key=lambda item: (item[1].weight, item[0])):
        painter.phrase(phrase, (at + 0.5) / len(said), len(said))
    for phrase in _thin_out(phrases(negative), 16):
        painter.scratch(phrase)
    return canvas.lit()
