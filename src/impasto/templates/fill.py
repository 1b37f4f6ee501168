"""Put values where their marks stand, after parsing: no value can be read as syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import TEXT, Run
from impasto.templates.marks import VALUE, value_index

if TYPE_CHECKING:
    from collections.abc import Sequence


def has_marks(phrase: Phrase) -> bool:
    """Whether a value stands in the phrase."""
    return not phrase.text.isascii() and VALUE.search(phrase.text) is not None


def fill(phrase: Phrase, values: Sequence[str]) -> Phrase:
    """Return `phrase` with the values in place of their marks."""
    if not has_marks(phrase):
        return phrase
    return Phrase(
        tuple(
            run
            if run.kind != TEXT or run.text.isascii()
            else Run(TEXT, fill_text(run.text, values), run.weight, run.span)
            for run in phrase.runs
        )
    )


def fill_text(text: str, values: Sequence[str]) -> str:
    """Return `text` with the values in place of their marks."""
    return VALUE.sub(lambda mark: values[value_index(mark[0])], text)
