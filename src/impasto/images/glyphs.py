"""Letters: Pillow's own font, and what is drawn for characters that it lacks.

The font that comes inside Pillow knows ASCII and a few marks. Accented Latin letters are put
together from a letter and a mark; any other character becomes a box with its code point.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PIL import ImageFont

from impasto.errors import ImageError

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from impasto.images.palette import RGB

# combining mark -> (glyphs that look like it, their size, above the letter?)
_MARKS = {
    "\u0300": ("`", 0.9, True),
    "\u0301": ("´", 0.9, True),
    "\u0302": ("^", 0.7, True),
    "\u0303": ("~", 0.7, True),
    "\u0304": ("-", 0.9, True),
    "\u0306": ("u", 0.45, True),
    "\u0307": (".", 0.9, True),
    "\u0308": ("..", 0.8, True),
    "\u030a": ("o", 0.45, True),
    "\u030b": ("´´", 0.8, True),
    "\u030c": ("v", 0.5, True),
    "\u0323": (".", 0.9, False),
    "\u0327": (",", 0.8, False),
    "\u0328": (",", 0.8, False),
}
# Characters that the font lacks and that another one shows faithfully enough.
_LIKE = str.maketrans(
    {
        "\u00a0": " ",
        "\u3000": " ",
        "\t": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2212": "-",
        "\u2022": "·",
        "\u00d7": "x",
        "\u201a": ",",
        "\u2032": "'",
        "\u2033": '"',
    }
    | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width ASCII
)
_DASHES = {"\u2013": 0.55, "\u2014": 0.95, "\u2015": 0.95}
_BOX_WIDTH = 0.92
_MOST_MARKS = 3  # on one letter; more would climb into the line above


Point = tuple[float, float]
"""Pixels from the left and from the top."""


class Cell(NamedTuple):
    """One drawn thing: a letter with its marks, a dash or a box; `length` counts characters."""

    text: str
    boxed: bool
    marks: str
    length: int


@lru_cache(maxsize=256)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the built-in font at `size` pixels, laid out the same way on every machine."""
    built_in = ImageFont.load_default(size)
    if not isinstance(built_in, ImageFont.FreeTypeFont):
        raise ImageError(
            "this Pillow was built without FreeType, so it cannot draw the proof sheet"
        )
    return built_in.font_variant(layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def has_glyph(character: str) -> bool:
    """Say whether the font can draw `character`."""
    if character == " " or character in _DASHES:
        return True
    probe = font(20)
    return bytes(probe.getmask(character)) != bytes(probe.getmask("\uffff"))


@lru_cache(maxsize=8192)
def cells(text: str) -> tuple[Cell, ...]:
    """Split `text` into the things that will be drawn."""
    if text.isascii() and text.isprintable():
        return tuple(Cell(c, False, "", 1) for c in text)
    found: list[Cell] = []
    for character in text.translate(_LIKE):
        letter, *marks = list(unicodedata.normalize("NFD", character))
        last = found[-1] if found else None
        if character in _MARKS and last and not last.boxed and len(last.marks) < _MOST_MARKS:
            found[-1] = last._replace(marks=last.marks + character, length=last.length + 1)
        elif has_glyph(character):
            found.append(Cell(character, False, "", 1))
        elif marks and has_glyph(letter) and all(mark in _MARKS for mark in marks):
            found.append(Cell(letter, False, "".join(marks), 1))
        else:
            found.append(Cell(character, True, "", 1))
    return tuple(found)


@lru_cache(maxsize=65536)
def _letter_width(character: str, size: int) -> float:
    if character in _DASHES:
        return _DASHES[character] * size
    return font(size).getlength(character)


def cell_width(cell: Cell, size: int) -> float:
    """Return how far `cell` moves the pen, in pixels."""
    return _BOX_WIDTH * size if cell.boxed else _letter_width(cell.text, size)


@lru_cache(maxsize=65536)
def width(text: str, size: int) -> float:
    """Return how far `text` moves the pen, in pixels."""
    return sum(cell_width(cell, size) for cell in cells(text))


@lru_cache(maxsize=1024)
def _outline(text: str, size: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the ink, from the start of the baseline."""
    mask, (x, y) = font(size).getmask2(text, mode="L", anchor="ls")
    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    return left + x, top + y, right + x, bottom + y


def _draw_marked(ink: ImageDraw, start: Point, cell: Cell, size: int, fill: RGB) -> None:
    x, y = start
    left, top, right, bottom = _outline(cell.text, size)
    if cell.text in "ij" and any(_MARKS[mark][2] for mark in cell.marks):
        top = _outline("x", size)[1]
    if cell.text == "i" and top > _outline("i", size)[1]:
        ink.rectangle(
            (x + left, y + top, x + right - 1, y), fill=fill
        )  # the mark takes the dot's place
    else:
        ink.text((x, y), cell.text, fill, font(size), anchor="ls")
    for mark in cell.marks:
        glyphs, scale, above = _MARKS[mark]
        face = font(round(size * scale))
        m_left, m_top, m_right, m_bottom = _outline(glyphs, round(size * scale))
        at = x + (left + right - m_left - m_right) / 2
        gap = max(size * 0.07, 1)
        down = top - m_bottom - gap if above else bottom - m_top + gap * 0.4
        ink.text((at, y + down), glyphs, fill, face, anchor="ls")
        top -= round(gap) + m_bottom - m_top if above else 0


def _draw_box(ink: ImageDraw, start: Point, character: str, size: int, fill: RGB) -> None:
    x, y = start
    code = f"{ord(character):04X}"
    code = code if len(code) == 4 else code.rjust(6, "0")
    half = len(code) // 2
    wide, tall = round(_BOX_WIDTH * size) - max(size // 12, 1), round(size * 0.96)
    top = y - round(size * 0.78)
    line = max(size // 24, 1)
    ink.rectangle((x, top, x + wide, top + tall), outline=fill, width=line)
    face = font(max(round(size * (0.44 if half == 2 else 0.36)), 4))
    for row, digits in enumerate((code[:half], code[half:])):
        for column, digit in enumerate(digits):
            inward = 0.14 * ((column == 0) - (column == half - 1))
            across = x + wide * (column + 0.5 + inward) / half
            ink.text((across, top + tall * (0.29 + 0.43 * row)), digit, fill, face, anchor="mm")


def _draw_other(ink: ImageDraw, start: Point, cell: Cell, size: int, fill: RGB) -> None:
    x, y = start
    if cell.boxed:
        _draw_box(ink, start, cell.text, size, fill)
    elif cell.text in _DASHES:
        high, thick = y - size * 0.28, max(size * 0.06, 1)
        end = x + _DASHES[cell.text] * size * 0.96
        ink.rectangle((x, high, end, high + thick), fill=fill)
    elif cell.marks:
        _draw_marked(ink, start, cell, size, fill)
    else:
        ink.text((x, y), cell.text, fill, font(size), anchor="ls")


_PLAIN = re.compile(r"[ -~]+")


def draw_text(ink: ImageDraw, start: Point, text: str, size: int, fill: RGB) -> float:
    """Draw `text` with its baseline from `start`; return the x where the pen ends."""
    x, y = start
    if _PLAIN.fullmatch(text):
        ink.text((x, y), text, fill, font(size), anchor="ls")
        return x + width(text, size)
    for cell in cells(text):
        _draw_other(ink, (x, y), cell, size, fill)
        x += cell_width(cell, size)
    return x


def draw_label(ink: ImageDraw, start: Point, text: str, size: int, fill: RGB) -> float:
    """Draw `text` in spaced capitals; return the x where the pen ends."""
    x, y = start
    for character in text.upper():
        x = draw_text(ink, (x, y), character, size, fill) + size * 0.14
    return x


def label_width(text: str, size: int) -> float:
    """Return how far `draw_label` moves the pen."""
    return width(text.upper(), size) + len(text) * size * 0.14
