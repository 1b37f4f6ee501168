"""Pieces: what stands between the commas and the sentence ends of a prompt.

They are the units that move forward or take words when weights must be said in plain text.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from impasto.diagnostics import Loss, Severity
from impasto.dialects.plain.quotes import Quotes
from impasto.dialects.plain.vocabulary import LINKS
from impasto.dialects.plain.words import agree, is_neutral, say, say_together
from impasto.dialects.settle import cut
from impasto.syntax.runs import Run, number

WORDS = re.compile(r"\w")
"""Finds whether a text has any word."""

_LOOK = 80
"""So many characters before a text decide which words fit it."""

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

    def opening(self, *, passage: bool) -> Said:
        """Return the text with words for the sentence, or for the passage, that it opens."""
        form = "passage" if passage else "sentence"
        return self._said.get(form) or self._keep(form, self._opening(form))

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
        pieces: list[str] = []
        end = ""  # of what is written, which a word may still change
        losses = []
        place = 0
        quotes = Quotes()
        for stretch in self.stretches:
            said = stretch.text
            place += len(said)
            if stretch.weight != self.weight and WORDS.search(said):
                factor = stretch.weight / self.weight
                after = self.text[place : place + 1]
                said, loss = _say_inside(stretch, factor, end, after, quoted=quotes.is_open)
                losses.append(loss)
            if said is not stretch.text:
                end = agree(end, said)
            quotes.add(said)
            pieces.append(end[:-_LOOK])
            end = end[-_LOOK:] + said
        return "".join([*pieces, end]) or self.text, tuple(losses)

    def inner_dropped(self) -> Said:
        """Return the text without the weights inside, and their losses."""
        losses = [
            weight_loss(s.text.strip(), s.weight, s.run, _DROPPED, "warning")
            for s in self.stretches
            if s.weight != self.weight and WORDS.search(s.text)
        ]
        return self.text, tuple(losses)

    def _dropped(self) -> Said:
        text, losses = self.inner_dropped()
        if self.weight == 1:
            return text, losses
        own = self.near_one() if self.rank == 0 else self.loss(_DROPPED, "warning")
        return text, (*losses, own)

    def _opening(self, form: str) -> Said:
        said = say_together(self.text, self.weight, passage=form == "passage")
        return said, (self.loss(f'said as "{cut(said)}", for all of the {form}'),)

    def near_one(self) -> Loss:
        """Return the loss of a weight that is too near to 1 to be said."""
        return self.loss("left as it is, for it is within 5 % of 1")


def _say_inside(
    stretch: Stretch, factor: float, before: str, after: str, *, quoted: bool
) -> tuple[str, Loss]:
    """Say the weight of a part of a piece, the spaces around it kept; in quotes nothing is said."""
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
    said = None if quoted else say(core, factor, before)
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
