"""SD.Next: an infotext as A1111's with keys of its own, `App: SD.Next` among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images.readers import _webui

if TYPE_CHECKING:
    from impasto.images.carried import Carried
    from impasto.images.generation import Generation

RANK = 70


def read(carried: Carried) -> Generation | None:
    """Return what SD.Next says; None where it did not write it."""
    found = _webui.parsed(carried)
    app = _webui.parameter(found, _webui.APP) if found else ""
    if found is None or app.lower() not in ("sd.next", "sdnext"):
        return None
    version = _webui.parameter(found, _webui.VERSION)
    return _webui.generation(carried, found, "sdnext", "sdnext", f"{app} {version}".strip())
