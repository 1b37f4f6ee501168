"""Templates as their author wrote them: names, filters, and the text between the tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.views import Name, TemplateView
from impasto.templates.lexed import EXPRESSION, STATEMENT, lex
from impasto.templates.marks import value_mark
from impasto.templates.origins import Origin, RenderedSource

if TYPE_CHECKING:
    from impasto.source import Source

_HOLES = 0xFFF0  # so many marks of values there are
_HOLLOW = (EXPRESSION, STATEMENT)


def view_of(source: Source) -> TemplateView:
    """Return what rules see of a template."""
    names: list[Name] = []
    filters: list[Name] = []
    includes = False
    for part in lex(source):
        start, tag = part.start, part.tag
        if tag is None:
            continue
        includes = includes or tag.loads
        for at, text, is_filter in tag.names:
            name = Name(text, source.span(start + at, start + at + len(text)))
            (filters if is_filter else names).append(name)
    return TemplateView(source, tuple(names), tuple(filters), includes)


def own_text(source: Source) -> RenderedSource | None:
    """Return the text between the tags of a template, all branches in a row; None without tags.

    A tag becomes one opaque character, so brackets around it are not empty; each its own, as
    what they stand for is not known to be the same.
    """
    pieces: list[str] = []
    origins = [Origin(0, source, 0, 0)]
    at = holes = 0
    parts = lex(source)
    for part in parts:
        start, tag = part.start, part.tag
        if tag is None:
            piece, end = part.text, start + len(part.text)
        elif tag.kind in _HOLLOW:
            piece, end = value_mark(holes % _HOLES), start + len(tag.tokens[0].text)
            holes += 1
        else:
            continue
        origins.append(Origin(at, source, start, end))
        pieces.append(piece)
        at += len(piece)
    if all(part.tag is None for part in parts):
        return None
    return RenderedSource("".join(pieces), source.name, origins)
