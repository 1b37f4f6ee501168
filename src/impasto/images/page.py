"""The page of a proof: its size, its margins, and the printer's marks around it."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw

from impasto.images import glyphs

if TYPE_CHECKING:
    from impasto.images.palette import RGB, Palette

# Everything is drawn at twice the size and averaged: the drawing calls know no soft edges.
SCALE = 2
_LONGEST, _SHORTEST_LONG, _NARROWEST = 2048, 1024, 640
_FLATTEST = 5.0


class Box(NamedTuple):
    """A rectangle in drawing pixels (two to one pixel of the picture)."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Lower edge."""
        return self.y + self.height


def page_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of the sheet, in pixels, for an image of `width` by `height`.

    The sheet keeps the aspect ratio, up to 5:1. Its longer edge has 1024 to 2048 pixels, and as
    many of them as its shorter edge needs to reach 640 where that is possible.
    """
    wide, high = max(width, 1), max(height, 1)
    long, short = max(wide, high), max(min(wide, high), max(wide, high) / _FLATTEST)
    full = min(max(long, _SHORTEST_LONG), _LONGEST)
    full = min(max(full, round(_NARROWEST * long / short)), _LONGEST)
    narrow = round(short * full / long)
    return (full, narrow) if wide >= high else (narrow, full)


class Page:
    """A sheet of paper to draw on; `em` is the size of small text in drawing pixels."""

    def __init__(self, width: int, height: int, palette: Palette) -> None:
        self.palette = palette
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), palette.paper)
        self.ink = ImageDraw.Draw(self.image)
        self.em = round(min(max(sqrt(width * height) / 1024 * 15, 14), 22) * SCALE)
        self.margin = max(round(min(width, height) * 0.062), 36) * SCALE

    @property
    def body(self) -> Box:
        """The paper inside the margins."""
        wide, high = self.image.size
        return Box(self.margin, self.margin, wide - 2 * self.margin, high - 2 * self.margin)

    def line(self, x: float, y: float, right: float, bottom: float, colour: RGB) -> None:
        """Draw a hairline, level or upright."""
        self.ink.rectangle((x, y, max(right, x + 1), max(bottom, y + 1)), fill=colour)

    def double_rule(self, x: int, y: int, right: int) -> int:
        """Draw a thick and a thin line; return the y below them."""
        thick = round(self.em * 0.10)
        self.ink.rectangle((x, y, right, y + thick), fill=self.palette.ink)
        self.line(x, y + thick * 2.6, right, y + thick * 2.6 + 1, self.palette.ink)
        return y + round(thick * 3.6)

    def label(self, x: float, y: float, text: str, colour: RGB | None = None) -> float:
        """Draw a small spaced label on the baseline y; return where it ends."""
        size = round(self.em * 0.74)
        return glyphs.draw_label(self.ink, (x, y), text, size, colour or self.palette.soft)

    def label_width(self, text: str) -> float:
        """Return the width of a small label."""
        return glyphs.label_width(text, round(self.em * 0.74))

    def finished(self) -> Image.Image:
        """Return the sheet at its own size."""
        return self.image.reduce(SCALE)


def _target(page: Page, x: float, y: float, radius: float) -> None:
    colour = page.palette.ink
    page.ink.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=2)
    inner = radius * 0.42
    page.ink.ellipse((x - inner, y - inner, x + inner, y + inner), fill=colour)
    cross = radius * 1.55
    page.line(x - cross, y - 1, x + cross, y, colour)
    page.line(x - 1, y - cross, x, y + cross, colour)
    page.line(x - inner, y - 1, x + inner, y, page.palette.paper)
    page.line(x - 1, y - inner, x, y + inner, page.palette.paper)


def printers_marks(page: Page) -> None:
    """Draw crop marks at the corners and register marks in the middle of the sides."""
    wide, high = page.image.size
    edge, long = page.margin * 0.62, page.margin * 0.34
    for x, towards in ((edge, -1), (wide - edge, 1)):
        for y, down in ((edge, -1), (high - edge, 1)):
            page.line(
                min(x, x + towards * long), y, max(x, x + towards * long), y + 1, page.palette.ink
            )
            page.line(x, min(y, y + down * long), x + 1, max(y, y + down * long), page.palette.ink)
    radius = page.margin * 0.13
    for x in (page.margin * 0.42, wide - page.margin * 0.42):
        _target(page, x, high / 2, radius)
    for y in (page.margin * 0.42, high - page.margin * 0.42):
        _target(page, wide / 2, y, radius)
