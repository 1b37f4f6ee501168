"""What writers for Midjourney change in a text, and the losses that they report."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Loss
from impasto.dialects.settle import cut
from impasto.syntax.runs import Run, number

if TYPE_CHECKING:
    from impasto.source import Span
    from impasto.syntax.phrases import Phrase

NO_WEIGHT: Final = -0.5
"""What `--no` counts as."""

_RISKY = re.compile(r"::|(?<!\S)(?:--|—\w)|[{}]")
_OPTION = re.compile(r"(?<!\S)(?:-{2,}|—(?=\w))")
_COLONS = re.compile(r":(?=:)")
_BRACES = str.maketrans("{}", "()")


def safe(text: str, span: Span | None, losses: list[Loss], *, parts: bool = True) -> str:
    """Return the text without what Midjourney would take for syntax; it has no escapes.

    With `parts` "::" ends a part, as it does up to version 6.1.
    """
    if _RISKY.search(text) is None:
        return text

    def note(what: str, instead: str, hint: str) -> None:
        losses.append(Loss("escape", what, cut(text.strip()), span, "warning", instead, hint))

    found = text
    if parts and "::" in text:
        note('Midjourney ends a part at "::"', "a space was put in between", 'write ":" instead')
        found = _COLONS.sub(": ", found)
    if _OPTION.search(found):
        note(
            "Midjourney reads two dashes before a word as a parameter",
            "they were taken apart",
            "set parameters as parameters, not in the text",
        )
        found = _OPTION.sub(lambda m: "— " if m[0] == "—" else " ".join(m[0]), found)
    if "{" in found or "}" in found:
        note(
            "Midjourney makes one job of every option between braces",
            "round brackets stand there",
            "write round brackets, or leave them out",
        )
        found = found.translate(_BRACES)
    return found


def flat_loss(phrase: Phrase) -> Loss:
    """Return the loss of a weight inside `--no`."""
    return Loss(
        "weight",
        f"--no gives everything in it the weight {NO_WEIGHT}; this has {number(phrase.weight)}",
        cut(phrase.text),
        phrase.span,
        "warning",
        "the weight was dropped",
        "leave out of the negative prompt what matters less",
    )


def unwanted_loss(run: Run, weight: float) -> Loss:
    """Return the loss of a text that has no weight above 0."""
    exact = math.isclose(weight, NO_WEIGHT)
    told = f"moved to --no, which counts as {NO_WEIGHT}" if weight else "left out"
    return Loss(
        "weight",
        f"a part has a weight above 0; this has {number(weight)}",
        cut(run.text.strip()),
        run.span,
        "info" if exact else "warning",
        told,
        "put it into the negative prompt",
    )


def nothing_left() -> Loss:
    """Return the loss of a prompt that only says what is unwanted."""
    return Loss(
        "weight",
        "no text has a weight above 0, and Midjourney refuses a prompt without any",
        severity="error",
        hint="say what should be in the picture",
    )


def split_loss(phrase: Phrase, count: int) -> Loss:
    """Return the loss of a phrase that became several parts."""
    return Loss(
        "structure",
        "a part has one weight and is read apart from the others",
        cut(phrase.text),
        phrase.span,
        "info",
        f"the phrase became {count} parts",
        "give the whole phrase one weight, so that its words stay together",
    )


def and_loss(phrases: tuple[Phrase, ...]) -> Loss:
    """Return the loss of a prompt that AND composes with the ones before it."""
    return Loss(
        "and",
        "Midjourney blends parts of one prompt; it composes no prompts",
        cut(", ".join([phrase.text for phrase in phrases[:8]])),
        phrases[0].span,
        "info",
        "it became a part of its own",
        "say in one sentence how the two belong together",
    )


def digits(weight: float) -> str:
    """Return a weight with at least six digits that count, never as 1e-07."""
    size = abs(weight)
    if size >= 0.01 or not size:
        return number(weight)
    places = min(6 - math.floor(math.log10(size)), 300)
    return f"{weight:.{places}f}".rstrip("0")
