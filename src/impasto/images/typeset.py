"""Text into a box: lines are broken, the size is found, and what does not fit is counted."""

from __future__ import annotations

from functools import partial
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from impasto.images import glyphs
from impasto.images.words import Piece, Run, Word, length, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL.ImageDraw import ImageDraw

    from impasto.images.palette import RGB, Palette

LEADING = 1.32
QUIET = 0.9998  # a weight for our own words: full size, the soft colour, no mark
_MARK = 0.46  # size of a raised weight, of its word's size
_FAINTEST, _LOUDEST = 0.64, 2.2


class Set(NamedTuple):
    """A piece in its place: pixels from the left of the box, size in pixels."""

    piece: Piece
    x: float
    size: int


class Line(NamedTuple):
    """One line: its pieces, or a rule; height and ascent in pixels; `at` as in Word."""

    sets: tuple[Set, ...]
    height: float
    ascent: float
    at: int
    rule: bool = False


class Block(NamedTuple):
    """Text that fits its box: lines, size in pixels, characters that were left out."""

    lines: tuple[Line, ...]
    size: int
    left_out: int
    width: int
    split: bool

    @property
    def height(self) -> int:
        """Pixels from the top of the first line to the bottom of the last."""
        return round(sum(line.height for line in self.lines))


def factor(weight: float) -> float:
    """Return how much larger than neutral text a weight is set, 0.64 to 2.2."""
    return min(max(weight, 0.0) ** 0.7, _LOUDEST) if weight > 0.53 else _FAINTEST


def _size_of(piece: Piece, size: int, smallest: int) -> int:
    full = max(round(size * factor(piece.weight)), smallest)
    if piece.mark:
        return max(round(full * _MARK), round(smallest * 0.72))
    boxed = any(cell.boxed for cell in glyphs.cells(piece.text))
    return max(full, round(smallest * 1.3)) if boxed else full


def _advance(piece: Piece, size: int) -> float:
    return glyphs.width(piece.text, size) + (size * 0.18 if piece.mark else 0)


