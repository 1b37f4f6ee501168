"""Pieces: what stands between the commas and the sentence ends of a settled phrase.

They are the units that move forward or take words when weights must be said in plain text. A
phrase is learnt once and remembered, for styles bring the same phrases to every prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from impasto.diagnostics import Loss, Severity
from impasto.dialects.settle import cut, sane, settle
from impasto.dialects.vocabulary import LINKS, words_of
from impasto.dialects.words import agree, is_neutral, say, say_together
from impasto.syntax.runs import TEXT, Run, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.syntax.phrases import Phrase

_KEY = "plain"
_SPECIAL = re.compile(r",\s|,\Z|[.!?…;](?:[\"'”’)\]]|\s|\Z)|\s\s")
_CUT = re.compile(r"(?P<comma>,(?=\s|\Z))|(?<![.!?…;])[.!?…;]++[\"'”’)\]]*+(?=\s|\Z)")
_SPACES = re.compile(r"[ \t]{2,}")
_WORDS = re.compile(r"\w")
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
_NO_WORDS = "no words fit it, so it was left as it is"
_DROPPED = "the weight was dropped"
HINT = 'say in the prompt itself what matters; emphasis can also be "words", "order" or "drop"'


Said: TypeAlias = tuple[str, tuple[Loss, ...]]
"""A text and what was lost in it."""


class Stretch(NamedTuple):
    """A text of one weight and the run it comes from."""

    text: str
    weight: float
    run: Run


class Piece:
    """A text between commas or sentence ends.

    `weight` is that of the whole piece and `rank` its place: above 0 to the front, below 0 to the
    end. `stretches` is not empty where parts of it have weights of their own. `stop` is the
    punctuation that ends its sentence. A `linked` one leans on the piece before it: "and blue
    eyes". `words` counts them; a `weighted` one has a weight that is not exactly 1.
    """

    __slots__ = (
        "_losses", "_said", "linked", "rank", "run", "stop", "stretches", "text", "weight",
        "weighted", "words",
    )  # fmt: skip

    def __init__(
        self,
        text: str,
        weight: float,
        run: Run | None,
        stop: str = "",
        stretches: tuple[Stretch, ...] = (),
    ) -> None:
        self.text = text
        self.stop = stop
        self.run = run
        self.weight = weight
        self.stretches = stretches
        self.words = len(text.split())
        self.rank = 0
        self.linked = self.weighted = False
        if weight != 1 or stretches:
            self.rank = rank(weight)
            self.weighted = True
            self.linked = text.split(maxsplit=1)[0].lower() in LINKS
        self._said: dict[str, Said] = {}
        self._losses: dict[tuple[str, str], Loss] = {}

    def loss(self, instead: str, severity: Severity = "info") -> Loss:
        """Return the loss of the piece's own weight."""
        found = self._losses.get((instead, severity))
        if found is None:
            assert self.run is not None
            found = weight_loss(self.text, self.weight, self.run, instead, severity)
            self._losses[instead, severity] = found
        return found

    def in_words(self) -> Said:
        """Return the text with words for all its weights, and the losses."""
        return self._said.get("words") or self._keep("words", self._in_words())

    def inner(self) -> Said:
        """Return the text with words for the weights inside only."""
        return self._said.get("inner") or self._keep("inner", self._inner())

    def dropped(self) -> Said:
        """Return the text without its weights."""
        return self._said.get("dropped") or self._keep("dropped", self._dropped())

    def first_of_many(self) -> Said:
        """Return the text with words for the whole sentence that it opens."""
        return self._said.get("many") or self._keep("many", self._first_of_many())

    def _keep(self, form: str, said: Said) -> Said:
        self._said[form] = said
        return said

    def _in_words(self) -> Said:
        text, losses = self._inner()
        if self.weight == 1:
            return text, losses
        if self.rank == 0:
            return text, (*losses, self.near_one())
        said = say(text, self.weight)
        if said is None:
            return text, (*losses, self.loss(_NO_WORDS, "warning"))
        return said, (*losses, self.loss(f'said as "{cut(said)}"'))

    def _inner(self) -> Said:
        written = ""
        losses = []
        place = 0
        for stretch in self.stretches:
            said = stretch.text
            place += len(said)
            if stretch.weight != self.weight and _WORDS.search(said):
                factor = stretch.weight / self.weight
                said, loss = _say_inside(stretch, factor, written, self.text[place : place + 1])
                losses.append(loss)
            if said is not stretch.text:
                written = agree(written, said)
            written += said
        return written or self.text, tuple(losses)

    def inner_dropped(self) -> Said:
        """Return the text without the weights inside, and their losses."""
        losses = [
            weight_loss(s.text.strip(), s.weight, s.run, _DROPPED, "warning")
            for s in self.stretches
            if s.weight != self.weight and _WORDS.search(s.text)
        ]
        return self.text, tuple(losses)

    def _dropped(self) -> Said:
        text, losses = self.inner_dropped()
        if self.weight == 1:
            return text, losses
        own = self.near_one() if self.rank == 0 else self.loss(_DROPPED, "warning")
        return text, (*losses, own)

    def _first_of_many(self) -> Said:
        said = say_together(self.text, self.weight)
        return said, (self.loss(f'said as "{cut(said)}", for all of its sentence'),)

    def near_one(self) -> Loss:
        """Return the loss of a weight that is too near to 1 to be said."""
        return self.loss("left as it is, for it is within 5 % of 1")


