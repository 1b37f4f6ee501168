"""Templates as their author wrote them: names, filters, and the text between the tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.views import Name, TemplateView
from impasto.templates.lexed import lex
from impasto.templates.marks import value_mark
from impasto.templates.origins import Origin, RenderedSource

if TYPE_CHECKING:
    from impasto.source import Source

_HOLES = 0xFFF0  # so many marks of values there are
_LOADERS = frozenset(("include", "import", "extends", "from"))


def view_of(source: Source) -> TemplateView:
    """Return what rules see of a template."""
    names: list[Name] = []
    filters: list[Name] = []
    includes = False
    before = ""
    for (_line, kind, text), start in zip(*lex(source), strict=True):
        if kind == "whitespace":
            continue
        if kind == "name":
            name = Name(text, source.span(start, start + len(text)))
            if before == "|":
                filters.append(name)
            elif before != ".":
                names.append(name)
            includes = includes or (before == "{%" and text in _LOADERS)
        before = text[:2] if kind == "block_begin" else text
    return TemplateView(source, tuple(names), tuple(filters), includes)


def own_text(source: Source) -> RenderedSource | None:
    """Return the text between the tags of a template, all branches in a row; None without tags.

    A tag becomes one opaque character, so brackets around it are not empty; each its own, as
    what they stand for is not known to be the same.
    """
    pieces: list[str] = []
    origins = [Origin(0, source, 0, 0)]
    at = holes = 0
    tags = False
    for (_line, kind, text), start in zip(*lex(source), strict=True):
        tags = tags or kind != "data"
        if kind in ("variable_begin", "block_begin"):
            piece = value_mark(holes % _HOLES)
            holes += 1
        elif kind == "data":
            piece = text
        else:
            continue
        origins.append(Origin(at, source, start, start + len(text)))
        pieces.append(piece)
        at += len(piece)
    return RenderedSource("".join(pieces), source.name, origins) if tags else None
