"""Midjourney 7, 8 and Niji 7: plain words, then `--no` and parameters; weights do not exist.

Weights become order and words, as for every target of plain words. Source: Midjourney's pages on
multi-prompts (which end with version 6.1 and Niji 6), `--no` and its list of parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.dialects.base import Script, ScriptPart, Written
from impasto.dialects.midjourney import Midjourney6, negative_list
from impasto.dialects.midjourney.reader import read_prompt, weights_of
from impasto.dialects.midjourney.text import nothing_left, safe
from impasto.dialects.plain import Plain
from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import TEXT, Run

if TYPE_CHECKING:
    from impasto.diagnostics import Loss
    from impasto.dialects.base import Reading
    from impasto.source import Source, Span
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs


class Midjourney7(Midjourney6):
    """Midjourney 7 and later. The negative prompt is `--no` at the end of the text."""

    name = "midjourney-7"
    title = "Midjourney 7 and later"
    version = "7"

    def read(self, source: Source) -> Reading:
        """Return the text as it stands, without its parameters, and `--no` at -0.5."""
        return read_prompt(source, weighted=False)

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002 - all alike
        """Return the text at 1 and what `--no` lists at -0.5.

        Raises:
            OpenPromptError: braces stand for several prompts.
        """
        return weights_of(prompt, weighted=False)

    def write(self, script: Script) -> Written:
        """Return the text without parameters other than `--no`, and the losses."""
        losses: list[Loss] = []
        parts = tuple([_safe_part(part, losses) for part in script.parts])
        positive = script._replace(parts=parts, negative=(), keep_negative=True)
        written = Plain().write(positive)
        losses += written.losses
        where = _whole(script)
        text = safe(written.text, where, losses, parts=False)
        refused = safe(written.negative, where, losses, parts=False)
        if refused and not text:
            losses.append(nothing_left())
        unwanted = [*([refused] if refused else []), *negative_list(script.negative, losses)]
        if unwanted:
            text = f"{text} --no {', '.join(unwanted)}".strip()
        return Written(text, tuple(losses))


def _safe_part(part: ScriptPart, losses: list[Loss]) -> ScriptPart:
    """Return a part without what Midjourney would take for syntax."""
    phrases = part.phrases
    if not any(
        [
            "--" in one.text or "—" in one.text or "{" in one.text or "}" in one.text
            for one in phrases
        ]
    ):
        return part
    return part._replace(phrases=tuple([_safe_phrase(phrase, losses) for phrase in phrases]))


def _safe_phrase(phrase: Phrase, losses: list[Loss]) -> Phrase:
    before = len(losses)
    runs = [
        Run(TEXT, safe(run.text, run.span, losses, parts=False), run.weight, run.span)
        if run.kind == TEXT
        else run
        for run in phrase.runs
    ]
    return Phrase(tuple(runs)) if len(losses) > before else phrase


def _whole(script: Script) -> Span | None:
    """Return where the script was written, None for an empty one."""
    phrases = [phrase for part in script.parts for phrase in part.phrases]
    return phrases[0].span if phrases else None
