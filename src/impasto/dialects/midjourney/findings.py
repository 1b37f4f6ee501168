"""What a prompt for Midjourney stumbles over, or what a reader may misread in it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic
from impasto.dialects.midjourney.options import findings, values_of
from impasto.dialects.midjourney.parameters import major_of
from impasto.dialects.midjourney.signs import NUMBER
from impasto.dialects.plain.findings import bracket_weight
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.dialects.midjourney.signs import Sign, Signs
    from impasto.source import Source, Span

PLAIN_FROM: Final = 7
"""The first version without weights."""

_WORD = re.compile(r"[-+]?\.?[0-9][^\s:]{0,40}")
_APART = re.compile(rf"[ \t]{{1,8}}{NUMBER}(?!\S)")
_ALONE = re.compile(rf"\s*+{NUMBER}\s*+")
_DIGITS = re.compile(r"[-+.,0-9]+")


def diagnose(
    source: Source, signs: Signs, weights: Sequence[float], *, weighted: bool
) -> Iterator[Diagnostic]:
    """Yield what is to be said of a prompt whose parts have `weights`, that of `--no` included."""
    yield from findings(signs.options, source, "6" if weighted else "7")
    yield from _braces(source, signs)
    yield from bracket_weight(source, signs.end)
    yield from _version(source, signs, weighted=weighted)
    if not weighted:
        return
    start = 0
    for sign in signs.text:
        if sign.kind == "parts":
            yield from _part(source, sign, start)
            start = sign.end
    if weights and not sum(weights) > 0:
        yield Diagnostic(
            "IMP528",
            "weights-not-above-zero",
            "error",
            f"the weights come to {number(max(sum(weights), -1e9))} together, and Midjourney "
            "refuses a prompt unless they come to more than 0",
            source.span(0, len(source.text)),
            hint="--no counts as -0.5: give what should be in the picture more than that",
        )


def _part(source: Source, sign: Sign, start: int) -> Iterator[Diagnostic]:
    """Yield what is odd about one `::`, whose part begins at `start`."""
    text = source.text
    if sign.text and not math.isfinite(float(sign.text)):
        yield _not_a_number(source.span(sign.start, sign.end), "is beyond every number", "error")
    word = None if sign.text else _WORD.match(text, sign.end)
    if word:
        what = "is no number" if _DIGITS.fullmatch(word[0]) else "goes on behind the number"
        severe = "error" if _DIGITS.fullmatch(word[0]) else "warning"
        yield _not_a_number(source.span(sign.start, word.end()), what, severe)
    apart = None if sign.text else _APART.match(text, sign.end)
    if apart:
        yield Diagnostic(
            "IMP529",
            "weight-apart",
            "warning",
            "a weight stands directly behind ::, so this number is a word of the next part",
            source.span(sign.start, apart.end()),
            hint=f"write ::{apart[0].strip()} if it is a weight",
        )
    if _ALONE.fullmatch(text, start, sign.start):
        yield Diagnostic(
            "IMP530",
            "number-before-part",
            "warning",
            "in Midjourney the number stands behind ::, so this one is a part of its own",
            source.span(start, sign.end),
            hint="write text::1.3 for a weight; 1.3::text:: is NovelAI's",
        )
    elif not text[start : sign.start].strip():
        yield Diagnostic(
            "IMP531",
            "empty-part",
            "warning",
            "there is no text before this :: to be weighed",
            source.span(sign.start, sign.end),
            hint="leave it out",
        )


def _not_a_number(span: Span, what: str, severity: str) -> Diagnostic:
    return Diagnostic(
        "IMP503",
        "weight-not-a-number",
        "error" if severity == "error" else "warning",
        f"what stands behind :: {what}, so it is read as text or as nonsense",
        span,
        hint="write a number such as 1.5 and a space behind it",
    )


def _braces(source: Source, signs: Signs) -> Iterator[Diagnostic]:
    """Yield what there is to say of braces."""
    if signs.loose:
        at = signs.loose[0]
        yield Diagnostic(
            "IMP532",
            "brace-without-partner",
            "warning",
            f'this "{source.text[at]}" has no partner',
            source.span(at, at + 1),
            hint="write {a, b} for a job of each, or leave the brace out",
        )
    if signs.jobs:
        at = min(signs.jobs)
        yield Diagnostic(
            "IMP533",
            "permutation",
            "info",
            "Midjourney makes one job of every text between the commas in braces",
            source.span(at, at + 1),
            hint=r"write \, for a comma that separates nothing",
        )
    if signs.inner:
        at = signs.inner[0]
        yield Diagnostic(
            "IMP534",
            "sign-in-braces",
            "warning",
            "parts and parameters inside braces belong to one job each; they are read as text here",
            source.span(at, at + 2),
            hint="read each job's prompt by itself",
        )


def _version(source: Source, signs: Signs, *, weighted: bool) -> Iterator[Diagnostic]:
    """Yield a warning where the version in the prompt makes another dialect of it."""
    version = values_of(signs.options).get("version")
    major = major_of(version) if isinstance(version, str) else 0
    at = next((sign.start for sign in signs.text if sign.kind == "parts"), -1)
    if not weighted:
        at = source.text.find("::", 0, signs.end)
    if at < 0 or (weighted and major < PLAIN_FROM):
        return
    if weighted or not major or major >= PLAIN_FROM:
        message = "weights do nothing since version 7: the model reads :: as text"
        hint = "say in words what matters, or paint with --v 6.1"
    else:
        message = f"version {version} reads weights, and here they are read as text"
        hint = "read it as midjourney-6"
    yield Diagnostic(
        "IMP535", "weights-and-version", "warning", message, source.span(at, at + 2), hint=hint
    )