class _Breaker:
    """Fills lines of `width` pixels with words, greedily."""

    def __init__(self, size: int, width: int, smallest: int) -> None:
        self.size, self.width, self.smallest = size, width, smallest
        self.lines: list[Line] = []
        self.split = False
        self._sets: list[Set] = []
        self._x = 0.0
        self._at = 0

    def end(self, at: int, *, rule: bool = False) -> None:
        """Close the line; the next one begins at character `at`."""
        biggest = max((s.size for s in self._sets if not s.piece.mark), default=self.size)
        high = max(self.size * LEADING, biggest * 1.18)
        self.lines.append(Line(tuple(self._sets), high, high * 0.76, self._at, rule))
        self._sets, self._x, self._at = [], 0.0, at

    def _put(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            size = self._size(piece)
            self._sets.append(Set(piece, self._x, size))
            self._x += _advance(piece, size)

    def _needs(self, pieces: Iterable[Piece]) -> float:
        return sum(_advance(p, _size_of(p, self.size, self.smallest)) for p in pieces)

    def _size(self, piece: Piece) -> int:
        """Return the size to set a piece in: what cannot be cut is made no wider than the box."""
        size = _size_of(piece, self.size, self.smallest)
        wide = _advance(piece, size)
        return max(int(size * self.width / wide), 1) if wide > self.width else size

    def _cut(self, word: Word) -> None:
        """Set a word that is wider than the box letter by letter."""
        self.split = True
        at = word.at
        for piece in word.pieces:
            start = 0
            for cell in [] if piece.mark else glyphs.cells(piece.text):
                part = Piece(piece.text[start : start + cell.length], piece.weight)
                if self._sets and self._x + self._needs((part,)) > self.width:
                    self.end(at)
                self._put((part,))
                start += cell.length
                at += cell.length
            if piece.mark:
                self._mark(piece, at)

    def _mark(self, piece: Piece, at: int) -> None:
        if self._sets and self._x + self._needs((piece,)) > self.width:
            self.end(at)
        self._put((piece,))

    def word(self, word: Word) -> None:
        """Add a word, on a new line if this one is full."""
        needs = self._needs(word.pieces)
        space = glyphs.width(" ", self.size) if word.space and self._sets else 0.0
        if needs > self.width and (self._sets or word.pieces):
            if self._sets:
                self.end(word.at)
            self._cut(word)
            return
        if self._sets and self._x + space + needs > self.width:
            self.end(word.at)
            space = 0.0
        self._x += space
        self._put(word.pieces)

    def rule(self, at: int) -> None:
        """Add a chunk break on a line of its own."""
        if self._sets:
            self.end(at)
        self.end(at, rule=True)


def _break(words: Sequence[Word], width: int, smallest: int, size: int) -> Block:
    breaker = _Breaker(size, width, smallest)
    for word in words:
        if word.kind == "word":
            breaker.word(word)
        elif word.kind == "line":
            breaker.end(word.at + 1)
        else:
            breaker.rule(word.at)
    if breaker._sets or not breaker.lines:  # noqa: SLF001 - one class, one function, one file
        breaker.end(0)
    return Block(tuple(breaker.lines), size, 0, width, breaker.split)


def _shorten(block: Block, height: int, total: int, cut: int, smallest: int) -> Block:
    """Keep the lines that fit with a last one that says how much is missing.

    `cut` is where the words of the block end if they are not all.
    """
    note_height = smallest * LEADING
    kept: list[Line] = []
    used = note_height
    for line in block.lines:
        if used + line.height > height:
            break
        kept.append(line)
        used += line.height
    left_out = total - (block.lines[len(kept)].at if len(kept) < len(block.lines) else cut)
    if left_out <= 0:  # only rules and blank lines
        return block._replace(lines=tuple(kept))
    text = f"… {left_out:,} more characters" if left_out != 1 else "… 1 more character"
    note = Set(Piece(text, QUIET), 0.0, smallest)
    if glyphs.width(text, smallest) > block.width:
        note = note._replace(piece=Piece(f"… {left_out:,}", QUIET))
    kept.append(Line((note,), note_height, note_height * 0.76, total))
    return block._replace(lines=tuple(kept), left_out=left_out)


def fit(runs: Sequence[Run], width: int, height: int, largest: int, smallest: int) -> Block:
    """Set `runs` as large as the box (pixels) allows, from `largest` down to `smallest`.

    Words are cut only if even small type would not keep them whole. What does not fit at the smallest size is left
    out, and the last line says how many characters that is.
    """
    total = length(runs)
    # More letters than this cannot stand in the box even if all were as narrow as an "i".
    room = int((width / (smallest * 0.2) + 1) * (height / smallest + 1))
    words, cut = split(runs, room)
    broken = partial(_break, words, width, smallest)

    low, high = smallest, max(largest, smallest)
    best = broken(low)
    if best.height > height or cut < total:
        return _shorten(best, height, total, cut, smallest)
    may_cut = broken(round(smallest * 1.4)).split
    while low < high:
        middle = (low + high + 1) // 2
        block = broken(middle)
        if block.height <= height and (may_cut or not block.split):
            low, best = middle, block
        else:
            high = middle - 1
    return best


def _colour(piece: Piece, palette: Palette) -> RGB:
    if piece.mark or piece.weight > 1.004:
        return palette.accent if piece.weight > 0 else palette.soft
    return palette.ink if piece.weight > 0.9999 else palette.soft


def _draw_set(ink: ImageDraw, x: float, y: float, item: Set, palette: Palette) -> None:
    piece, size = item.piece, item.size
    colour = _colour(piece, palette)
    if piece.mark:
        lift = size * 0.85
        glyphs.draw_text(ink, (x + size * 0.1, y - lift), piece.text, size, colour)
        return
    end = glyphs.draw_text(ink, (x, y), piece.text, size, colour)
    # The built-in font has one cut; a second pass beside the first makes it bolder.
    bold = size * 0.022 * min(log2(piece.weight) + 0.15, 1.4) if piece.weight > 1.004 else 0
    if bold:
        glyphs.draw_text(ink, (x + bold, y), piece.text, size, colour)
    if piece.weight <= 0:
        high = y - size * 0.26
        ink.rectangle((x, high, end, high + max(size // 18, 1)), fill=colour)


def _draw_rule(ink: ImageDraw, x: int, y: float, block: Block, palette: Palette) -> None:
    size = max(round(block.size * 0.42), 1)
    wide = glyphs.label_width("break", size)
    middle = y - size * 0.35
    gap = (block.width - wide) / 2 - size
    thick = max(size // 12, 1)
    ink.rectangle((x, middle, x + gap, middle + thick), fill=palette.hairline)
    ink.rectangle(
        (x + block.width - gap, middle, x + block.width, middle + thick), fill=palette.hairline
    )
    glyphs.draw_label(ink, (x + gap + size, y), "break", size, palette.soft)


def draw_block(ink: ImageDraw, x: int, y: float, block: Block, palette: Palette) -> None:
    """Draw `block` with its upper left corner at (x, y)."""
    for line in block.lines:
        baseline = y + line.ascent
        if line.rule:
            _draw_rule(ink, x, baseline, block, palette)
        for item in line.sets:
            _draw_set(ink, x + item.x, baseline, item, palette)
        y += line.height
