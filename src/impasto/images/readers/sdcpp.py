"""stable-diffusion.cpp: an infotext with commas in brackets that are not quoted.

`Version: stable-diffusion.cpp`; keys such as `TE` may come several times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images.readers import _webui

if TYPE_CHECKING:
    from impasto.images.carried import Carried
    from impasto.images.generation import Generation

RANK = 71


def read(carried: Carried) -> Generation | None:
    """Return what stable-diffusion.cpp says; None where it did not write it."""
    found = _webui.parsed(carried)
    if found is None or "stable-diffusion.cpp" not in _webui.parameter(found, _webui.VERSION):
        return None
    return _webui.generation(carried, found, "sdcpp", "sdcpp")
