"""Templates as their author wrote them: names, filters, and the text between the tags."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from impasto.lint.views import Name, TemplateView
from impasto.templates.marks import value_mark
from impasto.templates.origins import Origin, RenderedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2.lexer import Lexer

    from impasto.source import Source

_HOLE = value_mark(0)
_LOADERS = frozenset(("include", "import", "extends", "from"))


class Token(NamedTuple):
    """A token of Jinja's lexer and where it begins."""

    kind: str
    text: str
    start: int


@cache
def _lexer() -> Lexer:
    from jinja2 import Environment  # noqa: PLC0415 - the room has loaded Jinja already

    return Environment(trim_blocks=True, lstrip_blocks=True).lexer  # noqa: S701 - it only lexes


def tokens(source: Source) -> Iterator[Token]:
    """Yield the tokens of a template that Jinja accepts."""
    at = 0
    for _line, kind, text in _lexer().tokeniter(source.text, source.name):
        at = source.text.index(text, at)
        yield Token(kind, text, at)
        at += len(text)


def view_of(source: Source) -> TemplateView:
    """Return what rules see of a template."""
    names: list[Name] = []
    filters: list[Name] = []
    includes = False
    before = ""
    for token in tokens(source):
        if token.kind == "whitespace":
            continue
        if token.kind == "name":
            span = source.span(token.start, token.start + len(token.text))
            if before == "|":
                filters.append(Name(token.text, span))
            elif before != ".":
                names.append(Name(token.text, span))
            includes = includes or (before == "{%" and token.text in _LOADERS)
        before = token.text[:2] if token.kind == "block_begin" else token.text
    return TemplateView(source, tuple(names), tuple(filters), includes)


def own_text(source: Source) -> RenderedSource | None:
    """Return the text between the tags of a template, all branches in a row; None without tags.

    A tag becomes one opaque character, so brackets around it are not empty.
    """
    pieces: list[str] = []
    origins = [Origin(0, source, 0, 0)]
    at = 0
    for token in tokens(source):
        if token.kind in ("variable_begin", "block_begin"):
            piece = _HOLE
        elif token.kind == "data":
            piece = token.text
        else:
            continue
        origins.append(Origin(at, source, token.start, token.start + len(token.text)))
        pieces.append(piece)
        at += len(piece)
    text = "".join(pieces)
    return RenderedSource(text, source.name, origins) if _HOLE in text else None
