r"""AUTOMATIC1111 (1.6 and later), Forge: `(text:weight)`, schedules, AND, BREAK.

Every text that is not at weight 1 becomes one group with a number, never nested, so what stands
in it can hold any digits and colons. Facts: modules/prompt_parser.py and
modules/extra_networks.py at 28bd8e1 of AUTOMATIC1111/stable-diffusion-webui, and the comment
processor of 1.8 (modules/processing_scripts/comments.py).
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from impasto.diagnostics import Loss
from impasto.dialects.a1111 import pipeline as a1111_pipeline
from impasto.dialects.a1111 import quick as a1111_quick
from impasto.dialects.a1111 import reader as a1111_reader
from impasto.dialects.a1111.stages import MODERN, Grammar
from impasto.dialects.base import Dialect, Piece, Reading, Script, ScriptPart, Written
from impasto.dialects.settle import beyond_measure
from impasto.syntax.escapes import literal
from impasto.syntax.nodes import Part
from impasto.syntax.phrases import Phrase, join
from impasto.syntax.runs import BREAK, CLOSE, NEXT, OPEN, REFERENCE, TEXT, Run, merged, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.source import Source
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

_BRACKETS = re.compile(r"[\\()\[\]]")
_SCHEDULED = re.compile(r"[\\()\[\]:|]")
_KEYWORDS = re.compile(r"\b(?:BREAK|AND)\b")
_TAG = re.compile(r"<(?=\w+:)")
_TAG_END = re.compile(r"<(?=\w+\s*\Z)")
_ENDS_IN_NUMBER = re.compile(r":\s*[-+]?(?:\d+\.?|\d*\.\d+)\s*\Z")
_NETWORK = re.compile(r"<\w+:[^>]+>")
_OTHER_TAGS = ("<lora:", "<lyco:", "<hypernet:")
_RISKY = re.compile(r"#|\b(?:BREAK|AND)\b|<\w+:")


GROUPED = "grouped"
"""The kind of a text that needs a group although its weight is 1."""


class A1111(Dialect):
    """A1111 and Forge.

    `in_schedule` says that a schedule may stand around all that is written, so that colons and
    bars need their escapes everywhere.
    """

    name: ClassVar[str] = "a1111"
    title: ClassVar[str] = "AUTOMATIC1111 (1.6 and later), Forge"
    keeps_layout = True
    grammar: ClassVar[Grammar] = MODERN
    in_schedule: ClassVar[bool] = False

    def read(self, source: Source) -> Reading:
        """Return what the text means to A1111 in its positive field."""
        text = source.text
        nodes = None if self.grammar.old else a1111_quick.nodes_of(text)
        if nodes is None or "#" in text:
            return a1111_reader.read(source, self.grammar)
        parts = (Part(nodes, "", 0, len(text)),)
        if "|" in text and "[" in text:
            return Reading(parts, a1111_reader.unscheduled(source))
        return Reading(parts)

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:
        """Return the runs that A1111 gives the first part at `step`."""
        found = a1111_quick.runs_of(prompt, step, steps)
        if found is None:
            return a1111_pipeline.weights(prompt.text, step, steps, self.grammar)
        return found

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return (weight of the part, last step, runs) as A1111's pipeline does."""
        return a1111_pipeline.schedule(prompt.text, steps, self.grammar)

    def write(self, script: Script) -> Written:
        """Return the texts; the losses are characters that A1111 has no escape for."""
        written = self._write(script)
        if "<" not in written.text or _NETWORK.findall(written.text) == _networks(script):
            return written
        parts, losses = _apart(script.parts)
        written = self._write(script._replace(parts=parts))
        return written._replace(losses=(*losses, *written.losses))

    def _write(self, script: Script) -> Written:
        parts = [self._part(part) for part in script.parts]
        negative = self._phrases(script.negative, scheduled=self._is_scheduled(script.negative))
        text = _joined([part.text for part in parts])
        losses = [loss for part in (*parts, negative) for loss in part.losses]
        return Written(text, tuple(losses), negative.text)

    def _part(self, part: ScriptPart) -> Piece:
        scheduled = self._is_scheduled(part.phrases)
        written = self._phrases(part.phrases, scheduled=scheduled)
        if part.weight != 1:
            return Piece(f"{written.text} :{number(part.weight)}", written.losses)
        if _ENDS_IN_NUMBER.search(_NETWORK.sub("", written.text)):
            return self._phrases(_guarded(part.phrases), scheduled=scheduled)
        return written

    def _is_scheduled(self, phrases: tuple[Phrase, ...]) -> bool:
        return self.in_schedule or any(phrase.is_scheduled for phrase in phrases)

    def _phrases(self, phrases: tuple[Phrase, ...], *, scheduled: bool) -> Piece:
        key = (self.name, scheduled)
        texts: list[tuple[bool, str]] = []
        losses: list[Loss] = []
        for phrase in phrases:
            piece = phrase.written.get(key)
            if piece is None:
                piece = phrase.written[key] = _write(self, phrase.runs, scheduled=scheduled)
            assert isinstance(piece, Piece)
            texts.append((phrase.is_break, piece.text))
            if piece.losses:
                losses += piece.losses
        return Piece(join(texts, ", "), tuple(losses))

    def safe(self, run: Run, losses: list[Loss]) -> str:
        """Return the text of a run without what would be syntax and has no escape."""
        return safe(run, losses)

    def closing(self, text: str) -> str:
        """Return the end of a schedule or alternation as it is written."""
        return text


