"""The command as a process of its own: `impasto` and `python -m impasto`."""

from __future__ import annotations

import gc

_ALLOCATIONS = 100_000


def main() -> None:
    """Run one command and end with its exit code.

    A start makes thousands of objects that stay and next to none to collect, so the collector
    looks less often than it does by default; and what is left at the end goes with the process.
    """
    gc.set_threshold(_ALLOCATIONS)
    from impasto.cli.app import main as run  # noqa: PLC0415 - after the collector was told

    try:
        run()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
