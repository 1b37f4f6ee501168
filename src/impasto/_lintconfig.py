"""The table [lint] of a settings file: what `impasto lint` is told without flags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError
from impasto.lint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from impasto.source import Source, Span

_SEVERITIES: Final = ("error", "warning", "info")


def read(table: object, source: Source, header: tuple[str, ...], folder: Path) -> Settings:
    """Return the settings in `table`, which stands below `header` in the file `source`.

    Raises:
        FileError: an unknown key or a value of the wrong kind, with its place.
    """
    where = _Table(source, header)
    if not isinstance(table, dict):
        raise FileError(
            f"lint: a table is expected, not {table!r}", where.span(header[-1], above=1)
        )
    found: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _CHECKS:
            hint = did_you_mean(name, list(_CHECKS)) or f"known here: {', '.join(_CHECKS)}"
            raise FileError(f'unknown key "lint.{name}"', where.span(name), hint=hint)
        field, check = _CHECKS[name]
        try:
            found[field] = check(value)
        except _EntryError as problem:
            span = where.inner(name).span(problem.key)
            raise FileError(f"lint.{name}: {problem}", span, hint=problem.hint) from None
        except ValueError as problem:
            raise FileError(f"lint.{name}: {problem}", where.span(name)) from None
    if found.get("baseline"):
        found["baseline"] = str(folder / found["baseline"])
    return Settings(**found, root=str(folder))


class _EntryError(ValueError):
    """What is wrong with the value of `key` in a table."""

    def __init__(self, key: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.hint = hint


class _Table:
    """Where the keys of a table stand, as near as their usual spelling shows."""

    def __init__(self, source: Source, header: tuple[str, ...]) -> None:
        self.source = source
        self.header = header

    def inner(self, name: str) -> _Table:
        return _Table(self.source, (*self.header, name))

    def span(self, key: str, above: int = 0) -> Span:
        """Return the span of `key`; with `above` the header may lack its last names."""
        text, header = self.source.text, self.header[: len(self.header) - above]
        dots = r"[ \t]*\.[ \t]*".join(rf"""["']?{re.escape(name)}["']?""" for name in header)
        found = re.search(rf"^[ \t]*\[[ \t]*{dots}[ \t]*(?=[.\]])", text, re.MULTILINE)
        start = found.end() if found and header else 0
        at = re.compile(rf"""(?<![\w-])(["']?)({re.escape(key)})\1(?=[ \t]*[=.\]])""").search(
            text, start
        )
        return self.source.span(*at.span(2)) if at else self.source.span(start, start)


def _selectors(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(item.strip() for item in value)
    raise ValueError(f'a list of codes or names of rules is expected, as ["IMP101"], not {value!r}')


def _names(example: str) -> Callable[[object], tuple[str, ...]]:
    def check(value: object) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and items and all(isinstance(i, str) and i for i in items):
            return tuple(items)
        raise ValueError(f'a list of texts is expected, such as ["{example}"], not {value!r}')

    return check


def _text(example: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        raise ValueError(f'a text is expected, such as "{example}", not {value!r}')

    return check


def _dialect(value: object) -> str:
    from impasto.dialects import DIALECTS, names  # noqa: PLC0415 - only where one is named
    from impasto.lint.settings import CANONICAL  # noqa: PLC0415

    name = _text("a1111")(value)
    if name != CANONICAL and name not in DIALECTS and name not in names():
        known = (CANONICAL, *names())
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        raise ValueError(f'unknown dialect "{name}"; {hint}')
    return name


def _severity(value: object) -> str:
    if value in _SEVERITIES:
        return str(value)
    hint = did_you_mean(str(value), _SEVERITIES)
    raise ValueError(f"{' or '.join(_SEVERITIES)} is expected, not {value!r}; {hint}".rstrip("; "))


def _table(check: Callable[[object], Any]) -> Callable[[object], tuple[tuple[str, Any], ...]]:
    """Return the check of a table whose values `check` accepts."""

    def entries(value: object) -> tuple[tuple[str, Any], ...]:
        if not isinstance(value, dict):
            raise ValueError(f"a table is expected, not {value!r}")  # noqa: TRY004 - one kind here
        found = []
        for key, item in value.items():
            try:
                found.append((key, check(item)))
            except ValueError as problem:
                raise _EntryError(key, f"{key}: {problem}") from None
        return tuple(found)

    return entries


_CHECKS: Final[dict[str, tuple[str, Callable[[object], Any]]]] = {
    "select": ("select", _selectors),
    "extend-select": ("extend_select", _selectors),
    "ignore": ("ignore", _selectors),
    "per-file-ignores": ("per_file_ignores", _table(_selectors)),
    "severity": ("severity", _table(_severity)),
    "targets": ("targets", _names("flux-dev")),
    "dialect": ("dialect", _dialect),
    "per-file-dialects": ("per_file_dialects", _table(_dialect)),
    "column": ("columns", _names("prompt")),
    "baseline": ("baseline", _text("impasto-baseline.json")),
}
"""Key of the table -> field of `Settings` and what checks its value."""
