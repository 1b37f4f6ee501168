"""`impasto lsp`: the language server, for editors."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO


@click.command()
@click.option(
    "--stdio", is_flag=True, help="Talk over standard input and output, as it always does."
)
def lsp(stdio: bool) -> int:  # noqa: ARG001 - clients say it, and there is nothing else
    """Serve an editor over standard input and output (Language Server Protocol).

    It checks prompts, templates and style packs while they are typed. docs/editors.md has the
    settings for VS Code, Neovim, Helix, Zed and Emacs.
    """
    try:
        from impasto.lsp.features import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise ImpastoError(
            "the language server needs pygls\n  hint: pip install 'impasto[lsp]'"
        ) from error
    with _own_streams() as (stdin, stdout):
        return serve().run(stdin, stdout)


@contextmanager
def _own_streams() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Give the protocol the standard streams for itself; what others print goes to the errors."""
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    sys.stdout.flush()
    os.dup2(2, 1)
    try:
        yield stdin, stdout
    finally:
        stdin.close()
        if not stdout.closed:
            stdout.close()
