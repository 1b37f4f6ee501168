"""What a batch would send, without sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.cli.batchtold import show_troubles, trouble_of
from impasto.cli.lines import line_writer
from impasto.client.backends.gateway import body
from impasto.client.request import Request
from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.cli.batchinput import Line
    from impasto.cli.batchplan import Planner
    from impasto.cli.terminal import Terminal


def print_requests(lines: Iterable[Line], planner: Planner, notes: Terminal) -> int:
    """Print every request in a line; return 1 where a line is broken."""
    write = line_writer()
    broken = False
    for line in lines:
        try:
            item = planner.item(line)
        except ImpastoError as error:
            broken = True
            show_troubles({trouble_of(error): [line.place]}, notes)
            continue
        request = body(Request.of(item.translation, planner.backend))
        write({"number": item.number, "name": item.name, "request": request})
    return 1 if broken else 0
