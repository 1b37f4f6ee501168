"""NovelAI: `{stronger}` and `[weaker]` up to V3, `1.2::text ::` as well since V4.

Neither has an escape: literal brackets, and colons where they mean something, are taken out or
apart. See novelai_reader for how texts are read.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from impasto.diagnostics import Diagnostic, Loss, Severity
from impasto.dialects.base import Dialect, Reading, Script, ScriptPart, Written
from impasto.dialects.novelai_reader import STEP, Scan, scan
from impasto.dialects.settle import cut, sane, settle
from impasto.syntax.nodes import Group, Node, Part, Value
from impasto.syntax.phrases import Phrase, join
from impasto.syntax.runs import TEXT, Run, merged, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

MOST_BRACKETS: Final = 100

_BRACKETS = re.compile(r"[{}\[\]]+")
_COLONS = re.compile(r":(?=:)")
_OTHER_WEIGHT = re.compile(r"(?<!:):[ \t]*+[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[ \t]*+\)")
_COLON_WEIGHT = re.compile(r"(?<![.0-9])(?:[0-9]{1,9}+(?:\.[0-9]{0,9}+)?|\.[0-9]{1,9}+)::")


class _NovelAI(Dialect):
    """What all versions share; `colons`: this one reads `1.2::text ::`."""

    keeps_layout = True
    colons: ClassVar[bool]

    def read(self, source: Source) -> Reading:
        """Return texts and groups side by side, each with the weight that is running there."""
        found = scan(source.text, colons=self.colons)
        nodes: list[Node] = []
        marks: dict[float, str] = {1.0: ""}
        for text, weight, start, end, gap in found.stretches:
            value = Value(gap + text, start, end)
            mark = marks.get(weight)
            if mark is None:
                mark = marks[weight] = f":{number(weight)}"
            nodes.append(Group("round", (value,), mark, start, end) if mark else value)
        part = Part(tuple(nodes), "", 0, len(source.text))
        return Reading((part,), tuple(self.findings(found, source)))

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002
        """Return the runs, neighbours of equal weight joined."""
        texts: list[list[str]] = []
        weights: list[float] = []
        for stretch in scan(prompt.text, colons=self.colons).stretches:
            if not weights or weights[-1] != stretch.weight:
                texts.append([])
                weights.append(stretch.weight)
            texts[-1] += (stretch.gap, stretch.text)
        found = [("".join(text), weight) for text, weight in zip(texts, weights, strict=True)]
        return found or [("", 1.0)]

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the one prompt that there is, for all steps."""
        return [(1.0, steps, self.weights(prompt, 1, steps))]

    def findings(self, found: Scan, source: Source) -> Iterator[Diagnostic]:
        """Yield what reads otherwise than it looks."""
        if found.level:
            yield Diagnostic(
                "IMP151",
                "brackets-not-closed",
                "warning",
                "not every bracket has a partner, and its weight lasts to the end",
                source.span(len(source.text), len(source.text)),
                hint="close each { and [, and open each } and ]",
            )
        other = _OTHER_WEIGHT.search(source.text)
        if other:
            yield Diagnostic(
                "IMP152",
                "foreign-weight",
                "warning",
                f'NovelAI reads "{other[0]}" as text; A1111 and ComfyUI take it for a weight',
                source.span(*other.span()),
                hint="write {text} or [text]" + (", or 1.2::text ::" if self.colons else ""),
            )
        for stretch in found.stretches:
            if not math.isfinite(stretch.weight):
                yield Diagnostic(
                    "IMP153",
                    "weight-not-a-number",
                    "error",
                    f"the weight is {stretch.weight}",
                    source.span(stretch.start, stretch.end),
                    hint="write a number such as 1.2",
                )

    def write(self, script: Script) -> Written:
        """Return the texts; references, schedules, BREAK and AND are losses."""
        parts, losses = _united(script)
        unwanted: list[str] = []
        texts = [self._phrases(part.phrases, losses, unwanted) for part in parts]
        text = ", ".join([text for text in texts if text])
        negative = self._phrases(script.negative, losses, None)
        if script.keep_negative:
            negative = ", ".join([negative, *unwanted] if negative else unwanted)
        return Written(text, tuple(losses), negative)

    def _phrases(
        self, phrases: tuple[Phrase, ...], losses: list[Loss], unwanted: list[str] | None
    ) -> str:
        """Return the text of phrases; what must not be painted goes to `unwanted`."""
        texts = []
        for phrase in phrases:
            found = phrase.written.get(self.name)
            if found is None:
                found = phrase.written[self.name] = self._writer().phrase(phrase)
            assert isinstance(found, _Piece)
            texts.append((False, found.text))
            losses += found.losses
            if unwanted is not None:
                unwanted += found.unwanted
        return join(texts, ", ")

    def _writer(self) -> _Writer:
        raise NotImplementedError


class NovelAI3(_NovelAI):
    """NovelAI up to V3: only brackets weigh, 1.05 each."""

    name = "novelai-3"
    title = "NovelAI V3 and older"
    colons = False

    def findings(self, found: Scan, source: Source) -> Iterator[Diagnostic]:
        """Yield what reads otherwise than it looks."""
        yield from super().findings(found, source)
        weight = _COLON_WEIGHT.search(source.text)
        if weight:
            yield Diagnostic(
                "IMP154",
                "weight-of-later-version",
                "warning",
                f'"{weight[0]}" is text up to V3; only V4 and later take it for a weight',
                source.span(*weight.span()),
                hint="write {text} or [text], or read it as novelai-4",
            )

    def _writer(self) -> _Writer:
        return _BracketWriter()


