"""What knows a finding again after edits elsewhere in its file: for baselines and for reports.

Only what stands near counts, not all that a finding underlines: brackets in brackets underline
most of a long line again and again.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic

_NEAR: Final = 40
"""How many characters from its beginning on, and on each side, belong to a finding's identity."""
_DIGITS: Final = 32


def fingerprint(finding: Diagnostic) -> str:
    """Return what knows a finding again in its file, wherever its line moves: 32 hex digits.

    It is made of the code, what is underlined, and what stands around that in the same line; of
    the message where there is no text to point into. Spaces do not count.
    """
    if finding.span is None:
        return digest(finding.code, finding.message)
    file, start, end = finding.span.in_file()
    if not file.text:
        return digest(finding.code, finding.message)
    last = min(end, start + _NEAR)
    first = max(start - _NEAR, file.text.rfind("\n", max(start - _NEAR, 0), start) + 1)
    stop = file.text.find("\n", last, last + _NEAR)
    around = file.text[first : last + _NEAR if stop < 0 else stop]
    return digest(finding.code, _bare(file.text[start:last]), _bare(around))


def digest(*parts: str) -> str:
    """Return hexadecimal digits that stand for texts."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return sha256(joined).hexdigest()[:_DIGITS]


def _bare(text: str) -> str:
    return " ".join(text.split())


class Numbered:
    """Names for all findings of a run; equal ones are told apart by their order in their file."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def of(self, finding: Diagnostic, path: str) -> str:
        """Return the name of the next finding of the file at `path`: 32 hexadecimal digits."""
        key = (path, fingerprint(finding))
        number = self._seen[key] = self._seen.get(key, 0) + 1
        return digest(*key, str(number))
