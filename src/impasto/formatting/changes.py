"""Changes of a text: making them small, moving them, applying them."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.source import Source


class Change(NamedTuple):
    """Replace [start, end) of a text by `text`."""

    start: int
    end: int
    text: str


def minimal(start: int, old: str, new: str) -> Change:
    """Return the change of `old`, which begins at `start`, to `new` without what both share."""
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Change(start + head, start + len(old) - tail, new[head : len(new) - tail])


def apply(text: str, changes: Iterable[Change]) -> str:
    """Return `text` after `changes`, which are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, new in changes:
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def moved(changes: Iterable[Change], by: int) -> Iterator[Change]:
    """Yield `changes` of a text that begins at offset `by` of another one."""
    return (Change(start + by, end + by, text) for start, end, text in changes)


def content_end(text: str) -> int:
    """Return where the spaces and empty lines at the end of `text` begin.

    Of a comment without words the space stays, for it is what makes it one.
    """
    end = len(text.rstrip(" \t\n"))
    is_comment = text.startswith("# ", end - 1) and text[max(end - 2, 0) : end - 1] in ("", "\n")
    return end + 1 if end and is_comment else end


def line_end(text: str, *, required: bool) -> Iterator[Change]:
    """Yield the change that leaves one line end at the end of `text`, and no spaces.

    Where it is not `required`, a text without one gets none.
    """
    end = content_end(text)
    wanted = "\n" if end and (required or "\n" in text[end:]) else ""
    if text[end:] != wanted:
        yield minimal(end, text[end:], wanted)


def in_parent(change: Change, scalar: Source) -> Change | None:
    """Return a change of a text that stands in a YAML file as one of the file.

    None where the file spells that place another way: by an escape, or with a line end.
    """
    start = _place(scalar, change.start)
    end = start if change.start == change.end else _place(scalar, change.end - 1) + 1
    assert scalar.parent is not None, "a scalar stands in a file"
    before = min(change.start, 1)  # what is put in needs its neighbours, too
    shown = scalar.text[change.start - before : max(change.end, change.start + 1)]
    written = scalar.parent.text[start - before : max(end, start + 1)]
    return Change(start, end, change.text) if shown == written else None


def _place(scalar: Source, offset: int) -> int:
    """Return the offset of a place of `scalar` in the text around it."""
    at = bisect_right(scalar.anchors, offset, key=itemgetter(0)) - 1
    here, there = scalar.anchors[max(at, 0)]
    return there + offset - here