def _networks(script: Script) -> list[str]:
    """Return the networks that A1111 should find in the positive prompt."""
    runs = (run for part in script.parts for phrase in part.phrases for run in phrase.runs)
    return [r.text for r in runs if r.kind == REFERENCE and not r.text.startswith("<embedding")]


def _apart(parts: tuple[ScriptPart, ...]) -> tuple[tuple[ScriptPart, ...], list[Loss]]:
    """Put a space behind a "<" whose word ends its text, where a colon and a ">" may follow.

    A1111 takes `(<3:1.2), >_<` for a network of the name 3.
    """
    losses: list[Loss] = []

    def spaced(run: Run) -> Run:
        if run.kind != TEXT or not _TAG_END.search(run.text):
            return run
        losses.append(_tag_loss(run))
        return Run(TEXT, _TAG_END.sub("< ", run.text), run.weight, run.span)

    found = tuple(
        ScriptPart(tuple(Phrase(tuple(map(spaced, p.runs))) for p in part.phrases), part.weight)
        for part in parts
    )
    return found, losses


def _tag_loss(run: Run) -> Loss:
    return Loss(
        "escape",
        'A1111 takes "<name:…>" for a network to load',
        run.text.strip(),
        run.span,
        "warning",
        'a space was put behind "<"',
        'leave out the "<"',
    )


def _joined(parts: list[str]) -> str:
    """Join parts with AND, with a space on both sides and no second one."""
    text = parts[0]
    for part in parts[1:]:
        left = "" if text[-1:].isspace() else " "
        right = "" if part[:1].isspace() else " "
        text = f"{text}{left}AND{right}{part}"
    return text


def _write(dialect: A1111, runs: tuple[Run, ...], *, scheduled: bool) -> Piece:
    pieces: list[str] = []
    losses: list[Loss] = []
    if len(runs) > 1:  # a word may be made of two texts: "A" and "ND"
        runs = tuple(merged(runs))
    for at, run in enumerate(runs):
        if run.kind in (TEXT, GROUPED):
            text = dialect.safe(run, losses) if _RISKY.search(run.text) else run.text
            text = _beside_breaks(text, runs, at)
            text = (_SCHEDULED if scheduled else _BRACKETS).sub(r"\\\g<0>", text)
            if not isfinite(run.weight):
                losses.append(beyond_measure(run))
            pieces.append(_weighed(text, run.weight, grouped=run.kind == GROUPED))
        elif run.kind == REFERENCE:
            pieces.append(_reference(run, runs, at, losses))
        elif run.kind == BREAK:
            pieces.append(" BREAK " if len(runs) > 1 else "BREAK")
        elif run.kind == CLOSE:
            pieces.append(dialect.closing(run.text))
        elif run.kind in (OPEN, NEXT):
            pieces.append(run.text)
    return Piece("".join(pieces), tuple(losses))


