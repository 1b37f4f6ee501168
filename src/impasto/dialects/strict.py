r"""What the dialects share that read A1111's old, strict syntax by a parser of their own.

No spaces around a weight, no schedules, no AND. The tree is groups side by side, for brackets
may cross. Writing is that of `RoundBrackets`, with A1111's escapes.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from impasto.diagnostics import Diagnostic, Loss
from impasto.dialects.a1111 import own_word
from impasto.dialects.a1111.emphasis import ReadError, Run, flat, in_place, mark_of
from impasto.dialects.base import Reading, Script, ScriptPart
from impasto.dialects.round_brackets import CHUNK, NETWORK, VERBATIM, RoundBrackets, glimpse
from impasto.syntax.nodes import Part
from impasto.syntax.runs import Run as Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.dialects.a1111.emphasis import Place
    from impasto.source import Source
    from impasto.syntax.phrases import Phrase
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

BRACKETS = re.compile(r"[\\()\[\]]")
_KEYWORD = re.compile(r"\bBREAK\b")
_SCHEDULE = re.compile(r"(?<!\\)\[[^\[\]:|()]*+(?::[^\[\]:|()]*+)?:\s*+[-+]?[0-9.]++\s*+\]")


class Strict(RoundBrackets, ABC):
    """The base of these dialects.

    `breaks` says that a run BREAK of weight -1 is a chunk break; `keyword` is what is read as
    one, `tags` that the program loads what a tag such as `<lora:…>` names.
    """

    embedding: ClassVar[str] = "{}"
    breaks: ClassVar[bool] = True
    keyword: ClassVar[re.Pattern[str]] = _KEYWORD
    tags: ClassVar[str] = ""

    @abstractmethod
    def scan(self, text: str, problems: list[ReadError]) -> list[Run]:
        """Return the runs of a text; what the program fails on goes to `problems`."""

    def place(self, text: str) -> Place:  # noqa: ARG002 - most offsets are those of the source
        """Return the way from the offsets of the runs to the source."""
        return in_place

    def read(self, source: Source) -> Reading:
        """Return what the text means: groups side by side."""
        runs, problems = _scanned(self, source.text)
        place = self.place(source.text)
        nodes = tuple(flat(runs, place, breaks=self.breaks))
        found = [self.problem(source, problem, place) for problem in problems]
        if not found:
            found += [self._beyond(source, run, place) for run in runs if not isfinite(run.weight)]
        found += self.traps(source, runs, place)
        return Reading((Part(nodes, "", 0, len(source.text)),), tuple(found))

    def weights(self, prompt: Prompt, _step: int, _steps: int) -> Runs:
        """Return the runs that the real parser gives; they are the same at every step."""
        return [(run.text, run.weight) for run in _scanned(self, prompt.text)[0]]

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the runs, as one part for all steps."""
        return [(1.0, steps, self.weights(prompt, 1, steps))]

    def problem(self, source: Source, problem: ReadError, place: Place) -> Diagnostic:
        """Return what the program fails on as a finding."""
        start, end = place(problem.start, False), place(problem.end, True)
        return Diagnostic(
            "IMP503",
            "weight-not-a-number",
            "error",
            f"{problem}: {self.program} fails on this prompt",
            source.span(start, max(start, end)),
            hint="write the number with at most one dot, such as 1.2",
        )

    def _beyond(self, source: Source, run: Run, place: Place) -> Diagnostic:
        start, end = place(run.start, False), place(run.end, True)
        return Diagnostic(
            "IMP503",
            "weight-not-a-number",
            "error",
            f"the weight is {run.weight}: {self.program} computes with it, and the picture is lost",
            source.span(start, max(start, end)),
            hint="write a number such as 1.2",
        )

    def traps(self, source: Source, runs: list[Run], place: Place) -> list[Diagnostic]:
        """Return what reads otherwise than it looks."""
        found = [
            Diagnostic(
                "IMP508",
                "schedules-off",
                "warning",
                f"{self.program} has no schedules: this is text at 1/1.1",
                source.span(*looks.span()),
            )
            for looks in (_SCHEDULE.finditer(source.text) if "[" in source.text else ())
        ]
        if "BREAK" in source.text:
            found += [
                self._break_in_group(source, run, place)
                for run in runs
                if run.weight < 0 and run.text == "BREAK" and not (self.breaks and run.weight == -1)
            ]
        return found

    def _break_in_group(self, source: Source, run: Run, place: Place) -> Diagnostic:
        start, end = place(run.start, False), place(run.end, True)
        hint = "close the brackets before BREAK and open them again behind it"
        return Diagnostic(
            "IMP507",
            "break-in-a-group",
            "warning",
            f"this BREAK is no chunk break: the word is painted at weight {mark_of(run.weight)[1:]}",
            source.span(start, max(start, end)),
            hint=hint if self.breaks else "leave it out",
        )

    def united(self, script: Script) -> tuple[list[ScriptPart], list[Phrase], list[Loss]]:
        """Return the parts to write, phrases for the negative prompt, and losses."""
        parts, refused, losses = super().united(script)
        return parts, refused, [self._about_and(loss) for loss in losses]

    def _about_and(self, loss: Loss) -> Loss:
        message = f"{self.program} does not compose prompts by AND"
        hint = "write one prompt, or one picture for each"
        return Loss(loss.kind, message, loss.text, loss.span, loss.severity, loss.instead, hint)

    def reference(self, run: Written) -> Written:
        """Return a reference as an embedding, a network that is lost, or a tag that stays."""
        found = super().reference(run)
        return found if found.kind != NETWORK or not self.tags else _as(found, VERBATIM)

    def lost(self, run: Written) -> Loss | None:
        """Return what is lost with a chunk break or a network."""
        if run.kind == VERBATIM:
            return Loss("reference", self.tags, run.text, run.span, "info", "it stays as it is")
        found = super().lost(run)
        if found is None or run.kind not in (CHUNK, NETWORK):
            return found
        hint = "leave BREAK out" if run.kind == CHUNK else "load it by the program's own means"
        return Loss(
            found.kind, found.message, found.text, found.span, found.severity, found.instead, hint
        )

    def escaped(self, text: str) -> str:
        """Return a text whose brackets are characters."""
        return BRACKETS.sub(r"\\\g<0>", text)

    def text_run(self, text: str, run: Written, *, last: bool, losses: list[Loss]) -> str:  # noqa: ARG002
        """Return a text with its weight: bare at weight 1."""
        return self.weighed(self.escaped(text), run, losses, bare=run.weight == 1)

    def embedded(self, run: Written, runs: Sequence[Written], at: int, losses: list[Loss]) -> str:
        """Return the embedding at `at`, with a space where it would run into its neighbours."""
        name = self.escaped(run.text)
        if run.weight != 1:
            return self.weighed(name, run, losses, bare=False)
        return own_word(name, runs, at, losses)

    def safe(self, run: Written, losses: list[Loss]) -> str:
        """Return the text of a run without what has a meaning and no escape."""
        if "BREAK" not in run.text or not self.keyword.search(run.text):
            return run.text
        losses.append(
            self.unsafe(
                run,
                "reads BREAK in capitals as a command",
                "it was written in small letters, which the text encoder reads alike",
                "write the word in small letters",
            )
        )
        return self.keyword.sub(lambda word: word[0].lower(), run.text)

    def unsafe(self, run: Written, what: str, instead: str, hint: str) -> Loss:
        """Return the loss of what the dialect cannot write."""
        message = f"{self.program} {what}"
        return Loss("escape", message, glimpse(run.text), run.span, "warning", instead, hint)


@lru_cache(maxsize=4)
def _scanned(dialect: Strict, text: str) -> tuple[list[Run], list[ReadError]]:
    """Return the runs of a text, and what the program fails on.

    The last few are remembered, for a text that was read is mostly asked for its weights next.
    """
    problems: list[ReadError] = []
    return dialect.scan(text, problems), problems


def _as(run: Written, kind: str) -> Written:
    return Written(kind, run.text, run.weight, run.span, run.node)
