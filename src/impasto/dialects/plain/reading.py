"""Reading a phrase for plain words: settled, cut into pieces, remembered.

A phrase is read once, for styles bring the same phrases to every prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from impasto.dialects.plain.pieces import WORDS, Piece, Stretch
from impasto.dialects.plain.vocabulary import words_of
from impasto.dialects.plain.words import agree
from impasto.dialects.settle import sane, settle
from impasto.syntax.runs import TEXT, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.diagnostics import Loss
    from impasto.syntax.phrases import Phrase

_KEY = "plain"
_SPECIAL = re.compile(r"\A\s|\s\Z|\A\Z|,\s|,\Z|[.!?…;](?:[\"'”’)\]]|\s|\Z)|\s\s")
_CUT = re.compile(r"(?P<comma>,(?=\s|\Z))|(?<![.!?…;])[.!?…;]++[\"'”’)\]]*+(?=\s|\Z)")
_SPACES = re.compile(r"[ \t]{2,}")
_SHORT = words_of(
    "mr. mrs. ms. dr. st. no. vs. jr. sr. e.g. i.e. approx. ca. ft. mt. prof. vol. fig."
)
_HANGING = re.compile(
    r"(?:(?:^|\s+)(?:with|and|or|of|in|on|at|by|from|for|a|an|the|wearing|holding|under|over))+\s*\Z",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"\s*(?:\Z|(?:with|and|or|of|in|on|at|by|from|for|under|over|near|behind|while|is|are)\b)",
    re.IGNORECASE,
)


class Learnt(NamedTuple):
    """What a phrase comes to.

    `text` is all of it without weights and `closed` says that it ends a sentence. A `plain` one
    is a single piece without anything to do; a `calm` one has no weights. `unwanted` are the
    parts of weight 0 and below.
    """

    text: str
    pieces: tuple[Piece, ...]
    losses: tuple[Loss, ...]
    unwanted: tuple[Stretch, ...]
    plain: bool
    calm: bool
    closed: bool


def learn(phrases: Iterable[Phrase]) -> list[Learnt]:
    """Return what every phrase comes to, from memory where it was seen before."""
    found = [phrase.written.get(_KEY) or _learn(phrase) for phrase in phrases]
    return cast("list[Learnt]", found)


def _learn(phrase: Phrase) -> Learnt:
    """Read a phrase for the first time."""
    found = _read_joint(*phrase.joint) if phrase.joint else None
    found = phrase.written[_KEY] = found or _read(phrase.runs)
    return found


def _read_joint(first: Phrase, second: Phrase) -> Learnt | None:
    """Read two phrases with a sentence end between them; the second one may be known already."""
    before, after = learn((first, second))
    last = before.pieces[-1] if before.pieces else None
    stop = after.pieces[0] if after.pieces else None
    if last is None or last.stop or stop is None or stop.text or before.losses:
        return None
    ended = Piece(last.text, last.weight, last.run, stop.stop, last.stretches)
    pieces = (*before.pieces[:-1], ended, *after.pieces[1:])
    return Learnt(
        joined((p.text, p.stop) for p in pieces),
        pieces,
        after.losses,
        (*before.unwanted, *after.unwanted),
        plain=False,
        calm=before.calm and not any(p.weighted for p in after.pieces),
        closed=bool(pieces[-1].stop),
    )


def _read(runs: tuple[Run, ...]) -> Learnt:
    if len(runs) == 1 and runs[0].kind == TEXT:
        run = runs[0]
        if 0 < run.weight < 1000 and _SPECIAL.search(run.text) is None:
            weight = run.weight if run.weight == 1 or WORDS.search(run.text) else 1.0
            calm = weight == 1
            piece = Piece(run.text, weight, run)
            return Learnt(run.text, (piece,), (), (), plain=calm, calm=calm, closed=False)
    settled = settle(runs)
    stretches, unwanted = _wanted(settled.runs)
    text = "".join(s.text for s in stretches)
    pieces = tuple(_pieces(stretches, text))
    return Learnt(
        joined((p.text, p.stop) for p in pieces),
        pieces,
        settled.losses,
        tuple(unwanted),
        plain=False,
        calm=not any(p.weighted or not p.text for p in pieces),
        closed=bool(pieces and pieces[-1].stop),
    )


def _wanted(runs: tuple[Run, ...]) -> tuple[list[Stretch], list[Stretch]]:
    """Return the texts of weight above 0 and the others; what is cut out leaves no gap."""
    kept: list[Stretch] = []
    unwanted: list[Stretch] = []
    for at, run in enumerate(runs):
        weight = sane(run.weight)
        if run.kind == TEXT and weight <= 0:
            if not WORDS.search(run.text):
                continue
            unwanted.append(Stretch(run.text.strip(), weight, run))
            after = runs[at + 1].text if at + 1 < len(runs) else ""
            if kept and _CONTINUES.match(after):
                last = kept[-1].text
                kept[-1] = kept[-1]._replace(text=last[:-80] + _HANGING.sub(" ", last[-80:]))
            elif kept:
                kept[-1] = kept[-1]._replace(text=agree(kept[-1].text, after))
        else:
            kept.append(Stretch(run.text, weight if run.kind == TEXT else 1.0, run))
    return _spaced(kept), unwanted


def _spaced(stretches: list[Stretch]) -> list[Stretch]:
    """Fold spaces, also where something between two texts was left out."""
    found: list[Stretch] = []
    space = True
    for stretch in stretches:
        text = _SPACES.sub(" ", stretch.text)
        if space:
            text = text.lstrip(" \t")
        if text:
            found.append(Stretch(text, stretch.weight, stretch.run))
            space = text[-1] in " \t"
    return found


def _pieces(stretches: list[Stretch], text: str) -> Iterator[Piece]:
    """Yield the pieces of the text; `stretches` are its parts in order."""
    reader = _Reader(stretches)
    start = 0
    for found in _CUT.finditer(text):
        comma = found["comma"]
        if not comma and _is_short(text, start, found):
            continue
        body = text[start : found.start()]
        end = start + len(body.rstrip())
        stop = "" if comma else text[end : found.end()]
        piece = _piece(reader.take(start, end), stop)
        if piece.text or stop:
            yield piece
        start = found.end()
    piece = _piece(reader.take(start, start + len(text[start:].rstrip())))
    if piece.text:
        yield piece


def _piece(stretches: list[Stretch], stop: str = "") -> Piece:
    weight, mixed = _base(stretches)
    text = "".join(s.text for s in stretches)
    run = stretches[0].run if stretches else None
    return Piece(text, weight, run, stop, tuple(stretches) if mixed else ())


def _is_short(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether the full stop ends an abbreviation, or an initial."""
    if found[0] != ".":
        return False
    begin = max(text.rfind(" ", start, found.start()) + 1, start)
    word = text[begin : found.end()]
    return word.lower() in _SHORT or (len(word) == 2 and word[0].isupper())


