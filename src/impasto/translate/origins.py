"""Where the words of a translation were written.

A dialect may move words, weigh them and put others between them, so words are matched by what
they are: a word belongs to the one behind the last match if it is the same, else to the nearest
place where it and the next word stand. Alone it has to be near or the only one of its kind, for
words that a dialect put in have no place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from impasto.source import Span
from impasto.syntax.prompt import Prompt
from impasto.syntax.runs import TEXT, Run, flatten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.translate.translation import Translation

_CJK = "\u2e80-\ufaff\U00020000-\U0003ffff"
_WORD = rf"[{_CJK}]|[^\W{_CJK}]+(?:[’'-][^\W{_CJK}]+)*"
_WORD_WITHOUT_CJK = r"\w+(?:[’'-]\w+)*"
_FIRST_CJK = _CJK[0]
_NEAR = 3  # words
_BETWEEN = " \n\t,;"


class Piece(NamedTuple):
    """A piece of what a model hears, and where it was written, if that is known."""

    text: str
    span: Span | None

    def to_json(self) -> dict[str, object]:
        """Return the piece as a JSON-ready object."""
        return {"text": self.text, "span": self.span.to_json() if self.span else None}


class _Group(NamedTuple):
    """Words from `at` on that were written one behind the other, from `first` to `until`."""

    at: int
    first: int
    until: int


class Origins:
    """The places of the words of `heard`, a text that was made of `runs`."""

    def __init__(self, heard: str, runs: Iterable[Run]) -> None:
        self.heard = heard
        written = [word for run in runs if run.kind == TEXT for word in _words(run)]
        self.words = [(m.start(), m.end()) for m in _found_in(heard)]
        self.written = [span for _, span in written]
        self.places = _matched(
            [heard[a:b].lower() for a, b in self.words], [word.lower() for word, _ in written]
        )

    def pieces(self, start: int, end: int) -> list[Piece]:
        """Return the pieces of [start, end) of the text, each written in one go."""
        first = bisect_left(self.words, (start, -1))
        if first and self.words[first - 1][1] > start:
            first -= 1
        last = bisect_left(self.words, (end, -1))
        groups: list[_Group] = []
        for word in range(first, last):
            here = self.places[word]
            if groups and self._continues(groups[-1].until, here):
                groups[-1] = groups[-1]._replace(until=max(groups[-1].until, here))
            else:
                groups.append(_Group(max(self.words[word][0], start), here, here))
        ends = [*[group.at for group in groups[1:]], end]
        return [
            Piece(self.heard[group.at : stop].strip(_BETWEEN), self._span(group))
            for group, stop in zip(groups, ends, strict=True)
        ]

    def _continues(self, until: int, here: int) -> bool:
        """Whether a word goes on with what ends at the written word `until`."""
        if here < 0:
            return True
        same = self.written[here].source is self.written[until].source
        return until >= 0 and here == until + 1 and same

    def _span(self, group: _Group) -> Span | None:
        if group.first < 0:
            return None
        first, last = self.written[group.first], self.written[group.until]
        return Span(first.source, first.start, max(first.end, last.end))


def origins(translation: Translation, heard: str, *, negative: bool = False) -> Origins:
    """Return where the words of `heard` were written, of the prompt or of the negative one."""
    return Origins(heard, _runs(translation, negative=negative))


def _runs(translation: Translation, *, negative: bool) -> Iterator[Run]:
    source = translation.source
    if isinstance(source, Prompt):
        prompt = translation.negative if negative else source
        for part in prompt.parts if prompt else ():
            yield from flatten(part.children, prompt.source)  # type: ignore[union-attr]
        return
    parts = source.parts
    phrases = source.negative if negative else [p for part in parts for p in part.phrases]
    for phrase in phrases:
        yield from phrase.runs


def _found_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text; the pattern for CJK takes long to compile."""
    return re.finditer(_WORD if max(text, default="") >= _FIRST_CJK else _WORD_WITHOUT_CJK, text)


def _words(run: Run) -> Iterator[tuple[str, Span]]:
    """Yield the words of a text with their places; the whole text's where escapes hide them."""
    source, start, end = run.span.source, run.span.start, run.span.end
    exact = len(run.text) == end - start
    for word in _found_in(run.text):
        if exact:
            yield word[0], Span(source, start + word.start(), start + word.end())
        else:
            yield word[0], run.span


def _matched(heard: list[str], written: list[str]) -> list[int]:
    """Return for each word that is heard which written one it is, -1 where it is none."""
    places: dict[tuple[str, ...], list[int]] = {}
    for at, pair in enumerate(zip(written, [*written[1:], ""], strict=True)):
        places.setdefault(pair, []).append(at)
        places.setdefault(pair[:1], []).append(at)
    found: list[int] = []
    here = 0
    for pair in zip(heard, [*heard[1:], ""], strict=True):
        if here < len(written) and written[here] == pair[0]:
            found.append(here)
        else:
            found.append(_nearest(places, pair, here))
        here = found[-1] + 1 if found[-1] >= 0 else here
    return found


def _nearest(places: dict[tuple[str, ...], list[int]], pair: tuple[str, str], here: int) -> int:
    """Return where a word and the next one stand nearest to `here`, or the word alone, or -1."""
    same = places.get(pair)
    if same is None:
        same = places.get(pair[:1], [])
        if len(same) > 1:
            same = [at for at in _around(same, here) if abs(at - here) <= _NEAR]
    return min(_around(same, here), key=lambda at: abs(at - here), default=-1)


def _around(places: list[int], here: int) -> list[int]:
    """Return the last place before `here` and the first from there on."""
    behind = bisect_left(places, here)
    return places[max(behind - 1, 0) : behind + 1]
