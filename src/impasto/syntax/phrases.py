"""Phrases: what stands between top-level commas, the unit in which styles meet.

A group that holds commas is split by giving its weight to every phrase inside.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

from impasto.source import Source, Span
from impasto.syntax.runs import (
    BREAK,
    CLOSE,
    COMMA,
    OPEN,
    QUOTED,
    TEXT,
    Run,
    flatten,
    merged,
    print_runs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from impasto.syntax.nodes import Node

_SPACES = re.compile(rf"({QUOTED})|\s+")
_QUOTES = re.compile('["“「『]')
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")


class Phrase:
    """A run of texts that belong together.

    `key` is the text with case, spelling and spaces `folded`: equal keys are the same phrase.
    `is_break`: a chunk break, which takes no commas; `is_scheduled`: a schedule or alternation
    is inside; `joint`: the two that it was made of, where a sentence ended between them.
    `written` is a memory for those who write or fill phrases: a style's is written once per
    dialect.
    """

    __slots__ = ("is_break", "is_scheduled", "joint", "key", "runs", "text", "written")

    def __init__(self, runs: tuple[Run, ...], joint: tuple[Phrase, Phrase] | None = None) -> None:
        self.runs = runs
        self.joint = joint
        if len(runs) == 1:
            only = runs[0]
            self.text = only.text
            self.is_break = only.kind == BREAK
            self.is_scheduled = only.kind == OPEN
        else:
            self.text = "".join([run.text for run in runs])
            self.is_break = False
            self.is_scheduled = any([run.kind == OPEN for run in runs])
        self.key = folded(self.text)
        self.written: dict[object, object] = {}

    def __repr__(self) -> str:
        return f"Phrase({print_runs(self.runs)!r})"

    @property
    def weight(self) -> float:
        """The strongest weight in the phrase: the one farthest from 1 as a factor."""
        if len(self.runs) == 1:
            return self.runs[0].weight
        return max((run.weight for run in self.runs), key=strength, default=1.0)

    @property
    def span(self) -> Span:
        """Where the phrase was written; of its first text where it has several origins."""
        first, last = self.runs[0].span, self.runs[-1].span
        end = max(first.end, last.end) if first.source is last.source else first.end
        text = first.source.text[first.start : end]
        start = first.start + len(text) - len(text.lstrip())
        return Span(first.source, start, max(start, first.start + len(text.rstrip())))

    def scaled(self, factor: float) -> Phrase:
        """Return the phrase at `factor` times its weight."""
        if factor == 1 or self.is_break:
            return self
        return Phrase(
            tuple(
                Run(run.kind, run.text, run.weight * factor, run.span, run.node)
                for run in self.runs
            )
        )

    def with_texts(self, change: Callable[[str], str]) -> Phrase:
        """Return the phrase with `change` applied to its texts."""
        return Phrase(
            tuple(
                Run(TEXT, change(run.text), run.weight, run.span) if run.kind == TEXT else run
                for run in self.runs
            )
        )


def folded(text: str) -> str:
    """Return what the spellings of one phrase have in common.

    Case, spaces, underscores, hyphens between letters and the forms of one Unicode character do
    not count. It is empty only where there is no text: `_` is its own key.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\N{HYPHEN}", "-")
    spaced = text.replace("_", " ")
    if "-" in spaced:
        spaced = _HYPHEN.sub(" ", spaced)
    return (" ".join(spaced.split()) or text.strip()).casefold()


def strength(weight: float) -> float:
    """Return how far a weight is from neutral, |ln w|; a weight of 0 or less is farthest."""
    return abs(math.log(weight)) if weight > 0 else math.inf


def split(nodes: Iterable[Node], source: Source) -> tuple[Phrase, ...]:
    """Return the phrases of `nodes`, spaces tidied, empty ones left out.

    Raises:
        OpenPromptError: a choice or a wildcard is still open.
    """
    phrases: list[Phrase] = []
    gathered: list[Run] = []

    def end() -> None:
        tidy = _tidy(gathered)
        if tidy:
            phrases.append(Phrase(tidy))
        gathered.clear()

    depth = 0
    for run in flatten(nodes, source, commas=True):
        depth += (run.kind == OPEN) - (run.kind == CLOSE)
        if run.kind == COMMA:
            end()
        elif run.kind == BREAK and not depth:
            end()
            phrases.append(Phrase((run,)))
        else:
            gathered.append(run)
    end()
    return tuple(phrases)


def _tidy(runs: list[Run]) -> tuple[Run, ...]:
    """Join equal neighbours, fold spaces, take them off both ends; () where nothing is left.

    What stands in quotation marks stays as it is.
    """
    if len(runs) == 1 and runs[0].kind == TEXT and not _QUOTES.search(runs[0].text):
        return _plain(runs[0])
    if not any([run.text.strip() for run in runs]):
        return ()
    found = [
        Run(TEXT, _SPACES.sub(_one_space, r.text), r.weight, r.span) if r.kind == TEXT else r
        for r in merged(runs)
    ]
    for at in range(1, len(found)):
        if found[at - 1].kind == TEXT and found[at - 1].text.endswith(" "):
            _strip_end(found, at, str.lstrip)
    while found and not found[0].text.strip():
        del found[0]
    while found and not found[-1].text.strip():
        del found[-1]
    _strip_end(found, 0, str.lstrip)
    _strip_end(found, -1, str.rstrip)
    return tuple(found)


def _plain(run: Run) -> tuple[Run, ...]:
    """Return one text without quotation marks, tidy."""
    text = " ".join(run.text.split())
    if not text:
        return ()
    return (run if text == run.text else Run(TEXT, text, run.weight, run.span),)


def _one_space(found: re.Match[str]) -> str:
    return found[1] or " "


def _strip_end(runs: list[Run], at: int, strip: Callable[[str], str]) -> None:
    run = runs[at]
    if run.kind == TEXT and run.text != strip(run.text):
        runs[at] = Run(TEXT, strip(run.text), run.weight, run.span)


def print_phrases(phrases: Iterable[Phrase]) -> str:
    """Return the canonical text of a list of phrases."""
    return join(((p.is_break, print_runs(p.runs)) for p in phrases), ", ")


def join(texts: Iterable[tuple[bool, str]], separator: str) -> str:
    """Join the texts of phrases; a break, marked by True, takes spaces instead of commas."""
    pieces: list[str] = []
    after_break = True
    for is_break, text in texts:
        if not text:
            continue
        pieces += [" " if is_break or after_break else separator, text]
        after_break = is_break
    return "".join(pieces[1:])
