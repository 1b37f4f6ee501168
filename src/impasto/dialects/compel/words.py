"""The parts of compel's syntax that do not nest: words, numbers, options and LoRA calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from impasto.dialects.compel import terminals as terms
from impasto.dialects.compel.nodes import Item, Lora, Mistake, Piece

if TYPE_CHECKING:
    import re

PLUS: Final = 1.1
MINUS: Final = 0.9

Found: TypeAlias = tuple[Item, int]
"""An item and the end of it."""


class Words:
    """One text, or the inside of a quotation that begins at `base`.

    Offsets that methods take and return count in `text`, those in items from its origin.
    """

    def __init__(self, text: str, mistakes: list[Mistake], base: int = 0) -> None:
        self.text = text
        self.base = base
        self.mistakes = mistakes
        self._calls = ".swap" in text or ".attend" in text or "Lora" in text

    def skip(self, at: int) -> int:
        """Return where the spaces at `at` end."""
        found = terms.SKIP.match(self.text, at)
        assert found is not None
        return found.end()

    def options(self, at: int) -> tuple[list[tuple[str, float | str | None]], int]:
        """Return pairs (name, value) and their end; a number or name alone has the value None."""
        found: list[tuple[str, float | str | None]] = []
        option = terms.OPTION.match(self.text, at)
        while option:
            name, number, value, factor, flag = option.groups()
            if name is not None:
                found.append((name, value if number is None else float(number)))
            else:
                found.append((flag if factor is None else str(float(factor)), None))
            at = option.end()
            comma = terms.COMMA.match(self.text, at)
            option = terms.OPTION.match(self.text, comma.end()) if comma else None
        return found, at

    def lora(self, at: int) -> Found | None:
        """Return the LoRA call at `at`."""
        found = terms.LORA.match(self.text, at) if self._calls else None
        if found is None:
            return None
        weight = float(found[2]) if found[2] else 1
        return Lora(found[1], weight, self.base + at, self.base + found.end()), found.end()

    def word(self, at: int) -> tuple[list[Item], int] | None:
        """Return the word at `at` as the whole of a prompt."""
        found = terms.WORD.match(self.text, at)
        return ([self._piece(found)], found.end()) if found else None

    def _mark(self, at: int) -> Found | None:
        """Return a comma or full stop, a word of its own in groups."""
        if self.text[at : at + 1] in (",", "."):
            return Piece(self.text[at], self.base + at, self.base + at + 1), at + 1
        return None

    def _piece(self, found: re.Match[str]) -> Piece:
        return Piece(found[0], self.base + found.start(), self.base + found.end())

    def _settings(
        self, options: dict[str, float | str], start: int, end: int
    ) -> dict[str, float | str]:
        """Return all options of a swap; a freedom of shape is said by the end of the source."""
        found: dict[str, float | str] = {"s_start": 0.0, "s_end": 0.0, "t_start": 0.2, "t_end": 1.0}
        given = dict(options)
        freedom = given.pop("shape_freedom", None)
        if isinstance(freedom, float) and freedom >= 0:
            found["s_end"] = 1.0 - freedom ** (1.0 / 3.0)
        elif freedom is not None:
            self.mistakes.append(Mistake("shape_freedom takes a number from 0 to 1", start, end))
        return found | given

    def _weight(self, found: re.Match[str], first: int) -> float | None:
        """Return the weight that signs (group `first`) or a number (the next group) give."""
        if found[first + 1]:
            return float(found[first + 1])
        return self._power(found, first) if found[first] else None

    def _power(self, found: re.Match[str], group: int = 0) -> float:
        signs = found[group]
        try:
            return float((PLUS if signs[0] == "+" else MINUS) ** len(signs))
        except OverflowError:
            span = self.base + found.start(group), self.base + found.end(group)
            self.mistakes.append(Mistake("compel cannot raise 1.1 to so high a power", *span))
            return 1.0
