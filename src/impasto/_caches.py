"""Where caches lie: in a folder of the project, without one in the user's own."""

from __future__ import annotations

import os
import sys

PROJECT = ".impasto_cache"
"""The folder of a project that holds what need not be found out twice."""


def user_cache() -> str:
    """Return the user's folder of caches."""
    if sys.platform == "linux":  # as platformdirs has it, which takes longer to load than to run
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return f"{os.path.expanduser(home)}/impasto"  # noqa: PTH111 - pathlib is slow to load
    from platformdirs import user_cache_dir  # noqa: PLC0415

    return user_cache_dir("impasto", appauthor=False)
