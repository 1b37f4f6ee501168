"""Rules for what the readers of other dialects find (IMP5…): their pages and cases.

The findings come from the readers themselves, wherever a text is read in their dialect; the data
are in `data/readers.toml`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from impasto.lint.rule import Case, Rule

_DATA: Final = Path(__file__).parent / "data" / "readers.toml"
_PAGE: Final = """{summary}

## What it does

{what}

## Why is this bad?

{why}

## Example

```
{bad}
```

In `--dialect {dialect}`.

## Use instead

```
{good}
```
"""


def rules() -> list[type[Rule]]:
    """Return the rules in the order of their codes."""
    return [_rule(code, row) for code, row in sorted(_rows().items())]


def __getattr__(name: str) -> type[Rule]:
    row = _rows().get(name)
    if row is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _rule(name, row)


@cache
def _rows() -> dict[str, dict[str, Any]]:
    import tomllib  # noqa: PLC0415 - only pages need them

    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def _rule(code: str, row: dict[str, Any]) -> type[Rule]:
    dialect = row["dialect"]
    members = {
        "__doc__": _PAGE.format(**row),
        "__module__": __name__,
        "code": code,
        "name": row["name"],
        "severity": row["severity"],
        "in_dialects": True,
        "VALID": (Case(row["good"], dialect=dialect),),
        "INVALID": (Case(row["bad"], row["span"], dialect=dialect),),
    }
    return type(code, (Rule,), members)
