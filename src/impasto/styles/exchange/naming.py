"""Names of styles: in the alphabet of a pack, and each once."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 72
"""Of the 80 characters that a name may have, so that a number fits behind it."""
_OTHER = re.compile(r"[^a-z0-9_]+")


def slug(text: str, otherwise: str = "style") -> str:
    """Return `text` as the name of a style or pack; `otherwise` where no letter is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain)[:_LONGEST].strip("-_") or otherwise


class Names:
    """Gives out names, each once; `form` says how a number is put behind one."""

    def __init__(self, form: str = "{}-{}") -> None:
        self._form = form
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def take(self, name: str) -> str:
        """Return `name`, or with a number where it was given out before."""
        found = name
        while found in self._taken:
            self._last[name] = self._last.get(name, 1) + 1
            found = self._form.format(name, self._last[name])
        self._taken.add(found)
        return found
