"""Where the real servers and their models are kept, outside the repository."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

FOLDER = "IMPASTO_REALSERVERS"
BUILD = "tests/realservers/build.py"

# The source package that carries stable-diffusion.cpp with its server; MIT.
PACKAGE = "stable-diffusion-cpp-python"
VERSION = "0.4.7"
SHA256 = "998d1957260dd5ae4e18a8acc0c14b0a8757aaa9f96515197b6d5bbf46df9282"
# Counts the changes of what tiny_sd.py writes.
MODEL = 1


def folder() -> Path:
    """Return the folder of all that is built: IMPASTO_REALSERVERS, else the user's cache."""
    named = os.environ.get(FOLDER)
    return Path(named).absolute() if named else user_cache_path("impasto-realservers", False)


def server() -> Path:
    """Return the program sd-server."""
    return folder() / f"sd-server-{VERSION}" / "sd-server"


def models() -> Path:
    """Return the folder with model.safetensors, taesd.safetensors and loras/tiny.safetensors."""
    return folder() / f"tiny-sd-{MODEL}"


def missing() -> str:
    """Return why the real server cannot be started, empty if it can."""
    if server().is_file() and models().is_dir():
        return ""
    return f"sd-server is not built: python {BUILD} builds it, once, in 5 to 20 minutes"
