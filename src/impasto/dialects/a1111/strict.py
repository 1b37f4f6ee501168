"""A1111 up to 1.5: weights without spaces, no comments, steps counted the old way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.dialects.a1111 import A1111, safe
from impasto.dialects.a1111.stages import STRICT, Grammar

if TYPE_CHECKING:
    from impasto.diagnostics import Loss
    from impasto.syntax.runs import Run

BEYOND = 9999
"""A step that no picture has."""


class A1111Strict(A1111):
    """A1111 up to 1.5. A schedule's number below 1 is a fraction of the steps."""

    name: ClassVar[str] = "a1111-strict"
    title: ClassVar[str] = "AUTOMATIC1111 (up to 1.5)"
    grammar: ClassVar[Grammar] = STRICT

    def safe(self, run: Run, losses: list[Loss]) -> str:
        """Return the text of a run without what would be syntax; a "#" is text here."""
        return safe(run, losses, comments=False)

    def closing(self, text: str) -> str:
        """Return the end of a schedule; a fraction of 1 or more is more than all steps."""
        fraction = text.startswith(":") and "." in text and float(text[1:-1]) >= 1
        return f":{BEYOND}]" if fraction else text
