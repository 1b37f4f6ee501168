r"""AUTOMATIC1111 (1.6 and later), Forge: `(text:weight)`, schedules, AND, BREAK.

Every text that is not at weight 1 becomes one group with a number, never nested, so what stands
in it can hold any digits and colons. Facts: modules/prompt_parser.py and
modules/extra_networks.py at 28bd8e1 of AUTOMATIC1111/stable-diffusion-webui, and the comment
processor of 1.8 (modules/processing_scripts/comments.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from impasto.diagnostics import Loss
from impasto.dialects.base import Dialect, Script, ScriptPart, Written
from impasto.syntax.escapes import literal
from impasto.syntax.phrases import Phrase, join
from impasto.syntax.runs import BREAK, CLOSE, NEXT, OPEN, REFERENCE, TEXT, Run, merged, number

_BRACKETS = re.compile(r"[\\()\[\]]")
_SCHEDULED = re.compile(r"[\\()\[\]:|]")
_KEYWORDS = re.compile(r"\b(?:BREAK|AND)\b")
_TAG = re.compile(r"<(?=\w+:)")
_ENDS_IN_NUMBER = re.compile(r":\s*[-+]?(?:\d+\.?|\d*\.\d+)\s*\Z")
_NETWORK = re.compile(r"<\w+:[^>]+>")
_RISKY = re.compile(r"#|\b(?:BREAK|AND)\b|<\w+:")


GROUPED = "grouped"
"""The kind of a text that needs a group although its weight is 1."""


class _Piece(NamedTuple):
    text: str
    losses: tuple[Loss, ...]


class A1111(Dialect):
    """The writer for A1111 and Forge."""

    name = "a1111"
    keeps_layout = True

    def write(self, script: Script) -> Written:
        """Return the texts; the losses are characters that A1111 has no escape for."""
        parts = [self._part(part) for part in script.parts]
        negative = self._phrases(script.negative, scheduled=_has_schedule(script.negative))
        text = _joined([part.text for part in parts])
        losses = [loss for part in (*parts, negative) for loss in part.losses]
        return Written(text, tuple(losses), negative.text)

    def _part(self, part: ScriptPart) -> _Piece:
        scheduled = _has_schedule(part.phrases)
        written = self._phrases(part.phrases, scheduled=scheduled)
        if part.weight != 1:
            return _Piece(f"{written.text} :{number(part.weight)}", written.losses)
        if _ENDS_IN_NUMBER.search(_NETWORK.sub("", written.text)):
            return self._phrases(_guarded(part.phrases), scheduled=scheduled)
        return written

    def _phrases(self, phrases: tuple[Phrase, ...], *, scheduled: bool) -> _Piece:
        key = ("a1111", scheduled)
        texts: list[tuple[bool, str]] = []
        losses: list[Loss] = []
        for phrase in phrases:
            piece = phrase.written.get(key)
            if piece is None:
                piece = phrase.written[key] = _write(phrase.runs, scheduled=scheduled)
            assert isinstance(piece, _Piece)
            texts.append((phrase.is_break, piece.text))
            if piece.losses:
                losses += piece.losses
        return _Piece(join(texts, ", "), tuple(losses))


def _joined(parts: list[str]) -> str:
    """Join parts with AND, with a space on both sides and no second one."""
    text = parts[0]
    for part in parts[1:]:
        left = "" if text[-1:].isspace() else " "
        right = "" if part[:1].isspace() else " "
        text = f"{text}{left}AND{right}{part}"
    return text


def _has_schedule(phrases: tuple[Phrase, ...]) -> bool:
    return any(phrase.is_scheduled for phrase in phrases)


def _write(runs: tuple[Run, ...], *, scheduled: bool) -> _Piece:
    pieces: list[str] = []
    losses: list[Loss] = []
    if len(runs) > 1:  # a word may be made of two texts: "A" and "ND"
        runs = tuple(merged(runs))
    for at, run in enumerate(runs):
        if run.kind in (TEXT, GROUPED):
            text = _safe(run, losses) if _RISKY.search(run.text) else run.text
            text = _beside_breaks(text, runs, at)
            text = (_SCHEDULED if scheduled else _BRACKETS).sub(r"\\\g<0>", text)
            pieces.append(_weighed(text, run.weight, grouped=run.kind == GROUPED))
        elif run.kind == REFERENCE:
            pieces.append(_reference(run))
        elif run.kind == BREAK:
            pieces.append(" BREAK " if len(runs) > 1 else "BREAK")
        elif run.kind in (OPEN, NEXT, CLOSE):
            pieces.append(run.text)
    return _Piece("".join(pieces), tuple(losses))


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
                runs[place] = Run(GROUPED, run.text, run.weight, run.span)
                found[at] = Phrase(tuple(runs))
                return tuple(found)
    return phrases


def _reference(run: Run) -> str:
    """Write networks as they are and an embedding as the bare word that A1111 looks for."""
    kind, *arguments = run.text[1:-1].split(":")
    if kind != "embedding":
        return run.text
    factor = float(arguments[1]) if len(arguments) > 1 else 1.0
    return _weighed(_BRACKETS.sub(r"\\\g<0>", literal(arguments[0])), factor * run.weight)


def _safe(run: Run, losses: list[Loss]) -> str:
    """Return the text without what A1111 would take for syntax and has no escape for."""

    def note(what: str, instead: str, hint: str) -> None:
        found = Loss("escape", what, run.text.strip(), run.span, "warning", instead, hint)
        losses.append(found)

    text = run.text
    if "#" in text:
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
        note(
            'A1111 takes "<name:…>" for a network to load',
            'a space was put behind "<"',
            'leave out the "<"',
        )
        text = _TAG.sub("< ", text)
    return text
