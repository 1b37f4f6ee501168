r"""SD.Next with its own parser ("native"): reading in `sdnext_reader`, writing here.

It drops signs and spaces wherever one text meets another, so what is written is read again, and
what it does not give back is a loss.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from impasto.diagnostics import Diagnostic, Loss
from impasto.dialects.round_brackets import glimpse
from impasto.dialects.sdnext import reader as sdnext_reader
from impasto.dialects.settle import sane
from impasto.dialects.strict import Strict
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from impasto.dialects.a1111.emphasis import Place, ReadError, Run
    from impasto.dialects.base import Script, Written
    from impasto.source import Source
    from impasto.syntax.runs import Run as _Run

_SIGNS = re.compile(r"[\\()\[\]:]")
_SPACES = re.compile(r"\s+")
_BESIDE = re.compile(r"[\s,，、]+")
_NEAR = 1e-4
_DROPPED = (
    "SD.Next drops signs before the first word of a text, and spaces and commas beside brackets"
)


_BESIDE_BREAK = re.compile(
    r"(?:\bBREAK\b|(?<=:-1\)))[^\w\\()\[\]]*+(?=BREAK\b)"
    r"|\bBREAK\b[^\w\\()\[\]]*+(?=\((?:[^\\()\[\]:]|\\.)*+:-1\))"
)


def _apart(text: str) -> str:
    r"""Put an empty text of weight 1 between two breaks, or a break and a text of weight -1.

    SD.Next joins neighbours of equal weight, and a break has the weight -1: it would be read as
    a word. A lone backslash is an empty text.
    """
    return _BESIDE_BREAK.sub(lambda found: f"{found[0].rstrip()} \\ ", text)


class SdNext(Strict):
    """SD.Next, prompt attention "native", line breaks as BREAK."""

    name = "sdnext"
    title = "SD.Next (native parser)"
    program: ClassVar[str] = "SD.Next"
    chunk: ClassVar[str] = " BREAK "
    keyword: ClassVar[re.Pattern[str]] = re.compile(r"\bBREAK\b")
    tags: ClassVar[str] = "SD.Next takes a tag out of the text before it reads the weights"

    def scan(self, text: str, problems: list[ReadError]) -> list[Run]:
        """Return the runs of a text."""
        return sdnext_reader.runs_of(text, problems)

    def place(self, text: str) -> Place:
        """Return the way back from the text with its line breaks written out."""
        return sdnext_reader.place_of(text)

    def write(self, script: Script) -> Written:
        """Return the texts and the losses; what is dropped quietly everywhere is told once."""
        written = super().write(script)
        kept: list[Loss] = []
        told = False
        for loss in written.losses:
            quiet = loss.severity == "info" and loss.message == _DROPPED
            if not (quiet and told):
                kept.append(loss)
            told = told or quiet
        text = _apart(written.text) if "BREAK" in written.text else written.text
        return written._replace(text=text, losses=tuple(kept))

    def problem(self, source: Source, problem: ReadError, place: Place) -> Diagnostic:
        """Return what SD.Next crashes on, or passes over with a line in its log."""
        found = super().problem(source, problem, place)
        if isinstance(problem, sdnext_reader.Crash):
            message = f"{problem}: SD.Next fails on this prompt with an IndexError"
            hint = "take the backslash out"
            return Diagnostic("IMP544", "lone-backslash", "error", message, found.span, (), hint)
        message = f"{problem}: SD.Next takes the weight 1 and says so in its log only"
        return Diagnostic(found.code, found.rule, "warning", message, found.span, (), found.hint)

    def traps(self, source: Source, runs: list[Run], place: Place) -> list[Diagnostic]:
        """Return what reads otherwise than it looks."""
        found = super().traps(source, runs, place)
        at = source.text.strip().find("\n")
        if at >= 0:
            at = source.text.index("\n", len(source.text) - len(source.text.lstrip()))
            message = "SD.Next begins a new chunk at every line break"
            span, hint = source.span(at, at + 1), "write the prompt in one line"
            found.append(Diagnostic("IMP545", "line-break", "warning", message, span, (), hint))
        return found

    def escaped(self, text: str) -> str:
        """Return a text whose brackets and colons are characters.

        A sign at its beginning gets a space, for else SD.Next glues it to the text before.
        """
        written = _SIGNS.sub(r"\\\g<0>", _SPACES.sub(" ", text))
        return " " + written if written.startswith("\\") else written

    def weighed(self, text: str, run: _Run, losses: list[Loss], *, bare: bool) -> str:
        """Return a text in a group with its weight, which has three places at most."""
        rounded = round(sane(run.weight), 3)
        if not text or bare:
            return text
        if abs(rounded - run.weight) > _NEAR:
            message = "SD.Next rounds weights to three places"
            told = f"{number(rounded)} was written for {number(sane(run.weight))}"
            losses.append(Loss("weight", message, glimpse(run.text), run.span, "info", told))
        return f"({text}:{number(rounded)})"

    def safe(self, run: _Run, losses: list[Loss]) -> str:
        """Return the text without commands; note what is not read back of it."""
        text = super().safe(run, losses)
        if "##" in text:
            what, told = "reads ## as BREAK", "a space was put between"
            losses.append(self.unsafe(run, what, told, "leave one of them out"))
            text = re.sub(r"#(?=#)", "# ", text)
        heard = self._heard(text)
        if heard != text:
            loud = _BESIDE.sub("", heard) != _BESIDE.sub("", text)
            losses.append(
                Loss(
                    "escape",
                    _DROPPED,
                    glimpse(text),
                    run.span,
                    "warning" if loud else "info",
                    f'it reads "{glimpse(heard)}"',
                    "begin the text with a letter or a digit" if loud else "",
                )
            )
        return text

    def _heard(self, text: str) -> str:
        return "".join([run.text for run in self.scan(self.escaped(text), [])])
