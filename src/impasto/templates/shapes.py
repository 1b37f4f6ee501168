"""Templates that differ in their text alone share their code: Jinja reads and compiles it once.

That is sound where nothing in a template takes text as a value. So a template with macros,
captured or filtered text, blocks, includes or loops that call themselves has code of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from impasto.templates.lexed import Lexed

Shape: TypeAlias = "tuple[tuple[int, str, str], ...]"
"""The tokens of a template, its text left out; lines stay, for errors name them."""
Code: TypeAlias = "tuple[CodeType, frozenset[str]]"
"""The code of a template, and the names that it takes from outside."""

_TAGS: Final = frozenset(("if", "elif", "else", "endif", "for", "endfor", "set"))
_UNREAD: Final = ("data", "comment")
_MOST: Final = 256
_codes: OrderedDict[Shape, Code] = OrderedDict()


def shape_of(lexed: Lexed) -> Shape | None:
    """Return what a template shares with others, or None where its text may be a value."""
    before = ""
    found: list[tuple[int, str, str]] = []
    for token in lexed.tokens:
        line, kind, text = token
        if kind == "name" and (
            text == "recursive" or (before == "block_begin" and text not in _TAGS)
        ):
            return None
        if kind != "whitespace":
            before = kind
        found.append((line, kind, "") if kind in _UNREAD else token)
    return tuple(found)


def code_for(shape: Shape, compiled: Callable[[], Code]) -> Code:
    """Return the code of a shape: what `compiled` gives, for the first template that has it."""
    found = _codes.get(shape)
    if found is None:
        found = _codes[shape] = compiled()
        if len(_codes) > _MOST:
            _codes.popitem(last=False)
    return found
