"""Templates as their author wrote them: names, filters, and the text between the tags."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from impasto.lint.views import Name, TemplateView
from impasto.templates.lexed import lex
from impasto.templates.marks import value_mark
from impasto.templates.origins import Origin, RenderedSource

if TYPE_CHECKING:
    from impasto.source import Source

_HOLES = 0xFFF0  # so many marks of values there are
_LOADERS = frozenset(("include", "import", "extends", "from"))


class Token(NamedTuple):
    """A token of Jinja's lexer and where it begins."""

    kind: str
    text: str
    start: int


@lru_cache(maxsize=8)
def tokens(source: Source) -> list[Token]:
    """Return the tokens of a template that Jinja accepts."""
    found: list[Token] = []
    at = 0
    for _line, kind, text in lex(source):
        at = source.text.index(text, at)
        found.append(Token(kind, text, at))
        at += len(text)
    return found


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

    A tag becomes one opaque character, so brackets around it are not empty; each its own, as
    what they stand for is not known to be the same.
    """
    pieces: list[str] = []
    origins = [Origin(0, source, 0, 0)]
    at = holes = 0
    for token in tokens(source):
        if token.kind in ("variable_begin", "block_begin"):
            piece = value_mark(holes % _HOLES)
            holes += 1
        elif token.kind == "data":
            piece = token.text
        else:
            continue
        origins.append(Origin(at, source, token.start, token.start + len(token.text)))
        pieces.append(piece)
        at += len(piece)
    return RenderedSource("".join(pieces), source.name, origins) if holes else None
