"""The filters that templates have beside Jinja's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from impasto.syntax.runs import number
from impasto.templates.marks import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    FilterFunction = Callable[..., Any]


def _data(value: object) -> str:
    from impasto.templates.environment import finalize  # noqa: PLC0415 - it lists these filters

    return finalize(None, value)  # type: ignore[arg-type]


def prompt(value: object) -> Markup:
    """Read the value as prompt syntax: its brackets and weights count."""
    return Markup(clean(str(value)))  # noqa: S704 - no HTML here


def weight(value: object, by: float = 1.1) -> Markup:
    """Give the value the weight `by`; a list gets it as a whole."""
    return Markup(f"({_data(value)}:{number(float(by))})")  # noqa: S704


def phrases(values: Iterable[object], conjunction: str = "") -> Markup:
    """Join a list with commas, the last one with `conjunction` where one is given."""
    items = [_data(value) for value in values]
    if conjunction and len(items) > 1:
        items[-2:] = [f"{items[-2]} {_data(conjunction)} {items[-1]}"]
    return Markup(", ".join(items))  # noqa: S704


def words(value: object) -> str:
    """Return a tag as words: underscores become spaces."""
    return " ".join(str(value).replace("_", " ").split())


def article(value: object) -> str:
    """Return the value with "a" or "an" before it, by its first letter."""
    text = str(value)
    return f"{'an' if text[:1].lower() in 'aeiou' else 'a'} {text}" if text else text


def join(values: Iterable[object], separator: str = "", attribute: str = "") -> str:
    """Join a list; the result is data unless an item is template text."""
    from impasto.templates.environment import joined  # noqa: PLC0415

    if attribute:
        values = (v[attribute] if isinstance(v, dict) else getattr(v, attribute) for v in values)
    return joined(separator, values)


def replace(value: object, old: str, new: str) -> str:
    """Replace `old` by `new` in a text."""
    from impasto.templates.environment import bound  # noqa: PLC0415

    text = value if isinstance(value, str) else str(value)
    bound(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


FILTERS: dict[str, Callable[..., Any]] = {
    "prompt": prompt,
    "weight": weight,
    "phrases": phrases,
    "words": words,
    "article": article,
    "join": join,
    "replace": replace,
}
