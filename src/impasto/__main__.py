"""The command as a process of its own: `impasto` and `python -m impasto`."""

from __future__ import annotations

import gc
import sys

_ALLOCATIONS = 100_000
_REPLAYED = "lint"


def main() -> None:
    """Run one command and end with its exit code.

    A start makes thousands of objects that stay and next to none to collect, so the collector
    looks less often than it does by default; and what is left at the end goes with the process.
    """
    gc.set_threshold(_ALLOCATIONS)
    try:
        _run(sys.argv[1:])
    finally:
        gc.freeze()


def _run(arguments: list[str]) -> None:
    """Run a command, or show what it wrote before where it would write the same."""
    place = None
    if arguments[:1] == [_REPLAYED] and sys.stdout:  # it may be closed
        from impasto.cli.replay import Place, replay  # noqa: PLC0415 - others need it not

        place = Place(arguments)
        code = replay(place)
        if code is not None:
            sys.exit(code)
    from impasto.cli.app import main as command  # noqa: PLC0415 - after the collector was told

    command(arguments, obj=place)


if __name__ == "__main__":
    main()
