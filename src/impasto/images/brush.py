"""One stroke of thick paint: bristles that leave colour and height, and the light on them."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from impasto.images.palette import RGB, mix

if TYPE_CHECKING:
    from impasto.images.dice import Dice

_STEPS = 14
_EDGE = 6  # painted, then cut off: at the very edge the light would be wrong
_WHITE: RGB = (255, 255, 255)
_BLACK: RGB = (0, 0, 0)


class Stroke(NamedTuple):
    """A brush stroke: middle, direction in radians, length, width and bend, all in pixels."""

    x: float
    y: float
    angle: float
    length: float
    width: float
    bend: float
    paint: RGB
    second: RGB


class Canvas:
    """A picture in colour, with the height of the paint beside it."""

    def __init__(self, width: int, height: int, ground: RGB) -> None:
        self.size = (width, height)
        width, height = width + 2 * _EDGE, height + 2 * _EDGE
        self.colour = Image.new("RGB", (width, height), ground)
        self.height = Image.new("L", (width, height), 66)
        self._paint = ImageDraw.Draw(self.colour)
        self._relief = ImageDraw.Draw(self.height)

    def weave(self, dice: Dice) -> None:
        """Give the ground the tooth of a canvas."""
        tile = Image.frombytes("L", (128, 128), dice.octets(128 * 128)).resize((256, 256))
        for x in range(0, self.height.width, 256):
            for y in range(0, self.height.height, 256):
                self.height.paste(tile.point(lambda grey: 58 + grey // 11), (x, y))

    def stroke(self, stroke: Stroke, dice: Dice, body: float = 1.0) -> None:
        """Lay one stroke on; `body` is how thick the paint stands, 0 to 1."""
        count = max(round(stroke.width / 3.4), 5)
        streaks = dice.between(0, 2 * pi), dice.between(0, 2 * pi)
        for bristle in dice.order(range(count)):
            across = (bristle + 0.5) / count * 2 - 1
            self._bristle(stroke, across, streaks, dice, body)

    def _bristle(
        self, stroke: Stroke, across: float, streaks: tuple[float, float], dice: Dice, body: float
    ) -> None:
        wave = 0.07 * sin(across * 4 + streaks[0]) + 0.05 * sin(across * 13 + streaks[1])
        wave += dice.between(-0.05, 0.05)
        colour = mix(stroke.paint, _WHITE if wave > 0 else _BLACK, abs(wave))
        if dice.between(0, 1) < 0.12:
            colour = mix(colour, stroke.second, dice.between(0.3, 0.8))
        round_end = 0.09 * across * across
        start = dice.between(0, 0.035) + round_end
        end = 1 - dice.between(0, 0.13) ** 1.3 - round_end
        points = _path(stroke, across, start, end)
        thick = max(round(3.4 * dice.between(1.2, 2.4)), 2)
        ridge = 0.30 * abs(across) ** 3 - 0.5 * wave + dice.between(0, 0.35)
        self._paint.line(points, colour, thick, joint="curve")
        height = 80 + 110 * body * (0.35 + ridge)
        self._relief.line(points, round(min(height, 255)), max(round(thick * 0.8), 1))

    def scratch(self, stroke: Stroke, colour: RGB, width: int) -> None:
        """Scratch a line through the paint."""
        points = _path(stroke, 0, 0, 1)
        self._paint.line(points, colour, width, joint="curve")
        self._relief.line(points, 20, width)

    def lit(self) -> Image.Image:
        """Return the picture with light from the upper left on the paint."""
        height = self.height.filter(ImageFilter.GaussianBlur(1.5))
        light = ImageChops.subtract(
            ImageChops.offset(height, -2, -2),
            ImageChops.offset(height, 2, 2),
            scale=-0.85,
            offset=128,
        )
        lit = ImageChops.hard_light(self.colour, Image.merge("RGB", [light] * 3))
        whole = Image.blend(self.colour, lit, 0.85)
        return whole.crop((_EDGE, _EDGE, _EDGE + self.size[0], _EDGE + self.size[1]))


def _path(stroke: Stroke, across: float, start: float, end: float) -> list[tuple[float, float]]:
    """Return the way of one bristle; `across` is its place in the brush, -1 to 1."""
    dx, dy = cos(stroke.angle), sin(stroke.angle)
    off = across * stroke.width / 2
    points = []
    for step in range(_STEPS + 1):
        t = start + (end - start) * step / _STEPS
        along = (t - 0.5) * stroke.length
        side = off + stroke.bend * (1 - (2 * t - 1) ** 2)
        points.append((stroke.x + dx * along - dy * side, stroke.y + dy * along + dx * side))
    return points
