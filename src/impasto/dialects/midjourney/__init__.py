"""Midjourney 6 and 6.1: `part::2 other part::1 last part`, `--no`, and parameters at the end.

Parts with weights exist from V4 to V6.1; the numbers are relative to each other and each part is
read apart from the others. `--no a, b` counts as a part of weight -0.5, and the sum of all weights
has to stay above 0. Source: Midjourney's own pages on multi-prompts, `--no` and permutations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from impasto.dialects.base import Dialect, Script, Written
from impasto.dialects.midjourney.parameters import PARAMETERS, parameters_suffix
from impasto.dialects.midjourney.reader import parameters_of, read_prompt, tail_of, weights_of
from impasto.dialects.midjourney.text import (
    NO_WEIGHT,
    and_loss,
    digits,
    flat_loss,
    nothing_left,
    safe,
    split_loss,
    unwanted_loss,
)
from impasto.dialects.settle import sane, settle
from impasto.syntax.runs import TEXT, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.diagnostics import Loss
    from impasto.dialects.base import Reading
    from impasto.source import Source
    from impasto.syntax.phrases import Phrase
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules

__all__ = ["NO_WEIGHT", "Midjourney6", "parameters_suffix"]

_KEY = "midjourney-6"
_WORDS = re.compile(r"\w")
_SPACES = re.compile(r"\s{2,}")
_LEADING = re.compile(r"(?:[\"'”’)\]]++[.,;:!?…]*+|\s*[.,;:!?…]++)(?=\s|\Z)")
_COMMAS = re.compile(r",(?:\s*,)+")


class _Segment(NamedTuple):
    """A text of one weight inside a phrase; `weight` is written as the target reads it."""

    text: str
    weight: str
    glued: bool


class _Learnt(NamedTuple):
    """What a phrase comes to: its segments, what is unwanted in it, and its losses.

    `only` is its one weight, empty where it has several.
    """

    segments: tuple[_Segment, ...]
    unwanted: tuple[str, ...]
    losses: tuple[Loss, ...]
    text: str
    only: str


class _Part:
    """Texts that become one part of the prompt."""

    __slots__ = ("texts", "weight")

    def __init__(self, text: str, weight: str) -> None:
        self.texts = [text]
        self.weight = weight


class Midjourney6(Dialect):
    """Midjourney 6 and 6.1. The negative prompt is `--no` at the end of the text.

    `version` is the one that is written where the model's card names none.
    """

    name = "midjourney-6"
    title = "Midjourney up to 6.1"
    version: ClassVar[str] = "6"

    def read(self, source: Source) -> Reading:
        """Return the parts at their weights and `--no` at -0.5, brought to a common scale."""
        return read_prompt(source, weighted=True)

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002 - all alike
        """Return the parts with their weights as written, which are relative to each other.

        Raises:
            OpenPromptError: braces stand for several prompts.
        """
        return weights_of(prompt, weighted=True)

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the one prompt that there is, for all steps."""
        return [(1.0, steps, self.weights(prompt, 1, steps))]

    def write(self, script: Script) -> Written:
        """Return the text without parameters other than `--no`, and the losses."""
        losses: list[Loss] = []
        unwanted: list[str] = []
        found: list[_Part] = []
        for at, part in enumerate(script.parts):
            phrases = part.phrases
            if part.weight != 1:
                phrases = tuple([phrase.scaled(part.weight) for phrase in phrases])
            learnt = _learn(phrases)
            if at and phrases:
                losses.append(and_loss(part.phrases))
            for one in learnt:
                if one.losses:
                    losses += one.losses
                if one.unwanted:
                    unwanted += one.unwanted
            found += _parts([one for one in learnt if one.segments])
        if unwanted and not found:
            losses.append(nothing_left())
        unwanted += negative_list(script.negative, losses)
        text = _text(found, has_no=bool(unwanted))
        if unwanted:
            text = f"{text} --no {', '.join(unwanted)}".strip()
        return Written(text, tuple(losses))

    def parameters(self, text: str) -> dict[str, object]:
        """Return the parameters at the end of a prompt; several values for one are left out."""
        found = parameters_of(text)
        return {name: value for name, value in found.items() if not isinstance(value, tuple)}

    def tail(self, text: str) -> str:
        """Return the parameters at the end of a prompt as they stand there."""
        return tail_of(text)

    def finish(
        self,
        written: Written,
        card: object,
        parameters: dict[str, Any],
        backend: str | None,
    ) -> tuple[str, dict[str, Any], tuple[Loss, ...]]:
        """Return the text with the parameters behind it; they stay beside it, too.

        What a backend documents beyond Midjourney's own parameters goes beside the text alone.
        """
        known = PARAMETERS if backend else frozenset(parameters)
        version = str(getattr(card, "id", "")).rpartition("-v")[2] or self.version
        told = {name: value for name, value in parameters.items() if name in known}
        suffix, losses = parameters_suffix(told, version)
        return written.text + suffix, parameters, losses


