r"""Writing `(text:weight)` for ComfyUI and what builds on it.

Every text that is not at weight 1 is one group with a number, and groups never stand in each
other. Only round brackets are escaped. A text that ends in a backslash becomes a group of weight
1 where something follows, for `\(` would hide the next group. Other dialects change single steps.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar, Final

from impasto.diagnostics import Loss
from impasto.dialects.base import Dialect, Piece, Script, ScriptPart, Written
from impasto.dialects.settle import beyond_measure, cut, sane, settle
from impasto.syntax.escapes import literal
from impasto.syntax.phrases import Phrase, join
from impasto.syntax.runs import BREAK, CLOSE, COMMA, OPEN, REFERENCE, TEXT, Run, merged, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHUNK: Final = "chunk"
NETWORK: Final = "network"
EMBEDDING: Final = "embedding"
VERBATIM: Final = "verbatim"
"""Kinds of runs on their way out: settling passes them on untouched."""

COMMA_TEXT: Final = ", "

_BRACKETS = re.compile(r"[()]")
_HIDDEN = re.compile(r"\0(?=[\1\2])")


class RoundBrackets(Dialect):
    """What the dialects that end in ComfyUI's parentheses share in writing.

    `program` is the name in messages. The methods without an underscore are the steps that a
    dialect may change. `chunk` is what stands for a chunk break; a comma means that it is lost.
    `deepest` says how many schedules may stand in each other, `networks_last` that a network
    cannot be scheduled.
    """

    keeps_layout = True
    program: ClassVar[str] = "ComfyUI"
    embedding: ClassVar[str] = "embedding:{}"
    chunk: ClassVar[str] = ", "
    networks_last: ClassVar[bool] = True
    deepest: ClassVar[int] = 0

    def write(self, script: Script) -> Written:
        """Return the texts; schedules, networks, BREAK and AND are losses."""
        parts, refused, losses = self.united(script)
        written = [self.part(part) for part in parts]
        unwanted = self.phrases((*script.negative, *refused))
        text = self.joined(written)
        losses += [loss for piece in (*written, unwanted) for loss in piece.losses]
        return Written(text, tuple(losses), unwanted.text)

    def united(self, script: Script) -> tuple[list[ScriptPart], list[Phrase], list[Loss]]:
        """Return the parts to write, phrases for the negative prompt, and losses."""
        if len(script.parts) == 1 and script.parts[0].weight == 1:
            return list(script.parts), [], []
        kept: list[ScriptPart] = []
        refused: list[Phrase] = []
        losses: list[Loss] = []
        for at, part in enumerate(script.parts):
            told = "its weights were multiplied, and it was joined by a comma"
            if part.weight > 0:
                phrases = trimmed(part.phrases)
                kept.append(ScriptPart(tuple(p.scaled(part.weight) for p in phrases)))
            elif part.weight < 0 and script.keep_negative:
                refused += trimmed(part.phrases)
                told = "it was moved to the negative prompt"
            else:
                told = "it was left out"
            if part.phrases and (at or part.weight != 1):
                losses.append(_and_loss(self.program, part, told))
        return kept, refused, losses

    def joined(self, parts: Sequence[Piece]) -> str:
        """Return the texts of all parts as one."""
        return ", ".join([part.text for part in parts if part.text])

    def part(self, part: ScriptPart) -> Piece:
        """Return one part as written."""
        return self.phrases(part.phrases)

    def phrases(self, phrases: Iterable[Phrase]) -> Piece:
        """Return the texts of phrases, each from memory where it was written before."""
        texts: list[tuple[bool, str]] = []
        losses: list[Loss] = []
        for phrase in phrases:
            piece = phrase.written.get(self.name)
            if piece is None:
                piece = phrase.written[self.name] = self.phrase(phrase.runs)
            assert isinstance(piece, Piece)
            texts.append((phrase.is_break and bool(piece.text), piece.text))
            losses += piece.losses
        return Piece(join(texts, ", "), tuple(losses))

    def phrase(self, runs: tuple[Run, ...]) -> Piece:
        """Return a phrase as written."""
        if len(runs) == 1 and runs[0].kind == TEXT:
            losses: list[Loss] = []
            return Piece(self._text(runs[0], losses, last=True), tuple(losses))
        prepared, losses = self.prepare(runs)
        return Piece(self.printed(prepared, losses), tuple(losses))

    def prepare(self, runs: tuple[Run, ...]) -> tuple[list[Run], list[Loss]]:
        """Return runs of texts and embeddings only, neighbours joined."""
        prepared = [self.reference(run) if run.kind == REFERENCE else run for run in runs]
        if any(run.kind == BREAK for run in prepared):
            prepared = self.around_breaks(prepared)
        losses: list[Loss] = []
        if any(run.kind == OPEN for run in prepared):
            prepared, losses = self.switched(prepared)
        kept: list[Run] = []
        networks: list[Run] = []
        depth = 0
        for run in prepared:
            depth += (run.kind == OPEN) - (run.kind == CLOSE)
            loss = self.lost(run)
            if loss is not None:
                losses.append(loss)
            if run.kind == VERBATIM and (self.networks_last or not depth):
                networks.append(run)
                if depth:
                    losses.append(_scheduled_loss(self.program, run))
            elif run.kind == CHUNK and self.chunk == COMMA_TEXT:
                kept.append(Run(TEXT, run.text, 1.0, run.span))
            elif run.kind != NETWORK:
                kept.append(Run(TEXT, run.text, 1.0, run.span) if run.kind == COMMA else run)
        return [*merged(kept), *networks], losses

    def switched(self, runs: list[Run]) -> tuple[list[Run], list[Loss]]:
        """Return runs whose brackets are nested no deeper than the dialect can hold them."""
        depth = deepest = 0
        for run in runs:
            depth += (run.kind == OPEN) - (run.kind == CLOSE)
            deepest = max(deepest, depth)
        if deepest <= self.deepest:
            return runs, []
        settled = settle(tuple(runs))
        return list(settled.runs), list(settled.losses)

    def around_breaks(self, runs: list[Run]) -> list[Run]:
        """Put `chunk` for each break, spaces next to it left out."""
        found: list[Run] = []
        for at, run in enumerate(runs):
            if run.kind == BREAK:
                inside = self.chunk != COMMA_TEXT or (found and at + 1 < len(runs))
                found.append(Run(CHUNK, self.chunk if inside else "", 1.0, run.span))
                continue
            text = run.text
            if run.kind == TEXT and at and runs[at - 1].kind == BREAK:
                text = text.lstrip()
            if run.kind == TEXT and at + 1 < len(runs) and runs[at + 1].kind == BREAK:
                text = text.rstrip()
            found.append(Run(run.kind, text, run.weight, run.span, run.node))
        return found

    def reference(self, run: Run) -> Run:
        """Return a reference as an embedding, which has a weight of its own, or a network."""
        kind, *arguments = run.text[1:-1].split(":")
        if kind != "embedding":
            return Run(NETWORK, run.text, run.weight, run.span)
        try:
            factor = float(arguments[1]) if len(arguments) > 1 else 1.0
        except ValueError:
            factor = 1.0
        return Run(EMBEDDING, literal(arguments[0]), factor * run.weight, run.span)

    def lost(self, run: Run) -> Loss | None:
        """Return what is lost with a run that stands for a chunk break or a network."""
        if run.kind == CHUNK and self.chunk == COMMA_TEXT:
            return Loss(
                "break",
                f"{self.program} has no chunk breaks in a prompt",
                "BREAK",
                run.span,
                "info",
                "the texts were joined" + (" by a comma" if run.text else ""),
                "encode the chunks apart and join them with ConditioningConcat",
            )
        if run.kind == NETWORK:
            return Loss(
                "reference",
                f"{self.program} loads no networks that a prompt names",
                run.text,
                run.span,
                "warning",
                "it was left out",
                "load it with a LoraLoader node",
            )
        return None

    def printed(self, runs: Sequence[Run], losses: list[Loss]) -> str:
        """Return prepared runs as text."""
        pieces: list[str] = []
        for at, run in enumerate(runs):
            if run.kind == TEXT:
                pieces.append(self._text(run, losses, last=at + 1 == len(runs)))
            elif run.kind == EMBEDDING:
                pieces.append(self.embedded(run, runs, at, losses))
            else:
                pieces.append(run.text)
        return "".join(pieces)

    def _text(self, run: Run, losses: list[Loss], *, last: bool) -> str:
        return self.text_run(self.safe(run, losses), run, last=last, losses=losses)

    def text_run(self, text: str, run: Run, *, last: bool, losses: list[Loss]) -> str:
        """Return a text with its weight; `last` says that nothing follows it."""
        bare = run.weight == 1 and (last or text[-1:] != "\\")
        return self.weighed(self.escaped(text), run, losses, bare=bare)

    def weighed(self, text: str, run: Run, losses: list[Loss], *, bare: bool) -> str:
        """Return a text, escaped already, in a group with its weight; bare where it needs none."""
        if bare or not text:
            return text
        if not math.isfinite(run.weight):
            losses.append(beyond_measure(run))
        return f"({text}:{number(sane(run.weight))})"

    def escaped(self, text: str) -> str:
        """Return a text whose brackets are characters."""
        return _BRACKETS.sub(r"\\\g<0>", text)

    def embedded(self, run: Run, runs: Sequence[Run], at: int, losses: list[Loss]) -> str:
        """Return the embedding at `at`, in a group where it would run into its neighbours."""
        name = self.embedding.format(_BRACKETS.sub(r"\\\g<0>", run.text))
        before = runs[at - 1] if at else None
        after = runs[at + 1] if at + 1 < len(runs) else None
        alone = run.weight == 1 and begins_apart(before) and ends_apart(after)
        return self.weighed(name, run, losses, bare=alone)

    def safe(self, run: Run, losses: list[Loss]) -> str:
        """Return the text of a run without what has a meaning and no escape."""
        if "\0" not in run.text or not _HIDDEN.search(run.text):
            return run.text
        losses.append(
            Loss(
                "escape",
                f"{self.program} keeps a control character for itself",
                glimpse(run.text),
                run.span,
                "info",
                "it was taken out",
                "take it out of the prompt",
            )
        )
        return _HIDDEN.sub("", run.text)


def begins_apart(before: Run | None) -> bool:
    """Whether an embedding behind a run begins a text or follows a space."""
    if before is None:
        return True
    grouped = before.weight != 1 and before.kind in (TEXT, EMBEDDING)
    return grouped or (before.kind == TEXT and before.text[-1:] in (" ", "\n"))


def ends_apart(after: Run | None) -> bool:
    """Whether the name of an embedding before a run ends there."""
    if after is None:
        return True
    grouped = after.weight != 1 and after.kind in (TEXT, EMBEDDING)
    return grouped or (after.kind == TEXT and after.text[:1] in (" ", "\n", ","))


def glimpse(text: str) -> str:
    """Return a text short enough for a message, spaces folded."""
    return cut(" ".join(text[:200].split()))


def trimmed(phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """Return the phrases of a part without the spaces around it."""
    found = list(phrases)
    for at, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if not found or not found[at].runs or found[at].runs[at].kind != TEXT:
            continue
        runs = list(found[at].runs)
        run = runs[at]
        runs[at] = Run(TEXT, strip(run.text), run.weight, run.span)
        found[at] = Phrase(tuple(run for run in runs if run.text))
    return tuple(phrase for phrase in found if phrase.runs)


def _and_loss(program: str, part: ScriptPart, told: str) -> Loss:
    span = part.phrases[0].span
    weight = "" if part.weight == 1 else f" of weight {part.weight:g}"
    return Loss(
        "and",
        f"{program} encodes one prompt in a node; a part{weight} of a composition is none",
        glimpse(span.text),
        span,
        "warning",
        told,
        "give each part its own node and join them with ConditioningCombine",
    )


def _scheduled_loss(program: str, run: Run) -> Loss:
    return Loss(
        "reference",
        f"{program} loads a network for the whole picture",
        run.text,
        run.span,
        "warning",
        "it was taken out of the schedule",
        "leave the network out, or use prompt-control",
    )
