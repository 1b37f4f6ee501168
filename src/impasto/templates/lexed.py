"""The tokens of templates, lexed once for all who want them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import Environment

if TYPE_CHECKING:
    from jinja2.lexer import Lexer

    from impasto.source import Source

OPTIONS = {"trim_blocks": True, "lstrip_blocks": True}
"""How all templates are lexed."""


@lru_cache(maxsize=1)
def _lexer() -> Lexer:
    return Environment(**OPTIONS).lexer  # type: ignore[arg-type] # noqa: S701 - it only lexes


@lru_cache(maxsize=8)
def lex(source: Source) -> list[tuple[int, str, str]]:
    """Return line, kind and text of every token of a template.

    Raises:
        TemplateSyntaxError: Jinja cannot lex it.
    """
    return list(_lexer().tokeniter(source.text, source.name))
