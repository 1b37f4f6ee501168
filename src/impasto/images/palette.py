"""Colours of a proof, drawn from its words in OKLCH, so that they agree and stay readable.

The OKLab matrices are those of Björn Ottosson, https://bottosson.github.io/posts/oklab/; the
contrast ratio is that of WCAG 2.2, section "contrast ratio".
"""

from __future__ import annotations

from math import cos, radians, sin
from typing import NamedTuple

from impasto.images.dice import Dice

RGB = tuple[int, int, int]

# Hues of the five pigments, in degrees from the first.
_SCHEMES = (
    (0, 28, -28, 52, 180),
    (0, 18, 180, 202, -22),
    (0, 120, 240, 20, 136),
    (0, 152, 208, -24, 26),
    (0, 90, 180, 270, 34),
    (0, 12, -14, 38, 60),
)
# Lightness and chroma of the ground that the paint lies on.
_GROUNDS = ((0.91, 0.035), (0.84, 0.06), (0.70, 0.085), (0.50, 0.08), (0.32, 0.055), (0.24, 0.04))
_READABLE = 4.6


class Palette(NamedTuple):
    """What the sheet is printed with; each text colour has a contrast of at least 4.5 on paper."""

    paper: RGB
    ink: RGB
    soft: RGB
    accent: RGB
    hairline: RGB
    ground: RGB
    pigments: tuple[RGB, ...]


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encode(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(curved * 255)


def oklch(lightness: float, chroma: float, hue: float) -> RGB:
    """Return the sRGB colour of lightness 0 to 1, chroma 0 to about 0.3 and hue in degrees.

    Chroma that sRGB cannot show is reduced; lightness and hue stay.
    """
    while chroma > 0 and not all(
        -1e-4 <= part <= 1.0001 for part in _linear(lightness, chroma, hue)
    ):
        chroma -= 0.004
    red, green, blue = _linear(lightness, max(chroma, 0.0), hue)
    return _encode(red), _encode(green), _encode(blue)


def _luminance(colour: RGB) -> float:
    parts = (c / 255 for c in colour)
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """Return `one` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _readable(lightness: float, chroma: float, hue: float, paper: RGB) -> RGB:
    while contrast(colour := oklch(lightness, chroma, hue), paper) < _READABLE:
        lightness -= 0.02
    return colour


def _pigments(dice: Dice, hue: float) -> tuple[RGB, ...]:
    scheme = dice.pick(_SCHEMES)
    tones = dice.order((0.40, 0.56, 0.67, 0.78, 0.89))
    return tuple(
        oklch(tone, dice.between(0.09, 0.19) * (0.6 if tone > 0.85 else 1), hue + turn)
        for tone, turn in zip(tones, scheme, strict=True)
    )


def _ground_hue(hue: float) -> float:
    """Turn greens into earths: a green ground makes most pigments look dirty."""
    hue %= 360
    return 85 - (hue - 85) * 0.7 if 85 < hue < 175 else hue


def palette_of(words: str) -> Palette:
    """Return the palette that belongs to `words`."""
    dice = Dice("palette", words)
    hue = dice.between(0, 360)
    pigments = _pigments(dice, hue)
    lightness, chroma = dice.pick(_GROUNDS)
    warm = dice.between(60, 100)  # paper is never blue: it would look like a screen
    paper = oklch(0.972, 0.011, warm)
    return Palette(
        paper=paper,
        ink=oklch(0.23, 0.03, hue),
        soft=_readable(0.50, 0.025, hue, paper),
        accent=_readable(0.50, 0.17, hue, paper),
        hairline=oklch(0.80, 0.015, warm),
        ground=oklch(lightness, chroma, _ground_hue(hue + dice.pick((0, 20, 160, 200)))),
        pigments=pigments,
    )
