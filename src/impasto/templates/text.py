"""Template text and data: what an expression gives is data, what macros and blocks give is text.

Template text is `Markup`, which Jinja makes of captured blocks anyway; nothing here is HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, KeysView, Mapping, ValuesView
from enum import Enum
from numbers import Number
from typing import TYPE_CHECKING, Any

from jinja2.runtime import Context, Undefined
from jinja2.utils import pass_context
from markupsafe import Markup

from impasto.templates.marks import PIECE, SLOT, VALUE, clean, value_index
from impasto.templates.run import RUN, bound

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN_SEPARATOR = re.compile("[ ,，、]*")
_LISTS = (list, tuple, range, Iterator, KeysView, ValuesView)


class Slot:
    """The prompt that a style wraps. It can be put somewhere, not be looked into."""

    __slots__ = ()

    def __str__(self) -> str:
        raise TypeError("a style can place and weigh the prompt, not change its text")


SLOT_VALUE = Slot()


def data(value: object) -> str:
    """Return the character that stands for `value`; a list gives one for each item."""
    if value.__class__ is str:
        return RUN.get().keep(clean(value))
    if isinstance(value, Slot):
        return SLOT
    if value is None:
        return ""
    if isinstance(value, _LISTS):
        return ", ".join([_item(item) for item in value])
    return RUN.get().keep(clean(spelled(value)))


def _item(value: object) -> str:
    RUN.get().turn()
    return value if isinstance(value, Markup) else data(value)


def spelled(value: object) -> str:
    """Return a value as a plain string.

    Raises:
        TypeError: it is nothing that a prompt could say.
    """
    if isinstance(value, Undefined):
        return str(value)  # raises with the name
    if isinstance(value, Enum):
        return spelled(value.value)
    if isinstance(value, (str, Number)):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, _LISTS):
        return ", ".join([spelled(item) for item in counted(value)])
    raise TypeError(_unspeakable(value))


def _unspeakable(value: object) -> str:
    if isinstance(value, Mapping):
        names = ", ".join(str(key) for key in list(value)[:8])
        return f"a mapping cannot be put into a prompt; put in one of its parts: {names}"
    if isinstance(value, (set, frozenset)):
        return "a set has no order and would give another prompt each time; make it a list"
    return f"a {type(value).__name__} cannot be put into a prompt; name one of its parts"


def counted(items: Iterable[Any]) -> Iterator[Any]:
    """Yield `items`, every turn counted."""
    turn = RUN.get().turn
    for item in items:
        turn()
        yield item


@pass_context
def finalize(_context: Context, value: object) -> str:
    """Template text passes, everything else is data."""
    return value if isinstance(value, Markup) else data(value)


def text_or_data(value: object) -> str:
    """Return what a filter puts into template text for `value`."""
    return value if isinstance(value, Markup) else data(value)


def joined(separator: str, parts: Iterable[object]) -> str:
    """Join texts: data as long as every part is, else template text with data marked."""
    texts = list(counted(parts))
    if not any(isinstance(part, (Markup, Slot)) for part in (separator, *texts)):
        found = separator.join([spelled(part) for part in texts])
        bound(len(found))
        return found
    if not _PLAIN_SEPARATOR.fullmatch(separator):
        separator = text_or_data(separator)
    found = str(separator).join([text_or_data(part) for part in texts])
    bound(len(found))
    return Markup(found)  # noqa: S704 - no HTML here


def plain(value: Any) -> Any:
    """Return template text as the string that a reader sees, to compare and to measure."""
    if not isinstance(value, Markup):
        return value
    values = RUN.get().values
    return VALUE.sub(lambda mark: values[value_index(mark[0])], PIECE.sub("", str(value)))


def unmarked(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return values without `Markup`: what a caller gives is data, whatever its class says."""
    return {n: v if v.__class__ is str else _unmarked(v) for n, v in values.items()}


def _unmarked(value: Any) -> Any:
    if isinstance(value, Markup):
        return str(value)
    if value.__class__ is list or value.__class__ is tuple:
        return _unmarked_list(value)
    if value.__class__ is dict:
        return {key: _unmarked(part) for key, part in value.items()}
    return value


def _unmarked_list(value: Sequence[Any]) -> Sequence[Any]:
    if all(item.__class__ is str for item in value):
        return value
    return type(value)([_unmarked(item) for item in value])  # type: ignore[call-arg]
