"""Text files for `impasto batch`: JSON Lines and CSV, a prompt in each line."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError, ImpastoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

KEYS = ("prompt", "negative", "model", "style", "styles", "seed", "parameters", "output")
STDIN = "-"
_MARK = b"\xef\xbb\xbf"


class BadLineError(ImpastoError):
    """A line that is no image to make; `hint` is what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def objects(file: str) -> Iterator[tuple[int, dict[str, Any] | BadLineError]]:
    """Yield the lines of a file with their numbers, from 1; "-" is the standard input.

    Empty lines are left out. A line is the object in it, or the error that says why there is none.

    Raises:
        FileError: the file cannot be read, or has no column "prompt".
    """
    name = "standard input" if file == STDIN else file
    with _opened(file) as stream:
        yield from _objects(file, name, stream)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == STDIN:
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        from impasto.compose.api import unreadable

        raise unreadable(Path(file), error) from error


def _objects(
    file: str, name: str, stream: BinaryIO
) -> Iterator[tuple[int, dict[str, Any] | BadLineError]]:
    head: list[bytes] = []
    for raw in stream:
        head.append(raw.removeprefix(_MARK) if not head else raw)
        if raw.strip():
            break
    if not head:
        return
    read = _json_lines if _is_json(file, head[-1]) else _rows
    yield from read(name, chain(head, stream))


def _is_json(file: str, first: bytes) -> bool:
    """Whether a file is JSON Lines: by its name, else by its first line."""
    suffix = Path(file).suffix.lower()
    if suffix in (".csv", ".jsonl", ".ndjson"):
        return suffix != ".csv"
    if first.lstrip()[:1] in (b"{", b"["):
        return True
    try:
        return isinstance(json.loads(first), str)
    except ValueError:
        return False


def _json_lines(
    _name: str, raws: Iterable[bytes]
) -> Iterator[tuple[int, dict[str, Any] | BadLineError]]:
    for at, raw in enumerate(raws, 1):
        if raw.strip():
            yield at, _object(raw)


def _object(raw: bytes) -> dict[str, Any] | BadLineError:
    try:
        found = json.loads(raw)
    except json.JSONDecodeError as error:
        return BadLineError(f"this is no JSON: {error.msg} at character {error.pos + 1}")
    except (ValueError, RecursionError) as error:
        return BadLineError(f"this is no JSON: {error}")
    if isinstance(found, str):
        return {"prompt": found}
    if isinstance(found, dict):
        return found
    return BadLineError("a line is a text or an object", hint='write {"prompt": "…"} in each line')


def _rows(name: str, raws: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any] | BadLineError]]:
    reader = csv.reader(raw.decode("utf-8") for raw in raws)
    head: list[str] = []
    while True:
        at = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            what = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
            raise FileError(f"{name}:{at}: this is no CSV: {what}") from error
        if not any(cell.strip() for cell in cells):
            continue
        if head:
            yield at, _row(head, cells)
        else:
            head = checked_columns(name, cells)


def checked_columns(name: str, cells: Sequence[str]) -> list[str]:
    """Return the names of columns.

    Raises:
        FileError: there is one that nobody reads, or no "prompt".
    """
    head = [cell.strip() for cell in cells]
    for column in head:
        if column not in KEYS:
            hint = did_you_mean(column, KEYS) or f"columns are {', '.join(KEYS)}"
            raise FileError(f'{name}: there is no column "{column}"', hint=hint)
    if "prompt" not in head:
        raise FileError(
            f'{name}: the column "prompt" is missing', hint=f"columns are {', '.join(KEYS)}"
        )
    return head


def _row(head: list[str], cells: list[str]) -> dict[str, Any] | BadLineError:
    if len(cells) > len(head):
        return BadLineError(
            f"{len(cells)} cells, and the first row has {len(head)}",
            hint='put a text with commas in quotes: "a fox, in the snow"',
        )
    found: dict[str, Any] = {
        column: cell.strip() for column, cell in zip(head, cells, strict=False) if cell.strip()
    }
    for column in ("style", "styles"):
        if column in found:
            found[column] = _cut(found[column])
    if found.get("seed", "").isdecimal():
        found["seed"] = int(found["seed"])
    if "parameters" in found:
        return _with_parameters(found)
    return found


def _with_parameters(found: dict[str, Any]) -> dict[str, Any] | BadLineError:
    """Read the cell of the parameters: a JSON object, or "size=512x512; steps=20"."""
    import click

    from impasto.cli.inputs import read_parameters

    text = found["parameters"]
    try:
        told = json.loads(text) if text.startswith("{") else read_parameters(_cut(text))
    except (ValueError, click.UsageError):
        return BadLineError(
            f'"{text}" are no parameters', hint='write "size=512x512; steps=20", or a JSON object'
        )
    return {**found, "parameters": told}


def _cut(text: str) -> list[str]:
    return [part.strip() for part in text.replace(",", ";").split(";") if part.strip()]
