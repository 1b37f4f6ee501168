"""Where a prompt comes from: TEXT of the command line, a file, the standard input."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from impasto.errors import FileError

_NO_PROMPT = 'no prompt: give it as TEXT, with -f FILE or through a pipe ("-")'
_PROMPT_FILE = ".prompt"


def given_text(text: str | None, file: str | None) -> str:
    """Return a prompt as it stands: TEXT, the content of a file, or the standard input.

    Raises:
        click.UsageError: no prompt, or two.
        FileError: a file or the standard input cannot be read.
    """
    source = given_source(text, file)
    if isinstance(source, str):
        return source
    from impasto.compose.api import read_text

    return read_text(source).rstrip("\n")


def given_source(text: str | None, file: str | None) -> str | Path:
    """Return the prompt: TEXT or the standard input as text, a file that is named as its path.

    Raises:
        click.UsageError: no prompt, or two.
        FileError: a file is not there, or the standard input cannot be read.
    """
    if file is not None:
        if text is not None:
            raise click.UsageError("give the prompt as TEXT or with -f FILE, not both")
        return Path(file)
    if text == "-" or (text is None and not sys.stdin.isatty()):
        text = _standard_input()
        if not text.strip():
            raise click.UsageError(_NO_PROMPT)
        return text.rstrip("\n")
    if not text or not text.strip():
        raise click.UsageError(_NO_PROMPT)
    return _file_named(text) or text


def _file_named(text: str) -> Path | None:
    """Return the file that TEXT names; None where it is a prompt.

    It names a file if it ends in .prompt, or is one word that leads to a folder that is there.

    Raises:
        FileError: there is no such file.
    """
    is_path = "/" in text.rstrip("/") and not re.search(r"\s", text) and _exists(Path(text).parent)
    if not is_path and not (text.endswith(_PROMPT_FILE) and "\n" not in text):
        return None
    path = Path(text)
    if not _exists(path):
        from impasto.compose.api import near_files

        hint = near_files(path) or 'a prompt that is spelt so goes through a pipe ("-")'
        raise FileError(f"there is no file {text}", hint=hint)
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # longer than a name can be, or with a character that none has
        return False


def _standard_input() -> str:
    try:
        data: bytes = sys.stdin.buffer.read()
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise FileError("standard input is not UTF-8 text") from error
