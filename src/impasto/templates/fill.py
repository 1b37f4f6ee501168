"""Put values where their marks stand, after parsing: no value can be read as syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import TEXT, Run
from impasto.templates.marks import VALUE, value_index

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACED_VALUE = re.compile(f"( ?)({VALUE.pattern})")


def has_marks(phrase: Phrase) -> bool:
    """Whether a value stands in the phrase."""
    return not phrase.text.isascii() and VALUE.search(phrase.text) is not None


def fill(phrase: Phrase, values: Sequence[str]) -> Phrase:
    """Return `phrase` with the values in place of their marks, no spaces at its ends."""
    if not has_marks(phrase):
        return phrase
    runs = [
        run
        if run.kind != TEXT or run.text.isascii()
        else Run(TEXT, fill_text(run.text, values), run.weight, run.span)
        for run in phrase.runs
    ]
    if runs[0].text[:1].isspace():
        runs[0] = _with_text(runs[0], runs[0].text.lstrip())
    if runs[-1].text[-1:].isspace():
        runs[-1] = _with_text(runs[-1], runs[-1].text.rstrip())
    return Phrase(tuple(runs))


def _with_text(run: Run, text: str) -> Run:
    return Run(run.kind, text, run.weight, run.span, run.node)


def fill_text(text: str, values: Sequence[str]) -> str:
    """Return `text` with the values in place of their marks; an empty one takes its space along."""

    def value_of(mark: re.Match[str]) -> str:
        index = value_index(mark[2])
        value = values[index] if index < len(values) else "\ufffd"  # a mark that is not ours
        return mark[1] + value if value.strip() else ""

    return _SPACED_VALUE.sub(value_of, text)