def _say_inside(stretch: Stretch, factor: float, before: str, after: str) -> tuple[str, Loss]:
    """Say the weight of a part of a piece, the spaces around it kept."""
    text = stretch.text
    core = text.strip()
    head = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :]

    def loss(instead: str, severity: Severity = "info") -> Loss:
        return weight_loss(core, stretch.weight, stretch.run, instead, severity)

    if is_neutral(factor):
        return text, loss("left as it is, for it is within 5 % of what stands around it")
    if _is_inside_word(before[-1:], text[:1]) or _is_inside_word(text[-1:], after):
        return text, loss("left as it is, for it is only a part of a word", "warning")
    said = say(core, factor, before)
    if said is None:
        return text, loss(_NO_WORDS, "warning")
    return head + said + tail, loss(f'said as "{cut(said)}"')


def _is_inside_word(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum()


def weight_loss(text: str, weight: float, run: Run, instead: str, severity: Severity) -> Loss:
    """Return the loss of one weight."""
    message = f"the target reads plain words, no weights; this has {number(weight)}"
    return Loss("weight", message, cut(text), run.span, severity, instead, HINT)


def rank(weight: float) -> int:
    """Return the place a weight asks for in steps of 0.05: 0 neutral, above forward."""
    if weight == 1 or is_neutral(weight):
        return 0
    return round((min(weight, 1000.0) - 1) * 20) or (1 if weight > 1 else -1)


def _base(stretches: list[Stretch]) -> tuple[float, bool]:
    """Return the weight of the whole, and whether parts differ from it."""
    weights = {s.weight for s in stretches if _WORDS.search(s.text)}
    if len(weights) <= 1:
        return next(iter(weights), 1.0), False
    if min(weights) > 1:
        return min(weights), True
    return (max(weights) if max(weights) < 1 else 1.0), True


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
    found = phrase.written[_KEY] = _read(phrase.runs)
    return found


def _read(runs: tuple[Run, ...]) -> Learnt:
    if len(runs) == 1 and runs[0].kind == TEXT:
        run = runs[0]
        if 0 < run.weight < 1000 and _SPECIAL.search(run.text) is None:
            weight = run.weight if run.weight == 1 or _WORDS.search(run.text) else 1.0
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
            if not _WORDS.search(run.text):
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
            found.append(stretch._replace(text=text))
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
                found.append(stretch._replace(text=text))
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
