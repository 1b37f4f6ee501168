"""Black Forest Labs' own programs for FLUX: Exif tags with the model, and the prompt if it is wanted.

Software begins with "AI generated;", Make is "Black Forest Labs". Source: black-forest-labs/flux,
src/flux/util.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images import exif
from impasto.images.generation import Generation

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 85

_MAKER = "Black Forest Labs"


def read(carried: Carried) -> Generation | None:
    """Return what the tags say; None where Black Forest Labs did not write them."""
    tags = carried.outer
    if tags.get(exif.MAKE) != _MAKER:
        return None
    prompt = tags.get(exif.DESCRIPTION, "")
    return Generation(
        tool="bfl",
        software=tags.get(exif.SOFTWARE, "") or _MAKER,
        dialect="plain",
        prompt=prompt,
        model=tags.get(exif.MODEL, ""),
        unread=()
        if prompt
        else ("the prompt is not in the image; this tool writes it on request",),
    )
