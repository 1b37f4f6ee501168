"""The seed that an image itself tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.errors import ImageError

if TYPE_CHECKING:
    from impasto.client.request import Picture

_SEED = re.compile(r"(?:^|, )Seed: (\d{1,20})(?=,|$)")


def written_in(picture: Picture) -> int | None:
    """Return the seed in the infotext of a PNG, None where it tells none.

    Servers of Stable Diffusion write down the seed that they took. It counts for more than the
    one that was asked for: the OpenAI interface of stable-diffusion.cpp, say, takes none.
    """
    if picture.kind != "png" or b"Seed: " not in picture.data:
        return None
    from impasto.images.png import text  # noqa: PLC0415 - only where there is one

    try:
        infotext = text(picture.data, "parameters") or ""
    except ImageError:
        return None
    found = _SEED.search(infotext.rstrip().rpartition("\n")[2])
    return int(found[1]) if found else None
