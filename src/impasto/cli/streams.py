"""The standard streams: any text can be written to them, and a reader may go."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # what type checkers take for true; importing typing takes longer than all

if TYPE_CHECKING:
    from typing import NoReturn, TextIO


def survive_any_text() -> None:
    """Write "?" for what the terminal's encoding cannot say, and nothing where a stream is closed."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open as long as we run


def leave_quietly() -> NoReturn:
    """End after the reader has gone: nothing more is written, not even at shutdown."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