class NovelAI4(_NovelAI):
    """NovelAI V4, V4.5 and V5: weights as numbers, and brackets."""

    name = "novelai-4"
    title = "NovelAI V4, V4.5, V5"
    colons = True

    def findings(self, found: Scan, source: Source) -> Iterator[Diagnostic]:
        """Yield what reads otherwise than it looks."""
        yield from super().findings(found, source)
        for weight in found.numbers:
            if weight.glued:
                written = source.text[weight.start : weight.end]
                yield Diagnostic(
                    "IMP155",
                    "digits-become-a-weight",
                    "warning",
                    f'"{written}" sets the weight {number(weight.weight)} for what follows, and'
                    " its digits are no text",
                    source.span(weight.start, weight.end),
                    hint='put a space before "::" to end a weight, a comma before the number to'
                    " begin one",
                )
        negative = next((n for n in found.numbers if n.weight < 0), None)
        if negative:
            yield Diagnostic(
                "IMP156",
                "negative-weight",
                "info",
                "V4.5 and later take away what has a negative weight; V4 does not know it",
                source.span(negative.start, negative.end),
            )

    def _writer(self) -> _Writer:
        return _NumberWriter()


def _united(script: Script) -> tuple[list[ScriptPart], list[Loss]]:
    """Return the parts with their weights multiplied into their phrases."""
    losses: list[Loss] = []
    parts = []
    for at, part in enumerate(script.parts):
        if part.phrases and (at or part.weight != 1):
            span = part.phrases[0].span
            told = "its weight was multiplied in, and it was joined by a comma"
            what = "NovelAI has no parts that AND composes"
            hint = "leave AND out, or give each character a prompt of its own"
            losses.append(Loss("and", what, cut(span.text), span, "warning", told, hint))
        parts.append(ScriptPart(tuple(phrase.scaled(part.weight) for phrase in part.phrases)))
    return parts, losses


class _Piece(NamedTuple):
    """A text as written, what was lost, and texts that belong to the negative prompt."""

    text: str
    losses: list[Loss]
    unwanted: list[str]


class _Writer:
    """One phrase on its way out."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.losses: list[Loss] = []
        self.unwanted: list[str] = []

    def phrase(self, phrase: Phrase) -> _Piece:
        """Return a phrase as written."""
        settled = settle(phrase.runs)
        self.losses += settled.losses
        if not phrase.is_break:
            for run in merged([_as_text(run) for run in settled.runs]):
                text = self.safe(run)
                if run.weight == 1 or not text.strip():
                    self.bare(text)
                else:
                    self.weighed(text, run)
        return _Piece("".join(self.pieces), self.losses, self.unwanted)

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

    def bare(self, text: str) -> None:
        """Add a text of weight 1."""
        self.pieces.append(text)

    def weighed(self, text: str, run: Run) -> None:
        """Add a text of another weight."""
        raise NotImplementedError

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


class _BracketWriter(_Writer):
    """Weights as numbers of braces and brackets."""

    def weighed(self, text: str, run: Run) -> None:
        weight = sane(run.weight)
        if weight <= 0:
            self._refuse(text.strip(), run, weight)
            return
        count = round(math.log(weight) / math.log(STEP))
        count = min(max(count, -MOST_BRACKETS), MOST_BRACKETS)
        reached = STEP**count
        if abs(reached - run.weight) > 1e-4:
            self.lose(
                "weight",
                f"NovelAI weighs in steps of 1.05; {run.weight:g} lies between two",
                run,
                f"{reached:.4g} was written",
            )
        opening, closing = ("{", "}") if count > 0 else ("[", "]")
        inner = text.strip()
        head, _, tail = text.partition(inner)
        braced = f"{opening * abs(count)}{inner}{closing * abs(count)}"
        self.pieces.append(f"{head}{braced}{tail}")

    def _refuse(self, text: str, run: Run, weight: float) -> None:
        """Leave a text out; one that should be taken away goes to the negative prompt."""
        if weight < 0:
            self.unwanted.append(text)
        self.lose(
            "weight",
            f"brackets cannot write the weight {run.weight:g}",
            run,
            "it was left out" if weight == 0 else "it was moved to the negative prompt",
            "write in the negative prompt what should not be there",
            "info" if weight == 0 else "warning",
        )


class _NumberWriter(_Writer):
    """Weights as `1.2::text ::`."""

    def __init__(self) -> None:
        super().__init__()
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

    def bare(self, text: str) -> None:
        if not text:
            return
        if self.after_weight and (text[0] == ":" or text[0].isalnum()):
            self.pieces.append(" ")
        self.pieces.append(text)
        self.last = text[-1]
        self.after_weight = False

    def weighed(self, text: str, run: Run) -> None:
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
        self.last = tail[-1:] or ":"
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


def _as_text(run: Run) -> Run:
    """Return a comma as text, and a weight that would be written as 1 as exactly that."""
    return Run(TEXT, run.text, 1.0 if number(run.weight) == "1" else run.weight, run.span)
