"""Prompts as JSON Lines: one in each line, one answer in each line, however many there are."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

import click

from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Callable

FAILED = 2


class Record(NamedTuple):
    """A prompt of a file, and the number of its line, counted from 1."""

    line: int
    prompt: str
    negative: str = ""


jsonl_option = click.option(
    "--jsonl",
    is_flag=True,
    help='The input is JSON Lines: {"prompt": …, "negative": …} or a text in each line.',
)


def answer(text: str | None, file: str | None, form: str, work: Callable[[Record], object]) -> int:
    """Write what `work` returns for every line of the input, a line each, and return the exit code.

    A line that is no prompt, or that `work` fails on, becomes an object with an `error`; the
    others go on, and the exit code is 2.

    Raises:
        click.UsageError: there is a text beside, or an output that is not one line each.
        FileError: the file cannot be read.
    """
    if text not in (None, "-"):
        raise click.UsageError("--jsonl takes the prompts from -f FILE or standard input, not TEXT")
    if form == "json":
        raise click.UsageError("--jsonl writes a line for each line: --format jsonl")
    write = line_writer()
    code = 0
    with _opened(file) as stream:
        for number, raw in enumerate(stream, 1):
            if not raw.strip():
                continue
            try:
                write(work(_record(number, raw)))
            except (ImpastoError, _BadLineError) as error:
                code = FAILED
                write(_problem(number, error))
    return code


class _BadLineError(Exception):
    """A line that is no prompt."""


def _record(number: int, raw: bytes) -> Record:
    try:
        found = json.loads(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
    except (ValueError, RecursionError) as error:
        raise _BadLineError(f"this is no JSON: {error}") from None
    if isinstance(found, str):
        return Record(number, found)
    if not isinstance(found, dict) or not isinstance(found.get("prompt"), str):
        raise _BadLineError('a line is a text or an object with a text "prompt"')
    negative = found.get("negative") or ""
    if not isinstance(negative, str):
        raise _BadLineError('"negative" is a text')
    return Record(number, found["prompt"], negative)


def _problem(number: int, error: Exception) -> dict[str, object]:
    kind = "BadLine" if isinstance(error, _BadLineError) else type(error).__name__
    return {"format": 1, "line": number, "error": {"type": kind, "message": str(error)}}


def _opened(file: str | None) -> AbstractContextManager[BinaryIO]:
    if file is None or file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        from impasto.compose.api import unreadable

        raise unreadable(Path(file), error) from error


def line_writer(stream: TextIO | None = None) -> Callable[[object], None]:
    """Return a function that writes an object in a line, to standard output or to `stream`.

    The stream is flushed as it fills up.
    """
    out = stream or sys.stdout
    encoding = (getattr(out, "encoding", "") or "").lower().replace("-", "")
    encode = json.JSONEncoder(
        ensure_ascii=encoding not in ("utf8", "utf16"), allow_nan=False, default=str
    ).encode

    def write(data: object) -> None:
        text = encode(data)
        if not text.isascii():
            text = text.encode("utf-8", "backslashreplace").decode()
        out.write(f"{text}\n")

    return write
