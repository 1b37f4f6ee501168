"""Put values where their marks stand, after parsing: no value can be read as syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import CLOSE, OPEN, TEXT, Run
from impasto.templates.marks import VALUE, value_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPACED_VALUE = re.compile(f"( ?)({VALUE.pattern})")
_LISTED = re.compile(f"[,，、] ?({VALUE.pattern})")
_LEADING = re.compile(f" ?({VALUE.pattern}) ?[,，、]? ?")
_FILLED = "filled"
_FEW = 4
_NO_SPACE_BEFORE = (" ", ".", ";", ":", "!", "?", "…", "。", "！", "？")


def has_marks(phrase: Phrase) -> bool:
    """Whether a value stands in the phrase."""
    return not phrase.text.isascii() and VALUE.search(phrase.text) is not None


def fill(phrase: Phrase, values: Sequence[str]) -> Phrase:
    """Return `phrase` with the values in place of their marks, no spaces at its ends.

    A run of which nothing is left goes, with a space that nothing needs any more. The phrase
    remembers what it was filled to last, for values are often the same again.
    """
    if phrase.text.isascii():
        return phrase
    own = [_value(mark, values) for mark in VALUE.findall(phrase.text)]
    if not own:
        return phrase
    known: dict[tuple[str, ...], Phrase] = phrase.written.setdefault(_FILLED, {})  # type: ignore[assignment]
    key = tuple(own)
    found = known.get(key)
    if found is None:
        if len(known) >= _FEW:
            known.clear()
        found = known[key] = _filled_phrase(phrase, values)
    return found


def _filled_phrase(phrase: Phrase, values: Sequence[str]) -> Phrase:
    if len(phrase.runs) == 1:
        only = phrase.runs[0]
        return Phrase((_with_text(only, fill_text(only.text, values).strip()),))
    runs = _filled(phrase.runs, values)
    if runs[0].text[:1].isspace():
        runs[0] = _with_text(runs[0], runs[0].text.lstrip())
    if runs[-1].text[-1:].isspace():
        runs[-1] = _with_text(runs[-1], runs[-1].text.rstrip())
    return Phrase(tuple(runs))


def _filled(given: Sequence[Run], values: Sequence[str]) -> list[Run]:
    """Return the runs with their values, without those of which nothing is left."""
    runs: list[Run] = []
    depth = 0
    before, gap = "", False
    for run in given:
        depth += (run.kind == OPEN) - (run.kind == CLOSE)
        if run.kind == TEXT and not run.text.isascii():
            text = fill_text(_listed(run.text, values) if depth else run.text, values)
            if not text and runs:
                gap = gap or before.endswith(" ")
                continue
            before = run.text
            run = _with_text(run, text)  # noqa: PLW2901 - the same run, filled
        else:
            before = run.text
        if gap and run.text.startswith(_NO_SPACE_BEFORE):
            runs[-1] = _with_text(runs[-1], runs[-1].text.removesuffix(" "))
        gap = False
        runs.append(run)
    return runs


def _listed(text: str, values: Sequence[str]) -> str:
    """Take the empty values out of a list in brackets, each with a comma of its own."""

    def kept(found: re.Match[str]) -> str:
        return found[0] if _value(found[1], values).strip() else ""

    start = 0
    for found in _LEADING.finditer(text):
        if found.start() != start or _value(found[1], values).strip():
            break
        start = found.end()
    return _LISTED.sub(kept, text[start:])


def filled(phrases: Iterable[Phrase], values: Sequence[str]) -> tuple[Phrase, ...]:
    """Return the phrases with their values, without those of which nothing is left."""
    found = [fill(phrase, values) for phrase in phrases]
    return tuple([phrase for phrase in found if phrase.key or phrase.text.strip()])


def _with_text(run: Run, text: str) -> Run:
    return Run(run.kind, text, run.weight, run.span, run.node)


def fill_text(text: str, values: Sequence[str]) -> str:
    """Return `text` with the values in place of their marks; an empty one takes its space along."""

    def value_of(mark: re.Match[str]) -> str:
        value = _value(mark[2], values)
        return mark[1] + value if value.strip() else ""

    return _SPACED_VALUE.sub(value_of, text)


def _value(mark: str, values: Sequence[str]) -> str:
    index = value_index(mark)
    return values[index] if index < len(values) else "\ufffd"  # a mark that is not ours
