"""Prompts in the cells of tables: CSV and JSON Lines, with their places in the file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError
from impasto.lint.prompts import check_source
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.lint.check import Check

_DELIMITERS: Final = ",;\t"
_QUOTED: Final = re.compile(r'"([^"]*+(?:""[^"]*+)*+)(")?')
_SPACES: Final = re.compile(r"[ \t\r\n]*")
_ESCAPE: Final = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\.")
_NEGATIVE: Final = "negative"


class Cell(NamedTuple):
    """A cell: its text, where that begins and ends in the file, and how it is quoted."""

    text: str
    start: int
    end: int
    kind: str


# CSV


def check_csv(check: Check) -> None:
    """Check the columns of a CSV file that hold prompts.

    Raises:
        FileError: it has none of the columns, or a quoted cell never ends.
    """
    source = check.source
    rows = csv_rows(source, delimiter_of(source))
    header = next(rows, [])
    columns = [(at, cell.text) for at, cell in enumerate(header) if _is_wanted(cell.text, check)]
    if not columns:
        raise _no_column([cell.text for cell in header], check)
    for row in rows:
        for at, name in columns:
            if at < len(row):
                _check_cell(row[at], name, check)


def delimiter_of(source: Source) -> str:
    """Return what separates the cells of the first line most often."""
    if source.name.lower().endswith(".tsv"):
        return "\t"
    first = source.text.partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def csv_rows(source: Source, delimiter: str) -> Iterator[list[Cell]]:
    """Yield the rows of a CSV file, RFC 4180; lines without anything are none.

    Raises:
        FileError: a quoted cell never ends, or something stands behind its end.
    """
    bare = re.compile(rf"[^{re.escape(delimiter)}\n]*")
    text, at = source.text, 0
    row: list[Cell] = []
    while at < len(text):
        cell = _quoted_cell(source, at) if text[at] == '"' else _bare_cell(bare, text, at)
        row.append(cell)
        at = cell.end + (cell.kind == "csv")
        sign = text[at : at + 1]
        if sign not in ("", "\n", delimiter):
            raise FileError(
                "a cell goes on behind its quotes", source.span(at, at + 1), hint=_TWICE
            )
        at += 1
        if sign != delimiter or at == len(text):
            if len(row) > 1 or row[0].text:
                yield row
            row = []


_TWICE: Final = 'a quote inside a quoted cell is written twice: ""'


def _bare_cell(pattern: re.Pattern[str], text: str, at: int) -> Cell:
    found = pattern.match(text, at)
    assert found is not None, "it may be empty"
    return Cell(found[0].rstrip("\r"), at, found.end(), "cell")


def _quoted_cell(source: Source, at: int) -> Cell:
    found = _QUOTED.match(source.text, at)
    assert found is not None, "it begins with a quote"
    if found[2] is None:
        raise FileError("this quoted cell never ends", source.span(at, at + 1), hint=_TWICE)
    return Cell(found[1].replace('""', '"'), found.start(1), found.end(1), "csv")


# JSON Lines


def check_jsonl(check: Check) -> None:
    """Check the keys of JSON Lines that hold prompts; a line may be a text, too.

    A line that is no JSON is an error, and the others are checked all the same.

    Raises:
        FileError: no line has one of the keys.
    """
    source = check.source
    seen: dict[str, None] = {}
    found = False
    for at in source.line_starts:
        end = source.text.find("\n", at)
        line = source.text[at:] if end < 0 else source.text[at:end]
        if not line.strip():
            continue
        try:
            cells = list(json_cells(line, at))
        except (ValueError, RecursionError) as error:
            found = True
            _no_json(error, at, len(line), check)
            continue
        for name, cell in cells:
            seen[name] = None
            if not name or _is_wanted(name, check):
                found = True
                _check_cell(cell, name, check)
    if not found:
        raise _no_column([name for name in seen if name], check)


def json_cells(line: str, at: int) -> Iterator[tuple[str, Cell]]:
    """Yield key and text of every text in the object `line`, which begins at `at` in its file.

    A line that is a text itself has the key "".

    Raises:
        ValueError: it is no JSON.
    """
    start = _skip(line, 0)
    if line[start : start + 1] != "{":
        value, end = _value(line, start)
        if isinstance(value, str):
            yield "", Cell(value, at + start + 1, at + end - 1, "json")
        _refuse_more(line, end)
        return
    sign = "{"
    while sign != "}":
        start = _skip(line, start + 1)
        if sign == "{" and line[start : start + 1] == "}":
            break
        key, start = _key(line, start)
        value, end = _value(line, start)
        if isinstance(value, str):
            yield key, Cell(value, at + start + 1, at + end - 1, "json")
        start = _skip(line, end)
        sign = line[start : start + 1]
        if sign not in (",", "}") or not sign:
            raise json.JSONDecodeError("a comma or } is expected", line, start)
    _refuse_more(line, start + 1)


def _key(line: str, start: int) -> tuple[str, int]:
    """Return the key at `start` and where its value begins."""
    if line[start : start + 1] != '"':
        raise json.JSONDecodeError("a key in double quotes is expected", line, start)
    key, end = _value(line, start)
    colon = _skip(line, end)
    if line[colon : colon + 1] != ":":
        raise json.JSONDecodeError("a colon is expected", line, colon)
    return key, _skip(line, colon + 1)


def _value(line: str, start: int) -> tuple[Any, int]:
    return json.JSONDecoder().raw_decode(line, start)


def _skip(line: str, at: int) -> int:
    found = _SPACES.match(line, at)
    return found.end() if found else at


def _refuse_more(line: str, end: int) -> None:
    if _skip(line, end) < len(line):
        raise json.JSONDecodeError("something stands behind the value", line, end)


def _no_json(error: Exception, at: int, length: int, check: Check) -> None:
    deep = isinstance(error, RecursionError)
    reason = "it is nested too deep" if deep else str(getattr(error, "msg", error))
    start = at + min(getattr(error, "pos", 0), max(length - 1, 0))
    span = check.source.span(start, start + 1)
    message = f"this line is no JSON: {reason[:1].lower()}{reason[1:]}"
    check.add(
        FileError(message, span, hint="a line is an object with a key for the prompt").diagnostic
    )


# Cells


def _is_wanted(column: str, check: Check) -> bool:
    return column.strip() in check.linter.settings.columns


def _check_cell(cell: Cell, column: str, check: Check) -> None:
    if not cell.text.strip():
        return
    check.quotes.append((cell.start, cell.end, cell.kind))
    source = cell_source(cell, check.source)
    check_source(source, check, negative=column.strip().lower().startswith(_NEGATIVE))


def cell_source(cell: Cell, file: Source) -> Source:
    """Return the text of a cell with positions in its file."""
    return Source(cell.text, parent=file, anchors=_anchors(cell, file.text))


def _anchors(cell: Cell, text: str) -> tuple[tuple[int, int], ...]:
    """Return where the characters of a cell stand in the file, for its escapes are longer."""
    found = [(0, cell.start)]
    if len(cell.text) == cell.end - cell.start:
        return tuple(found)
    lost = 0
    for start, end in _escapes(cell, text):
        lost += end - start - 1
        found.append((end - cell.start - lost - 1, start))
        found.append((end - cell.start - lost, end))
    return tuple(found)


def _escapes(cell: Cell, text: str) -> Iterator[tuple[int, int]]:
    """Yield where something stands for one character."""
    pattern = _ESCAPE if cell.kind == "json" else re.compile('""')
    for escape in pattern.finditer(text, cell.start, cell.end):
        yield escape.span()


def _no_column(there: Sequence[str], check: Check) -> FileError:
    wanted = check.linter.settings.columns
    names = [name for name in there if name.strip()]
    near = next((hint for name in wanted if (hint := did_you_mean(name, names))), "")
    known = f"its columns are {', '.join(names[:20])}" if names else "it has no columns"
    hint = f"{near} {known}; name one with --column".strip()
    span = check.source.span(0, 0)
    return FileError(f"there is no column {' or '.join(wanted)}", span, hint=hint)