def _parts(learnt: list[_Learnt]) -> list[_Part]:
    """Return the parts: neighbours of equal weight together."""
    first = learnt[0].only if learnt else ""
    if first and all([one.only == first for one in learnt]):
        return [_Part(", ".join([one.text for one in learnt]), first)]
    found: list[_Part] = []
    for one in learnt:
        for segment in one.segments:
            if found and found[-1].weight == segment.weight:
                found[-1].texts += [", ", segment.text]
            else:
                found.append(_Part(segment.text, segment.weight))
    return found


def _text(parts: list[_Part], *, has_no: bool) -> str:
    """Return the parts as one text; a single weight needs no numbers."""
    if len(parts) < 2:
        return "".join(parts[0].texts) if parts else ""
    weights = [float(part.weight) for part in parts]
    shown = [part.weight for part in parts]
    total = sum(weights)
    if has_no and total <= 2 * -NO_WEIGHT:
        shown = [digits(weight / total * 2) for weight in weights]
    pieces = []
    for part, weight in zip(parts, shown, strict=True):
        text = "".join(part.texts)
        guard = " " if text.endswith(":") else ""  # ":::" could be cut in two ways
        pieces.append(f"{text}{guard}::{weight}")
    if shown[-1] == "1" and not pieces[-1].endswith(" ::1"):
        pieces[-1] = pieces[-1].removesuffix("::1")
    return " ".join(pieces)


def _learn(phrases: Iterable[Phrase]) -> list[_Learnt]:
    """Return what every phrase comes to, from memory where it was seen before."""
    found = [phrase.written.get(_KEY) or _remember(phrase) for phrase in phrases]
    return cast("list[_Learnt]", found)


def _remember(phrase: Phrase) -> _Learnt:
    found = phrase.written[_KEY] = _read(phrase)
    return found


def _read(phrase: Phrase) -> _Learnt:
    runs = phrase.runs
    losses: list[Loss] = []
    simple = len(runs) == 1 and runs[0].kind == TEXT and 0 < runs[0].weight < 1000
    if simple and not runs[0].text[:1].isspace() and not runs[0].text[-1:].isspace():
        text = safe(runs[0].text, runs[0].span, losses)
        weight = digits(runs[0].weight)
        only = (_Segment(text, weight, glued=False),)
        return _Learnt(only, (), tuple(losses), text, weight)
    settled = settle(runs)
    losses += settled.losses
    unwanted: list[str] = []
    segments = [
        segment._replace(text=safe(segment.text, phrase.span, losses))
        for segment in _segments(settled.runs, losses, unwanted)
    ]
    weights = {segment.weight for segment in segments}
    if len(weights) > 1:
        losses.append(split_loss(phrase, len(segments)))
    text = _spaced(segments)
    one = next(iter(weights)) if len(weights) == 1 else ""
    return _Learnt(tuple(segments), tuple(unwanted), tuple(losses), text, one)


def _segments(runs: tuple[Run, ...], losses: list[Loss], unwanted: list[str]) -> list[_Segment]:
    """Return the texts above weight 0; punctuation stays with the text that it follows."""
    found: list[_Segment] = []
    head = ""
    space = True
    for run in runs:
        weight = sane(run.weight)
        text = _SPACES.sub(" ", safe(run.text, run.span, losses))
        if run.kind == TEXT and weight <= 0:
            if _WORDS.search(text):
                unwanted += [text.strip()] if weight else []
                losses.append(unwanted_loss(run, weight))
            continue
        lead = _LEADING.match(text)
        tail = lead[0].strip() if lead and found else ""
        rest = text[lead.end() :] if lead and found else text
        if not _WORDS.search(rest):
            tail, rest = text.rstrip(), ""
        if tail and found:
            found[-1] = found[-1]._replace(text=found[-1].text + tail)
        elif tail:
            head += tail.lstrip(", ")
        if rest:
            glued = not (space or tail or rest[0].isspace())
            bare = head + rest.strip()
            found.append(_Segment(bare, digits(weight), glued))
            head = ""
        space = text[-1:].isspace() if text else space
    return _merged(found)


def _merged(segments: list[_Segment]) -> list[_Segment]:
    """Join neighbours of equal weight, and take commas off both ends."""
    groups: list[list[_Segment]] = []
    for segment in segments:
        if groups and groups[-1][-1].weight == segment.weight:
            groups[-1].append(segment)
        else:
            groups.append([segment])
    merged = []
    for group in groups:
        text = _COMMAS.sub(",", _spaced(group)).strip(", \t\r\n")
        merged.append(_Segment(text, group[0].weight, group[0].glued))
    return [segment for segment in merged if segment.text]


def _spaced(segments: Iterable[_Segment]) -> str:
    """Return the texts of one phrase in a row."""
    return "".join([s.text if s.glued else f" {s.text}" for s in segments]).strip()


def negative_list(phrases: tuple[Phrase, ...], losses: list[Loss]) -> list[str]:
    """Return what `--no` lists; it knows no weights, so each is noted in `losses`."""
    found = []
    for one, phrase in zip(_learn(phrases), phrases, strict=True):
        losses += [loss for loss in one.losses if loss.kind not in ("structure", "weight")]
        if one.text:
            found.append(one.text)
        if one.unwanted or (one.segments and one.only != "1"):
            losses.append(flat_loss(phrase))
    return found
