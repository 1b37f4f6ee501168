"""Templates that differ in their text alone share their code: Jinja reads and compiles it once.

That is sound where nothing in a template takes text as a value. So a template with macros,
captured or filtered text, blocks, includes or loops that call themselves has code of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeAlias

from impasto.templates.lexed import COMMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType

    from impasto.templates.lexed import Part

Shape: TypeAlias = "tuple[tuple[int, str], ...]"
"""The tags of a template, and "" for text; lines are in it, for errors name them."""
Code: TypeAlias = "tuple[CodeType, frozenset[str]]"
"""The code of a template, and the names that it takes from outside."""

MOST: Final = 256
"""So many shapes are remembered."""
_codes: OrderedDict[Shape, Code] = OrderedDict()


def shape_of(parts: Iterable[Part]) -> Shape | None:
    """Return what a template shares with others, or None where its text may be a value."""
    found: list[tuple[int, str]] = []
    for part in parts:
        if part.tag is None:
            found.append((part.line, ""))
        elif part.tag.takes_text:
            return None
        elif part.tag.kind != COMMENT:
            found.append((part.line, part.text))
    return tuple(found)


def code_for(shape: Shape, compiled: Callable[[], Code]) -> Code:
    """Return the code of a shape: what `compiled` gives, for the first template that has it."""
    found = _codes.get(shape)
    if found is None:
        found = _codes[shape] = compiled()
        if len(_codes) > MOST:
            _codes.popitem(last=False)
    return found
