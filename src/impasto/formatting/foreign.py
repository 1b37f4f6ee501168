"""Prompts in other dialects: their spaces and commas, as far as their own reader agrees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from impasto.dialects import dialect as load_dialect
from impasto.dialects.api import read
from impasto.errors import FileError, OpenPromptError
from impasto.formatting.changes import Change, apply, content_end, line_end, minimal
from impasto.formatting.layout import said
from impasto.formatting.prompts import file_changes
from impasto.formatting.quotes import Quotes
from impasto.formatting.signs import signs_of
from impasto.source import Source
from impasto.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.formatting.api import Kind
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs

_GAP = re.compile(r"(?<!\\)[ \t]*+(?P<comma>(?<!\\),)[ \t]*+|(?<!\\)[ \t]++")
_WORD = re.compile(r"[ \t\n]+|,|[^ \t\n,]+")
_NO_SPACE_BEFORE = frozenset(",)]}|>:\n")
_Heard: TypeAlias = "list[tuple[object, ...]]"


def changes(source: Source, kind: Kind, dialect: str) -> Iterable[Change]:
    """Return the changes of a prompt, or a file of them, in `dialect`.

    Raises:
        FileError: a template or a pack, which are written in the canonical syntax; or a prompt
            that backends would read in another way.
        UnknownNameError: nobody defines the dialect.
    """
    if kind not in ("prompt", "lines"):
        raise FileError(
            f"a {kind} is written in the canonical syntax, not in {dialect}",
            source.span(0, 0),
            hint="leave --dialect out",
        )
    load_dialect(dialect)
    if kind == "lines":
        return file_changes(source, lambda line: _changes(line, dialect))
    body = Source(source.text[: content_end(source.text)], parent=source)
    return [*_changes(body, dialect), *_at_end(source.text, dialect)]


def _at_end(text: str, dialect: str) -> list[Change]:
    """Return the changes of the spaces at the end, where backends hear none of them."""
    found = list(line_end(text, required=False))
    is_heard = found and _heard(text, dialect) != _heard(apply(text, found), dialect)
    return [] if is_heard else found


def _changes(source: Source, dialect: str) -> list[Change]:
    """Return the changes of one prompt whose text does not end in spaces."""
    found = list(_spaces(source.text))
    if not found:
        return found
    after = apply(source.text, found)
    if _heard(source.text, dialect) != _heard(after, dialect):
        raise FileError(
            f"{dialect} would read this in another way in another layout",
            source.span(0, len(source.text)),
            hint="leave it as it is, or say it in the canonical syntax",
        )
    return found


def _spaces(text: str) -> Iterator[Change]:
    """Yield the changes of spaces and of what stands around commas."""
    quotes = Quotes(text)
    for gap in _GAP.finditer(text):
        start, end = gap.span()
        if quotes.hold(start, end) or _is_in_number(text, gap):
            continue
        new = _space(text, end, comma=gap["comma"] or "", start=start)
        if new != gap[0]:
            yield minimal(start, gap[0], new)


def _is_in_number(text: str, gap: re.Match[str]) -> bool:
    return gap[0] == "," and _is_digit(text, gap.start() - 1) and _is_digit(text, gap.end())


def _is_digit(text: str, at: int) -> bool:
    return at >= 0 and text[at : at + 1] in set("0123456789")


def _space(text: str, end: int, *, comma: str, start: int) -> str:
    following = text[end : end + 1]
    if not comma:
        return " " if start and following != "\n" else ""
    return comma if not following or following in _NO_SPACE_BEFORE else f"{comma} "


def _heard(text: str, dialect: str) -> _Heard:
    """Return what backends hear of a prompt, the spaces aside that part nothing.

    What is open (choices) is compared as it is written, in the canonical syntax.
    """
    prompt = read(text, dialect)
    try:
        schedule = prompt.schedule()
    except OpenPromptError:
        return list(said(signs_of(_canonical(prompt))))
    return [(weight, until, *_words(runs)) for weight, until, runs in schedule]


def _canonical(prompt: Prompt) -> Prompt:
    return parse(prompt.canonical, recover=True)


def _words(runs: Runs) -> Iterator[tuple[str, float]]:
    """Yield the words with their weights; a space is a word where it parts two others."""
    last = ","
    space = False
    for text, weight in runs:
        for word in _WORD.findall(text):
            if word.isspace():
                space = True
                continue
            if space and "," not in (last, word):
                yield " ", 1.0
            yield word, weight
            last, space = word, False