class _Reader:
    """Cuts ranges, each behind the last, out of a list of stretches."""

    def __init__(self, stretches: list[Stretch]) -> None:
        self._stretches = stretches
        self._at = 0
        self._offset = 0

    def take(self, start: int, end: int) -> list[Stretch]:
        """Return the stretches between two offsets, without spaces in front."""
        found: list[Stretch] = []
        while self._at < len(self._stretches) and self._offset < end:
            stretch = self._stretches[self._at]
            stop = self._offset + len(stretch.text)
            text = stretch.text[max(start - self._offset, 0) : end - self._offset]
            if not found:
                text = text.lstrip()
            if text:
                found.append(Stretch(text, stretch.weight, stretch.run))
            if stop > end:
                break
            self._at += 1
            self._offset = stop
        return found


def joined(pieces: Iterable[tuple[str, str]]) -> str:
    """Join (text, stop): a comma between two texts, a space behind a stop."""
    found: list[str] = []
    separator = ""
    for text, stop in pieces:
        if text:
            found += [separator, text]
        if text or found:
            found.append(stop)
            separator = " " if stop else ", " if text else separator
    return "".join(found)


def _base(stretches: list[Stretch]) -> tuple[float, bool]:
    """Return the weight of the whole, and whether parts differ from it."""
    weights = {s.weight for s in stretches if WORDS.search(s.text)}
    if len(weights) <= 1:
        return next(iter(weights), 1.0), False
    if min(weights) > 1:
        return min(weights), True
    return (max(weights) if max(weights) < 1 else 1.0), True