def _beside_breaks(text: str, runs: tuple[Run, ...], at: int) -> str:
    """Return a text without the spaces next to a BREAK, which belong to it."""
    if at and runs[at - 1].kind == BREAK:
        text = text.lstrip()
    if at + 1 < len(runs) and runs[at + 1].kind == BREAK:
        text = text.rstrip()
    return text


def _weighed(text: str, weight: float, *, grouped: bool = False) -> str:
    bare = not text or (weight == 1 and not grouped)
    return text if bare else f"({text}:{number(weight)})"


def _guarded(phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """Put the last text into a group of weight 1, for A1111 takes a number at the end as weight."""
    found = list(phrases)
    for at in reversed(range(len(found))):
        runs = list(found[at].runs)
        for place in reversed(range(len(runs))):
            run = runs[place]
            if run.kind == TEXT and run.text.strip():
                before, comma, last = run.text.rpartition(", ")
                runs[place : place + 1] = [
                    *([Run(TEXT, before + comma, run.weight, run.span)] if comma else []),
                    Run(GROUPED, last, run.weight, run.span),
                ]
                found[at] = Phrase(tuple(runs))
                return tuple(found)
    return phrases


def _reference(run: Run, runs: tuple[Run, ...], at: int, losses: list[Loss]) -> str:
    """Write networks as they are and an embedding as the bare word that A1111 looks for."""
    kind, *arguments = run.text[1:-1].split(":")
    if kind != "embedding":
        return run.text
    weight = run.weight * (float(arguments[1]) if len(arguments) > 1 else 1.0)
    name = _BRACKETS.sub(r"\\\g<0>", literal(arguments[0]))
    return _weighed(name, weight) if weight != 1 else own_word(name, runs, at, losses)


def own_word(name: str, runs: Sequence[Run], at: int, losses: list[Loss]) -> str:
    """Return the name of the embedding at `at`, with spaces where words stand beside it."""
    left = " " if at and _runs_on(runs[at - 1], -1) else ""
    after = runs[at + 1] if at + 1 < len(runs) else None
    right = " " if after and after.kind == TEXT and _runs_on(after, 0) else ""
    if left or right:
        losses.append(
            Loss(
                "escape",
                "an embedding is found as a word of its own only",
                name,
                runs[at].span,
                "info",
                "a space was put beside it",
            )
        )
    return f"{left}{name}{right}"


def _runs_on(run: Run, end: int) -> bool:
    """Whether a run makes one word with the embedding beside its `end`."""
    if run.weight != 1 or not run.text:
        return False
    is_name = run.kind != TEXT and not run.text.startswith(_OTHER_TAGS)
    return is_name or run.text[end].isalnum()


def safe(run: Run, losses: list[Loss], *, comments: bool = True) -> str:
    """Return the text without what A1111 would take for syntax and has no escape for."""

    def note(what: str, instead: str, hint: str) -> None:
        found = Loss("escape", what, run.text.strip(), run.span, "warning", instead, hint)
        losses.append(found)

    text = run.text
    if comments and "#" in text:
        note(
            'A1111 drops everything from "#" to the end of the line',
            'the "#" was taken out',
            'spell it out: "sharp", "number", the name of the colour',
        )
        text = text.replace("#", "")
    if _KEYWORDS.search(text):
        note(
            "A1111 reads BREAK and AND in capitals as commands",
            "they were written in small letters, which the text encoder reads alike",
            "write the word in small letters",
        )
        text = _KEYWORDS.sub(lambda word: word[0].lower(), text)
    if _TAG.search(text):
        losses.append(_tag_loss(run))
        text = _TAG.sub("< ", text)
    return text
