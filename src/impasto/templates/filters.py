"""The filters that templates have: our own, and those of Jinja that cannot do harm."""

from __future__ import annotations

import math
import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from jinja2.filters import FILTERS as JINJA
from jinja2.utils import pass_environment
from markupsafe import Markup

from impasto.syntax.runs import number
from impasto.templates.marks import SLOT, clean
from impasto.templates.run import RUN, bound
from impasto.templates.text import Slot, counted, joined, plain, spelled, text_or_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2 import Environment

_KEPT = (
    *("abs", "d", "default", "dictsort", "first", "groupby", "items", "last", "lower", "map"),
    *("max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "trim"),
    *("unique", "upper"),
)
_MEASURED = ("count", "float", "int", "length", "wordcount")
_SHORT_TAG = 3
_FIRST_LETTER = re.compile("[\U000f0000-\U0010ffff]*(.)", re.DOTALL)


def prompt(value: object) -> Markup:
    """Read the value as prompt syntax: its brackets and weights count. A list gives phrases."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Slot):
        return Markup(SLOT)  # noqa: S704
    return Markup(clean(spelled(value)))  # noqa: S704 - no HTML here


def weight(value: object, by: float | str = 1.1) -> Markup:
    """Give the value the weight `by`; a list gets it as a whole."""
    try:
        factor = float(plain(by))
    except ValueError:
        factor = math.nan
    if not math.isfinite(factor):
        raise ValueError(f'"{by}" is no weight; write a number, such as weight(1.2)')
    return Markup(f"({text_or_data(value)}:{number(factor)})")  # noqa: S704


def phrases(values: Iterable[object] | str, conjunction: str = "") -> Markup:
    """Join a list with commas, the last one with `conjunction` where one is given.

    What says nothing is left out.
    """
    several = [values] if isinstance(values, str) else counted(values)
    items = [text_or_data(value) for value in several if not _is_blank(value)]
    if conjunction and len(items) > 1:
        items[-2:] = [f"{items[-2]} {text_or_data(conjunction)} {items[-1]}"]
    return Markup(", ".join(items))  # noqa: S704


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not plain(value).strip())


def words(value: object) -> Any:
    """Return a tag as words: underscores become spaces, but not in an emoticon such as o_o."""
    if isinstance(value, (list, tuple)):
        return [words(item) for item in value]
    text = spelled(plain(value))
    return text if len(text) <= _SHORT_TAG else " ".join(text.replace("_", " ").split())


def article(value: object) -> str:
    """Return the value with "a" or "an" before it, by its first letter."""
    first = spelled(plain(value))[:1]
    if not first:
        return ""
    return joined(" ", ("an" if first.lower() in "aeiou" else "a", value))


def join(values: Iterable[object], separator: str = "", attribute: str = "") -> str:
    """Join a list; the result is data unless an item is template text."""
    if attribute:
        values = (v[attribute] if isinstance(v, dict) else getattr(v, attribute) for v in values)
    return joined(separator, values)


def replace(value: object, old: str, new: str) -> str:
    """Replace `old` by `new`; in template text what is put in stays data."""
    text = value if isinstance(value, str) else spelled(value)
    bound(len(text) + text.count(old) * len(new))
    if not isinstance(text, Markup):
        return text.replace(old, str(new))
    return Markup(str(text).replace(old, text_or_data(new)))  # noqa: S704


def truncate(value: object, length: int = 255, killwords: bool = False, end: str = "...") -> str:
    """Cut a text after `length` characters, at a space unless `killwords`, and write `end`."""
    text = spelled(plain(value))
    if len(text) <= length:
        return text
    cut = text[: max(length - len(end), 0)]
    return (cut if killwords else cut.rsplit(" ", 1)[0]) + end


def capitalize(value: object) -> str:
    """Write the first letter large and the others small."""
    if not isinstance(value, Markup):
        return spelled(value).capitalize()
    text = str(value).lower()
    return Markup(_FIRST_LETTER.sub(lambda m: m[0].upper(), text, count=1))  # noqa: S704


def title(value: object) -> str:
    """Write the first letter of every word large."""
    return value.title() if isinstance(value, Markup) else JINJA["title"](value)


def string(value: object) -> str:
    """Return a value as text."""
    return value if isinstance(value, Markup) else spelled(value)


def rounded(value: float, precision: int = 0, method: str = "common") -> float:
    """Round a number as Jinja does."""
    if not -20 <= precision <= 20:
        raise ValueError("round keeps between -20 and 20 digits")
    return JINJA["round"](value, precision, method)  # type: ignore[no-any-return]


@pass_environment
def total(
    environment: Environment,
    values: Iterable[Any],
    attribute: str | int | None = None,
    start: float = 0,
) -> float:
    """Add up numbers."""
    if not isinstance(start, (int, float)):
        raise TypeError("sum adds numbers; put texts together with join")
    return JINJA["sum"](environment, counted(values), attribute, start)  # type: ignore[no-any-return]


def batch(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Cut a list into lists of `size`."""
    return JINJA["batch"](counted(values), size)  # type: ignore[no-any-return]


def listed(value: Iterable[Any]) -> list[Any]:
    """Return a list of the items, or of the characters of a text."""
    return list(counted(plain(value)))


def _on_plain(name: str) -> Callable[..., Any]:
    original = JINJA[name]
    return lambda value, *args, **named: original(plain(value), *args, **named)


def _watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the filter, each use of it counted and timed: one alone can go through a long list."""

    @wraps(function)
    def filtered(*args: Any, **named: Any) -> Any:
        run = RUN.get()
        run.turn()
        run.watch()
        return function(*args, **named)

    return filtered


_ALL: dict[str, Callable[..., Any]] = {
    **{name: JINJA[name] for name in _KEPT},
    **{name: _on_plain(name) for name in _MEASURED},
    "article": article,
    "batch": batch,
    "capitalize": capitalize,
    "join": join,
    "list": listed,
    "phrases": phrases,
    "prompt": prompt,
    "replace": replace,
    "round": rounded,
    "string": string,
    "sum": total,
    "title": title,
    "truncate": truncate,
    "weight": weight,
    "words": words,
}
FILTERS = {name: _watched(function) for name, function in _ALL.items()}
