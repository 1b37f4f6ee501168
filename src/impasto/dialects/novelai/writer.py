"""Writing for NovelAI: a phrase at a time, weights as brackets or as numbers."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Loss, Severity
from impasto.dialects.joined import joined
from impasto.dialects.novelai.reader import STEP
from impasto.dialects.settle import cut, sane, settle
from impasto.syntax.runs import Run, number

if TYPE_CHECKING:
    from impasto.syntax.phrases import Phrase

MOST_BRACKETS: Final = 100

_BRACKETS = re.compile(r"[{}\[\]]+")
_COLONS = re.compile(r":(?=:)")


class Piece(NamedTuple):
    """A text as written, what was lost, and texts that belong to the negative prompt."""

    text: str
    losses: list[Loss]
    unwanted: list[str]


class Writer(ABC):
    """One phrase on its way out; `has_negative`: a negative prompt takes what must not be there."""

    def __init__(self, *, has_negative: bool) -> None:
        self.has_negative = has_negative
        self.pieces: list[str] = []
        self.losses: list[Loss] = []
        self.unwanted: list[str] = []

    def phrase(self, phrase: Phrase) -> Piece:
        """Return a phrase as written."""
        settled = settle(phrase.runs)
        self.losses += settled.losses
        if not phrase.is_break:
            for run in joined(settled.runs):
                text = self.safe(run)
                if run.weight == 1 or not text.strip():
                    self.bare(text, run)
                else:
                    self.weighed(text, run)
        return Piece("".join(self.pieces), self.losses, self.unwanted)

    def safe(self, run: Run) -> str:
        """Return the text without brackets, which no version can write."""
        if not _BRACKETS.search(run.text):
            return run.text
        self.lose(
            "escape",
            "NovelAI has no escape for braces and square brackets",
            run,
            "they were taken out",
            "write round parentheses, which are text there",
        )
        return _BRACKETS.sub(_gap, run.text)

    def bare(self, text: str, run: Run) -> None:  # noqa: ARG002
        """Add a text of weight 1."""
        self.pieces.append(text)

    @abstractmethod
    def weighed(self, text: str, run: Run) -> None:
        """Add a text of another weight."""

    def lose(
        self,
        kind: str,
        message: str,
        run: Run,
        instead: str,
        hint: str = "",
        severity: Severity = "info",
    ) -> None:
        """Add a loss of a run."""
        shown = cut(" ".join(run.text[:200].split()))
        self.losses.append(Loss(kind, message, shown, run.span, severity, instead, hint))


class BracketWriter(Writer):
    """Weights as numbers of braces and brackets."""

    def weighed(self, text: str, run: Run) -> None:
        """Add a text in as many brackets as come nearest to its weight."""
        weight = sane(run.weight)
        if weight <= 0:
            self._refuse(text, run, weight)
            return
        braced, reached = _braced(text, weight)
        if abs(reached - run.weight) > 1e-4:
            self.lose(
                "weight",
                f"NovelAI weighs in steps of 1.05; {run.weight:g} lies between two",
                run,
                f"{reached:.4g} was written",
            )
        self.pieces.append(braced)

    def _refuse(self, text: str, run: Run, weight: float) -> None:
        """Leave a text out; one that should be taken away goes to the negative prompt."""
        moved = weight < 0 and self.has_negative
        if moved:
            self.unwanted.append(_braced(text.strip(), -weight)[0])
        self.lose(
            "weight",
            f"brackets cannot write the weight {run.weight:g}",
            run,
            "it was moved to the negative prompt" if moved else "it was left out",
            "write in the negative prompt what should not be there",
            "info" if weight == 0 else "warning",
        )


def _braced(text: str, weight: float) -> tuple[str, float]:
    """Return a text in brackets, the spaces around it outside, and the weight that they give."""
    count = round(math.log(weight) / math.log(STEP))
    count = min(max(count, -MOST_BRACKETS), MOST_BRACKETS)
    opening, closing = ("{", "}") if count > 0 else ("[", "]")
    inner = text.strip()
    head, _, tail = text.partition(inner)
    braced = f"{head}{opening * abs(count)}{inner}{closing * abs(count)}{tail}"
    return braced, STEP**count


class NumberWriter(Writer):
    """Weights as `1.2::text ::`."""

    def __init__(self, *, has_negative: bool) -> None:
        super().__init__(has_negative=has_negative)
        self.last = ""
        self.after_weight = False

    def safe(self, run: Run) -> str:
        """Return the text without brackets and with double colons apart."""
        text = super().safe(run)
        if "::" not in text:
            return text
        self.lose(
            "escape",
            'NovelAI has no escape for "::"',
            run,
            "a space was put between the colons",
            "write a single colon",
        )
        return _COLONS.sub(": ", text)

    def bare(self, text: str, run: Run) -> None:
        """Add a text of weight 1, apart from the weight before it."""
        if not text:
            return
        if self.after_weight and (text[0] == ":" or text[0].isalnum()):
            if self.last.isalnum() and text[0].isalnum():
                self._note_cut(run)
            self.pieces.append(" ")
        self.pieces.append(text)
        self.last = text[-1]
        self.after_weight = False

    def weighed(self, text: str, run: Run) -> None:
        """Add a text between a number and colons, both apart from what stands around them."""
        weight = sane(run.weight)
        self._note(run, weight)
        inner = text.strip()
        head, _, tail = text.partition(inner)
        if head or self.last:
            if self.last.isalnum() and not head and inner[0].isalnum():
                self._note_cut(run)
            self.pieces.append(head or ("" if self.last.isspace() else " "))
        guard = " " if inner.startswith(":") else ""
        self.pieces += (f"{number(weight)}::{guard}{inner} ::", tail)
        self.last = tail[-1:] or inner[-1]
        self.after_weight = not tail

    def _note(self, run: Run, weight: float) -> None:
        if weight != run.weight:
            self.lose(
                "weight",
                f"a weight of {run.weight} means nothing",
                run,
                f"{weight:g} was written",
                severity="error",
            )
        elif weight < 0:
            self.lose(
                "weight",
                "V4.5 and later read negative weights, V4 does not",
                run,
                "it was written as it is",
                "use the negative prompt with V4",
            )

    def _note_cut(self, run: Run) -> None:
        self.lose(
            "spacing",
            "a number must stand alone before its colons",
            run,
            "a space was put where the weight changes inside a word",
            "give the whole word one weight",
        )


def _gap(found: re.Match[str]) -> str:
    """Return what stands for brackets that were taken out: a space between two words."""
    text, (start, end) = found.string, found.span()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return " " if before.isalnum() and after.isalnum() else ""
