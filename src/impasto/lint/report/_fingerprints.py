"""Names for findings that outlive edits elsewhere in the file."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from impasto.lint.report._places import path_of

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic

_AROUND: Final = 40
"""How many characters on each side of a finding belong to its identity."""


class Fingerprints:
    """Gives every finding a name of its own; equal ones are told apart by their order."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, finding: Diagnostic) -> str:
        """Return the name of a finding: 64 hexadecimal digits."""
        assert finding.span is not None
        file, start, end = finding.span.in_file()
        first = max(file.text.rfind("\n", max(start - _AROUND, 0), start) + 1, start - _AROUND, 0)
        last = min(end, start + _AROUND)
        stop = file.text.find("\n", last, last + _AROUND)
        text = file.text[first : last + _AROUND if stop < 0 else stop]
        key = "\0".join((finding.code, path_of(file.name), file.text[start:last], text))
        number = self._seen[key] = self._seen.get(key, 0) + 1
        return sha256(f"{key}\0{number}".encode("utf-8", "surrogatepass")).hexdigest()
