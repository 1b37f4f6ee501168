r"""Writing for prompt-control: schedules, AND, BREAK and networks stay.

Moments are parts of all steps; a step becomes the part that it is of 20. Fields escape their
colons. An empty field of an alternation is `()`, which reaches ComfyUI and leaves no text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from impasto.diagnostics import Loss
from impasto.dialects.base import Piece
from impasto.dialects.round_brackets import (
    EMBEDDING,
    VERBATIM,
    RoundBrackets,
    glimpse,
    trimmed,
)
from impasto.dialects.settle import STEPS
from impasto.syntax.escapes import literal
from impasto.syntax.nodes import Schedule
from impasto.syntax.runs import CLOSE, NEXT, OPEN, TEXT, Run, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.dialects.base import Script, ScriptPart
    from impasto.syntax.phrases import Phrase

_SPECIAL = re.compile(r"[\\#\[\]()]")
_WORDS = re.compile(r"\b(?:AND|BREAK|CAT|COUPLE)\b")
_ANGLE = re.compile(r"<(?=(?:lora|loractl|emb):)")
_RISKY = re.compile(r"\b(?:AND|BREAK|CAT|COUPLE)\b|<(?:lora|loractl|emb):")
_BARRED = re.compile(r"[|<>]")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_MOST: Final = 1e6


class _Open:
    """A bracket that is being written."""

    __slots__ = ("fields", "pieces", "run")

    def __init__(self, run: Run | None) -> None:
        self.run = run
        self.fields: list[str] = []
        self.pieces: list[str] = []

    def end_field(self) -> None:
        self.fields.append("".join(self.pieces))
        self.pieces = []


class PromptControlWriter(RoundBrackets):
    """The writing half of the dialect."""

    name = "prompt-control"
    program = "prompt-control"
    embedding: ClassVar[str] = "<emb:{}>"
    chunk: ClassVar[str] = " BREAK "
    networks_last: ClassVar[bool] = False
    deepest: ClassVar[int] = 6  # the real parser's time grows with a power of the depth

    def united(self, script: Script) -> tuple[list[ScriptPart], list[Phrase], list[Loss]]:
        """Return the parts as they are: prompt-control composes them."""
        return list(script.parts), [], []

    def part(self, part: ScriptPart) -> Piece:
        """Return a part with its weight, or with one of 1 where its end looks like a weight."""
        written = self.phrases(part.phrases if part.weight == 1 else trimmed(part.phrases))
        if part.weight == 1 and not _seems_weighed(written.text, part.phrases):
            return written
        return Piece(f"{written.text} :{number(part.weight)}", written.losses)

    def joined(self, parts: Sequence[Piece]) -> str:
        """Return the parts with AND between them."""
        text = parts[0].text if parts else ""
        for part in parts[1:]:
            text = f"{text.rstrip()} AND {part.text.lstrip()}"
        return text

    def reference(self, run: Run) -> Run:
        """Keep LoRAs; prompt-control wants a number, the one for the model first."""
        kind, *arguments = run.text[1:-1].split(":")
        name = literal(arguments[0])
        weights = [weight.strip() for weight in arguments[1:3]] or ["1"]
        if kind != "lora" or not name or set(name) & set("<>:"):
            return super().reference(run)
        if not all(_NUMBER.fullmatch(weight) for weight in weights):
            return super().reference(run)
        return Run(VERBATIM, f"<lora:{name}:{':'.join(reversed(weights))}>", 1.0, run.span)

    def printed(self, runs: Sequence[Run], losses: list[Loss]) -> str:
        """Return prepared runs as text, brackets from the inside out."""
        stack = [_Open(None)]
        for at, run in enumerate(runs):
            pieces = stack[-1].pieces
            if run.kind == OPEN:
                stack.append(_Open(run))
            elif run.kind == NEXT:
                stack[-1].end_field()
            elif run.kind == CLOSE:
                inner = _bracket(stack.pop(), losses)
                stack[-1].pieces.append(inner)
            elif run.kind == TEXT and len(stack) > 1:
                pieces.append(self._in_field(run, losses))
            elif run.kind == TEXT:
                pieces.append(self._text(run, losses, last=at + 1 == len(runs)))
            elif run.kind == EMBEDDING:
                pieces.append(self.embedded(run, runs, at, losses))
            else:
                pieces.append(run.text)
        return "".join(stack[0].pieces)

    def _in_field(self, run: Run, losses: list[Loss]) -> str:
        """Return a text in a schedule; bars and angle brackets have no escape there."""
        text = self.safe(run, losses)
        if _BARRED.search(text):
            losses.append(
                Loss(
                    "escape",
                    "prompt-control has no escape for |, < and > in a schedule",
                    glimpse(text),
                    run.span,
                    "warning",
                    "a space was put for each",
                    "write the text without them, or outside the schedule",
                )
            )
            text = _BARRED.sub(" ", text)
        bare = run.weight == 1 and text[-1:] != "\\"
        return self.weighed(self.escaped(text).replace(":", "\\:"), run, losses, bare=bare)

    def escaped(self, text: str) -> str:
        """Return a text whose brackets, hashes and backslashes are characters."""
        return _SPECIAL.sub(r"\\\g<0>", text)

    def safe(self, run: Run, losses: list[Loss]) -> str:
        """Return the text without the words and beginnings of tags that are commands."""
        text = super().safe(run, losses)
        if not _RISKY.search(text):
            return text
        losses.append(
            Loss(
                "escape",
                "prompt-control reads AND, BREAK, CAT, COUPLE and <name: as commands",
                glimpse(text),
                run.span,
                "info",
                'the word was written in small letters, or a space put behind "<"',
                "write the words in small letters",
            )
        )
        return _ANGLE.sub("< ", _WORDS.sub(lambda word: word[0].lower(), text))


def _seems_weighed(text: str, phrases: Sequence[Phrase]) -> bool:
    """Whether the end of a part is taken for its weight, at some moment."""
    text = _without_loads(text)
    _, colon, tail = text.rpartition(":")
    if colon and _NUMBER.fullmatch(tail.strip()):
        return True
    if not text.endswith("]"):
        return False
    return any(":" in run.text for phrase in phrases for run in phrase.runs if run.kind == TEXT)


def _without_loads(text: str) -> str:
    """Return what ComfyUI sees at the end of a part: no networks, no tag around an embedding."""
    end = len(text)
    while end:
        if text[end - 1].isspace():
            end -= 1
            continue
        load = text.rfind("<", 0, end)
        if text[end - 1] != ">" or load < 0:
            break
        if not text.startswith("<lora:", load):
            return text[: end - 1]
        end = load
    return text[:end]


def _bracket(opened: _Open, losses: list[Loss]) -> str:
    """Return a schedule or an alternation; steps become parts of all steps."""
    opened.end_field()
    assert opened.run is not None
    node, fields = opened.run.node, opened.fields
    if isinstance(node, Schedule):
        before, after = fields
        if before == "SEQ":  # [SEQ:…] begins a list of texts
            before = "()SEQ"
        return f"[{before}:{after}:{_moment(node, opened.run, losses)}]"
    if len(fields) < 2:
        return "".join(fields)
    told = f"the fields change after each {number(1 / STEPS)} of the steps"
    losses.append(_steps_loss(opened.run, "alternation", told))
    return f"[{'|'.join(field or '()' for field in fields)}:{number(1 / STEPS)}]"


def _moment(node: Schedule, run: Run, losses: list[Loss]) -> str:
    value = min(max(float(node.mark[1:]), 0.0), _MOST)
    if "." in node.mark or not value:
        return number(min(value, 1.0))
    part = number(min(value / STEPS, 1.0))
    losses.append(_steps_loss(run, "schedule", f"step {value:g} was written as {part} of them"))
    return part


def _steps_loss(run: Run, kind: str, told: str) -> Loss:
    return Loss(
        kind,
        f"prompt-control counts parts of all steps; this is for {STEPS} of them",
        glimpse(run.span.text),
        run.span,
        "info",
        told,
        "write a part of the steps, as 0.5",
    )
