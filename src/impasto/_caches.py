"""Where caches lie: in a folder of the project, without one in the user's own."""

from __future__ import annotations

import os
import sys

PROJECT = ".impasto_cache"
"""The folder of a project that holds what need not be found out twice."""


def write(path: str, data: bytes) -> None:
    """Write a file of a cache as a whole, or not at all.

    Raises:
        OSError: it cannot be written.
    """
    folder = os.path.dirname(path)  # noqa: PTH120 - pathlib is slow to load
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    ignore = os.path.join(folder, ".gitignore")  # noqa: PTH118
    if not os.path.exists(ignore):  # noqa: PTH110
        with open(ignore, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write("*\n")
    new = f"{path}.{os.getpid()}"
    try:
        with open(new, "wb") as whole:  # noqa: PTH123
            whole.write(data)
        os.replace(new, path)  # noqa: PTH105
    finally:
        if os.path.exists(new):  # noqa: PTH110 - it was not moved into place
            os.unlink(new)  # noqa: PTH108


def user_cache() -> str:
    """Return the user's folder of caches."""
    if sys.platform == "linux":  # as platformdirs has it, which takes longer to load than to run
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return f"{os.path.expanduser(home)}/impasto"  # noqa: PTH111 - pathlib is slow to load
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return user_cache_dir("impasto", appauthor=False)
