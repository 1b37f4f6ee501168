"""Midjourney: the prompt with its parameters and "Job ID: …" in a description.

The description is the XMP property `dc:description`, in PNG also a text of that name. Nobody has
published the format; it is told by the number of the job behind the prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.images import exif, xmp
from impasto.images.generation import Generation

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 80

_JOB = re.compile(r"Job ID:\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_VERSION = re.compile(r"--(?:v|version)\s+(\d{1,2})")
_AUTHOR = ("Author", "dc:creator")


def read(carried: Carried) -> Generation | None:
    """Return what Midjourney says; None where it did not write it."""
    places = (
        carried.texts.get("Description", ""),
        xmp.value(carried.xmp, "dc:description"),
        carried.outer.get(exif.DESCRIPTION, ""),
    )
    text = next((text for text in places if _JOB.search(text)), "")
    job = _JOB.search(text)
    if job is None:
        return None
    version = _VERSION.search(text)
    number = int(version[1]) if version else 0
    author = carried.texts.get(_AUTHOR[0]) or xmp.value(carried.xmp, _AUTHOR[1])
    return Generation(
        tool="midjourney",
        software="Midjourney",
        dialect="midjourney-7" if number >= 7 else "midjourney-6",
        prompt=text[: job.start()].strip(),
        model=f"midjourney-v{number}" if number else "midjourney",
        others={"Job ID": job[1], **({"Author": author} if author else {})},
        unread=(),
    )
