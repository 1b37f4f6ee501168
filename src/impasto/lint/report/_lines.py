"""What the formats for people share: the line that heads a finding, safe to show anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic, Fix

_SHOWN = frozenset("\u3000\xa0\u200d")
"""No printable characters by Unicode's count, yet nothing that steers a terminal."""


def place(finding: Diagnostic) -> str:
    """Return "file:line:column", only "file" where there is no text to point into."""
    if finding.span is None:
        return ""
    return printable(str(finding.span) if has_text(finding) else finding.span.file)


def has_text(finding: Diagnostic) -> bool:
    """Whether there is a line to show; a file that could not be read has none."""
    return finding.span is not None and bool(finding.span.in_file()[0].text)


def fixable(fix: Fix | None) -> str:
    """Return the mark behind the message of a finding that has a fix."""
    if fix is None:
        return ""
    return "  [fixable]" if fix.safe else "  [fixable, unsafe]"


def printable(text: str) -> str:
    """Return `text` with control characters shown, so that no prompt can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _SHOWN else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
