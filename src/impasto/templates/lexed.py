"""The tokens of templates, lexed once for all who want them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment

if TYPE_CHECKING:
    from jinja2.lexer import Lexer

    from impasto.source import Source

OPTIONS = {"trim_blocks": True, "lstrip_blocks": True}
"""How all templates are lexed."""


class Lexed(NamedTuple):
    """Line, kind and text of every token of a template, and where each begins."""

    tokens: list[tuple[int, str, str]]
    starts: list[int]


class Piece(NamedTuple):
    """Text of a template, or else an expression, at [start, end) of `source`."""

    source: Source
    start: int
    end: int
    is_text: bool


@lru_cache(maxsize=1)
def _lexer() -> Lexer:
    return Environment(**OPTIONS).lexer  # type: ignore[arg-type] # noqa: S701 - it only lexes


@lru_cache(maxsize=8)
def lex(source: Source) -> Lexed:
    """Return the tokens of a template.

    Raises:
        TemplateSyntaxError: Jinja cannot lex it.
    """
    tokens = list(_lexer().tokeniter(source.text, source.name))
    find, starts, at = source.text.index, [], 0
    for _line, _kind, text in tokens:
        at = find(text, at)
        starts.append(at)
        at += len(text)
    return Lexed(tokens, starts)


def pieces(source: Source) -> list[Piece]:
    """Return the pieces of text and the expressions of a template, in order.

    Raises:
        TemplateSyntaxError: Jinja cannot lex it.
    """
    found: list[Piece] = []
    for (_line, kind, text), at in zip(*lex(source), strict=True):
        if kind in ("data", "variable_begin"):
            found.append(Piece(source, at, at + len(text), kind == "data"))
        elif kind == "variable_end":
            found[-1] = found[-1]._replace(end=at + len(text))
    return found
