"""AUTOMATIC1111's Stable Diffusion WebUI and Forge, and whatever writes as they do.

PNG: the text `parameters`; JPEG, WebP, AVIF: the user comment of Exif; GIF: the comment. The
grammar is that of `create_infotext` in A1111's `processing.py`. Forge's versions begin with "f",
those of Forge Neo with "neo". ComfyUI's nodes that save with an infotext have a graph beside it, and
their prompt is in ComfyUI's dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images.readers import _webui
from impasto.images.readers.comfyui import has_graph

if TYPE_CHECKING:
    from impasto.images.carried import Carried
    from impasto.images.generation import Generation

RANK = 90

_ITSELF = ("a1111", "AUTOMATIC1111")
_KNOWN = ("Steps", "Sampler", "Seed", "CFG scale", "Size", "Model", "Version")


def read(carried: Carried) -> Generation | None:
    """Return what an infotext says; None where there is none.

    The comment of a JPEG or GIF may be anybody's, so there it must have A1111's parameters.
    """
    found = _webui.parsed(carried)
    sure = bool(carried.texts.get("parameters"))
    if found is None or not (sure or any(name in found.parameters for name in _KNOWN)):
        return None
    version = _webui.parameter(found, _webui.VERSION)
    if version.lower().startswith("comfyui") or has_graph(carried):
        return _webui.generation(carried, found, "comfyui", "comfyui", version or "ComfyUI")
    app = _webui.parameter(found, _webui.APP)
    if app == "impasto":
        return _webui.generation(carried, found, "impasto", "a1111", app)
    tool, title = ("forge", "Forge") if version.startswith(("f", "neo")) else _ITSELF
    return _webui.generation(carried, found, tool, "a1111", f"{title} {version}" if version else "")
