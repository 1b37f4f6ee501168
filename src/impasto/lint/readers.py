"""Rules for what is found by others than the linter: their pages and cases.

Readers of dialects (IMP5…) find something wherever a text is read in their dialect; the import of
style collections (IMP32…) in the files of other programs. The data are in `data`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from impasto.lint.rule import Case, Rule

_DATA: Final = Path(__file__).parent / "data"
_FILES: Final = ("readers.toml", "exchange.toml")
_PAGE: Final = """{summary}

## What it does

{what}

## Why is this bad?

{why}

## Example

```
{bad}
```

{where}

## Use instead

```
{good}
```
"""


def rules() -> list[type[Rule]]:
    """Return the rules in the order of their codes."""
    return [_rule(code, row) for code, row in sorted(rows().items())]


def __getattr__(name: str) -> type[Rule]:
    row = rows().get(name)
    if row is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _rule(name, row)


@cache
def rows() -> dict[str, dict[str, Any]]:
    """Return the data of every rule by its code; those of imports have a `format`."""
    import tomllib  # noqa: PLC0415 - only pages need them

    texts = ((_DATA / name).read_text(encoding="utf-8") for name in _FILES)
    return {code: row for text in texts for code, row in tomllib.loads(text).items()}


def _rule(code: str, row: dict[str, Any]) -> type[Rule]:
    members = {
        "__module__": __name__,
        "code": code,
        "name": row["name"],
        "severity": row["severity"],
        **(_imported(row) if "format" in row else _read(row)),
    }
    return type(code, (Rule,), members)


def _read(row: dict[str, Any]) -> dict[str, Any]:
    dialect = row["dialect"]
    return {
        "__doc__": _PAGE.format(**row, where=f"In `--dialect {dialect}`."),
        "in_dialects": True,
        "VALID": (Case(row["good"], dialect=dialect),),
        "INVALID": (Case(row["bad"], row["span"], dialect=dialect),),
    }


def _imported(row: dict[str, Any]) -> dict[str, Any]:
    given = f" --license {row['license']}" if "license" in row else ""
    shown = {**row, "bad": row["bad"].strip(), "good": row["good"].strip()}
    where = f"`impasto styles import` says it of such a file (`--from {row['format']}`)."
    page = _PAGE.format(**shown, where=where)
    return {"__doc__": f"{page}\nImport it with `{given.strip()}`.\n" if given else page}
