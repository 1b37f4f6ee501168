"""A text as a tokenizer cleans it, and where each of its characters came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Cleaned(NamedTuple):
    """A cleaned text; character i stands for [starts[i], ends[i]) of the text it was made from.

    Without `starts` and `ends` every character stands for the one at its own place.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the range that [start, end), which is not empty, stands for."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def each(self, change: Callable[[str], str]) -> Cleaned:
        """Return the text with `change` made to each character by itself."""
        table = {ord(c): change(c) for c in set(self.text)}
        if all([len(new) == 1 for new in table.values()]):
            return self._replace(text=self.text.translate(table))
        return self.pieces((table[ord(c)], at, at + 1) for at, c in enumerate(self.text))

    def pieces(self, pieces: Iterable[tuple[str, int, int]]) -> Cleaned:
        """Return the text made of `pieces`, each standing for a range of this text."""
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for text, start, end in pieces:
            if not text:
                continue
            first, last = self.origin(start, end)
            texts.append(text)
            starts += [first] * len(text)
            ends += [last] * len(text)
        return Cleaned("".join(texts), starts, ends)
