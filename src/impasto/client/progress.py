"""A progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINES = 10


@contextmanager
def bar(
    total: int | None = None, *, file: TextIO | None = None, label: str = "images"
) -> Iterator[Callable[[int, int], None]]:
    """Show how far a batch is, on `file` (standard error), and yield `advance(done, failed)`.

    `done` counts all that have ended, the failed ones too; that is the form of the clients'
    `batch(progress=)`. Without a terminal at most about ten lines are written for a known total.
    """
    stream = file or sys.stderr
    if stream.isatty():
        with _drawn(total, stream, label) as advance:
            yield advance
    else:
        yield _lines(total, stream, label)


def _lines(total: int | None, stream: TextIO, label: str) -> Callable[[int, int], None]:
    every = max((total or 0) // LINES, 1)

    def advance(done: int, failed: int) -> None:
        if done % every and done != total:
            return
        of = f"/{total}" if total is not None else ""
        print(
            f"{done}{of} {label}{f', {failed} failed' if failed else ''}", file=stream, flush=True
        )

    return advance


@contextmanager
def _drawn(total: int | None, stream: TextIO, label: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console  # noqa: PLC0415 - rich only to draw
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    failures = TextColumn("[red]{task.fields[failed]}")
    with Progress(*columns, failures, console=Console(file=stream)) as progress:
        task = progress.add_task(label, total=total, failed="")

        def advance(done: int, failed: int) -> None:
            note = f"{failed} failed" if failed else ""
            progress.update(task, completed=done, failed=note)

        yield advance
