"""Prompts as text: one by itself, or a file with one in each line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.formatting.changes import Change, content_end, line_end, minimal, moved
from impasto.formatting.layout import Style, changes_of
from impasto.source import Source
from impasto.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EMPTY_LINES = re.compile(r"(?:[ \t]*\n)+")


def prompt_changes(source: Source) -> Iterator[Change]:
    """Yield the changes of a text that is one prompt, over as many lines as it likes.

    Raises:
        PromptSyntaxError: the canonical syntax does not allow it.
    """
    text = source.text
    body = Source(text[: content_end(text)], parent=source)
    yield from changes_of(parse(body.text, origin=body), Style(lines=True))
    yield from line_end(text, required=False)


def line_changes(source: Source) -> list[Change]:
    """Return the changes of a line that is one prompt.

    Raises:
        PromptSyntaxError: the canonical syntax does not allow it.
    """
    return changes_of(parse(source.text, origin=source), Style())


def file_changes(
    source: Source, line_changes: Callable[[Source], list[Change]]
) -> Iterator[Change]:
    """Yield the changes of a file with a prompt in each line; `line_changes` gives those of one.

    Several empty lines become one. Lines that start with `# ` are comments.
    """
    text = source.text
    last = content_end(text)
    at = 0
    while at < last:
        empty = _EMPTY_LINES.match(text, at, last)
        if empty:
            wanted = "\n" if at else ""
            if empty[0] != wanted:
                yield minimal(at, empty[0], wanted)
            at = empty.end()
            continue
        end = text.find("\n", at, last)
        end = last if end < 0 else end
        stop = at + content_end(text[at:end])
        if not text.startswith("# ", at):
            line = Source(text[at:stop], parent=source, anchors=((0, at),))
            yield from moved(line_changes(line), at)
        if stop < end:
            yield Change(stop, end, "")
        at = end + 1
    yield from line_end(text, required=True)
