"""A contact sheet as pictures: the images in rows, and under each what made it."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image, ImageDraw

from impasto.errors import ImageError
from impasto.images import glyphs
from impasto.images.palette import mix, palette_of
from impasto.images.sections import one_line, shown
from impasto.images.typeset import Block, draw_block, fit
from impasto.sheet.pictures import thumbnail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from impasto.images.palette import RGB
    from impasto.sheet.frames import Frame

COLUMNS: Final = 6
ROWS: Final = 10
_EDGE, _GAP, _MARGIN, _HEAD = 320, 36, 64, 96
_EM, _NAME, _TEXT = 15, 22, 112
"""Size of small text; height of the name and of the text under a picture. All in pixels."""
_TITLE: Final = 40
_LONGEST: Final = 1000  # characters, more than any of its texts has room for


class Place(NamedTuple):
    """Upper left corner of a frame, in pixels."""

    x: int
    y: int


def grid(frames: Sequence[Frame], title: str) -> Iterator[Image.Image]:
    """Yield the pictures of a sheet, each with at most `COLUMNS` times `ROWS` frames."""
    most = COLUMNS * ROWS
    pages = max(ceil(len(frames) / most), 1)
    for at in range(pages):
        number = f"{at + 1} of {pages}" if pages > 1 else ""
        sheet = _Sheet(frames[at * most : (at + 1) * most], title, _told(frames), number)
        yield sheet.drawn()


def _told(frames: Sequence[Frame]) -> str:
    missing = sum(frame.state != "there" for frame in frames)
    there = len(frames) - missing
    images = f"{there:,} image{'s' if there != 1 else ''}"
    return f"{images}, {missing:,} missing" if missing else images


class _Sheet:
    """One picture of a sheet."""

    def __init__(self, frames: Sequence[Frame], title: str, told: str, number: str) -> None:
        self.frames = frames
        self.title, self.told, self.number = title, told, number
        self.columns = min(COLUMNS, max(ceil(sqrt(len(frames) * 1.4)), 3))
        rows = max(ceil(len(frames) / self.columns), 1)
        self.palette = palette_of("contact sheet")
        self.width = 2 * _MARGIN + self.columns * (_EDGE + _GAP) - _GAP
        height = _MARGIN + _HEAD + rows * (_EDGE + _NAME + _TEXT + _GAP) + _MARGIN - _GAP
        self.image = Image.new("RGB", (self.width, height), self.palette.paper)
        self.ink = ImageDraw.Draw(self.image)

    def drawn(self) -> Image.Image:
        """Draw the frames, row by row."""
        self._draw_head()
        for at, frame in enumerate(self.frames):
            row, column = divmod(at, self.columns)
            x = _MARGIN + column * (_EDGE + _GAP)
            y = _MARGIN + _HEAD + row * (_EDGE + _NAME + _TEXT + _GAP)
            self._draw_frame(frame, Place(x, y))
        return self.image

    def _draw_head(self) -> None:
        palette, right = self.palette, self.width - _MARGIN
        told = " · ".join(filter(None, (self.told, self.number)))
        wide = glyphs.width(told, _EM + 3)
        title = _cut(one_line(self.title), right - _MARGIN - round(wide) - _GAP, _TITLE)
        base = _MARGIN + _TITLE - 6
        glyphs.draw_text(self.ink, (_MARGIN, base), title, _TITLE, palette.ink)
        glyphs.draw_text(self.ink, (right - wide, base), told, _EM + 3, palette.soft)
        self.ink.rectangle((_MARGIN, base + 20, right, base + 22), fill=palette.ink)
        self.ink.rectangle((_MARGIN, base + 26, right, base + 26), fill=palette.ink)

    def _draw_frame(self, frame: Frame, at: Place) -> None:
        try:
            picture = thumbnail(frame.path, _EDGE, self.palette.paper) if frame.path else None
            why = frame.reason
        except ImageError as error:
            picture, why = None, str(error)
        if picture:
            self._draw_picture(picture, at)
        else:
            self._draw_missing(why, frame, at)
        self._draw_caption(frame, Place(at.x, at.y + _EDGE))

    def _draw_picture(self, picture: Image.Image, at: Place) -> None:
        self._draw_mat(at, mix(self.palette.paper, self.palette.ink, 0.06))
        inside = ((_EDGE - picture.width) // 2, (_EDGE - picture.height) // 2)
        self.image.paste(picture, (at.x + inside[0], at.y + inside[1]))

    def _draw_mat(self, at: Place, colour: RGB) -> None:
        self.ink.rectangle((at.x, at.y, at.x + _EDGE - 1, at.y + _EDGE - 1), fill=colour)

    def _draw_missing(self, reason: str, frame: Frame, at: Place) -> None:
        """Draw an empty frame, crossed out, with the reason in it."""
        palette, far = self.palette, _EDGE - 1
        box = (at.x, at.y, at.x + far, at.y + far)
        self.ink.rectangle(box, outline=palette.soft, width=2)
        for start, end in ((box[:2], box[2:]), ((box[0], box[3]), (box[2], box[1]))):
            self.ink.line((*start, *end), fill=palette.hairline, width=2)
        paid = {"yes": " It was billed.", "maybe": " It may have been billed."}
        text = one_line(reason) + "." * (not reason.endswith(".")) + paid.get(frame.billed, "")
        block = fit(((text, 1.0),), _EDGE - 64, _EDGE - 64, _EM + 3, _EM)
        top = at.y + (_EDGE - block.height) // 2
        self.ink.rectangle(
            (at.x + 20, top - 14, at.x + far - 20, top + block.height + 10), fill=palette.paper
        )
        draw_block(self.ink, at.x + 32, top, block, palette)

    def _draw_caption(self, frame: Frame, at: Place) -> None:
        name = _cut(frame.name, _EDGE, _EM)
        glyphs.draw_text(self.ink, (at.x, at.y + _NAME - 1), name, _EM, self.palette.accent)
        facts = _cut(_facts(frame), _EDGE, _EM - 2)
        block = _prompt(one_line(frame.text("prompt")))
        draw_block(self.ink, at.x, at.y + _NAME + 4, block, self.palette)
        below = at.y + _NAME + 4 + block.height + _EM
        glyphs.draw_text(self.ink, (at.x, below), facts, _EM - 2, self.palette.soft)


def _facts(frame: Frame) -> str:
    given = dict(frame.parameters)
    size = [given.pop(side, None) for side in ("width", "height")]
    words = [frame.text("model"), f"{size[0]}×{size[1]}" if None not in size else ""]
    names = {"num_inference_steps": "steps", "guidance_scale": "guidance"}
    words += [
        f"{names.get(name, name)} {shown(given[name])}"
        for name in ("seed", "num_inference_steps", "guidance_scale")
        if given.get(name) is not None
    ]
    return " · ".join(filter(None, words))


def _prompt(text: str) -> Block:
    """Set a prompt in the room that it has, with … where it is cut."""

    def block(shown: str) -> Block:
        return fit(((shown, 1.0),), _EDGE, _TEXT - _NAME - 4, _EM, _EM)

    if not block(text).left_out:
        return block(text)
    return block(_longest(text, lambda shown: not block(shown).left_out))


def _cut(text: str, width: int, size: int) -> str:
    """Return a text that fits in `width` pixels, with … where it is cut."""
    if glyphs.width(text, size) <= width:
        return text
    return _longest(text, lambda shown: glyphs.width(shown, size) <= width)


def _longest(text: str, fits: Callable[[str], bool]) -> str:
    """Return the longest start of a text that fits with … behind it."""
    low, high = 0, min(len(text), _LONGEST)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(f"{text[:middle]}…") else (low, middle - 1)
    return f"{text[:low].rstrip(' ,')}…"
