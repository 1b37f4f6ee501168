"""Rows of a Parquet file for `impasto batch`, a batch of rows at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.cli.batchlines import BadLineError, checked_columns
from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 256
"""Rows in memory at once; a group of rows may be as large as its file."""


def count(file: str) -> int:
    """Return how many rows a file has; only its end is read.

    Raises:
        FileError: as `rows`.
    """
    with _opened(file) as found:
        rows: int = found.metadata.num_rows
    return rows


def rows(file: str) -> Iterator[tuple[int, dict[str, Any] | BadLineError]]:
    """Yield the rows of a file with their numbers, from 1; what is null is left out.

    Raises:
        FileError: it cannot be read, has no column "prompt" or one that nobody reads, or pyarrow
            is missing.
    """
    with _opened(file) as found:
        checked_columns(file, found.schema_arrow.names)
        number = 0
        for batch in _batches(file, found):
            for row in batch.to_pylist():
                number += 1
                yield number, _row(row)


def _opened(file: str) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise FileError(
            f"reading {file} needs pyarrow, which is not installed",
            hint='pip install "impasto[parquet]"',
        ) from error
    try:
        Path(file).open("rb").close()  # whose error says in words what is wrong
        return parquet.ParquetFile(file)
    except pa.ArrowException as error:
        raise FileError(f"{file} is no Parquet file: {_said(error)}") from error
    except OSError as error:
        from impasto.compose.api import unreadable

        raise unreadable(Path(file), error) from error


def _batches(file: str, found: Any) -> Iterator[Any]:
    import pyarrow as pa

    try:
        yield from found.iter_batches(ROWS, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FileError(f"{file} is damaged: {_said(error)}") from error


def _said(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def _row(row: dict[str, Any]) -> dict[str, Any] | BadLineError:
    found = {name: value for name, value in row.items() if value not in (None, "", [])}
    given = found.get("parameters")
    if isinstance(given, str):
        return _with_json(found, given)
    if isinstance(given, list):  # Arrow's map: pairs
        found["parameters"] = dict(given)
    if isinstance(given, dict):  # a struct has all its fields in every row
        found["parameters"] = {name: one for name, one in given.items() if one is not None}
    return found


def _with_json(found: dict[str, Any], text: str) -> dict[str, Any] | BadLineError:
    try:
        return {**found, "parameters": json.loads(text)}
    except ValueError:
        return BadLineError(
            f'"{text}" are no parameters',
            hint='a column "parameters" holds JSON objects or structs: {"steps": 30}',
        )
