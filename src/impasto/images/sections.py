"""The small blocks of a proof sheet: a label, and text under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images.typeset import draw_block, fit
from impasto.images.words import BREAK, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.images.page import Page
    from impasto.images.proof import ProofSheet


def plain(runs: Sequence[Run]) -> str:
    """Return the text of `runs` on one line."""
    return " ".join("".join(" " if run == BREAK else run[0] for run in runs).split())


def one_line(text: str) -> str:
    """Return `text` with every run of spaces and line ends as one space."""
    return " ".join(text.split())


def short(name: str, most: int = 24) -> str:
    """Return `name`, cut to `most` characters."""
    name = one_line(name)
    return name if len(name) <= most else name[: most - 1] + "…"


def shown(value: object) -> str:
    """Return a parameter's value as text."""
    return f"{value:g}" if isinstance(value, float) else str(value)


class Section:
    """A label and text under it in a box of (width, height) pixels; the text at one size."""

    def __init__(self, page: Page, label: str, runs: Sequence[Run], box: tuple[int, int]) -> None:
        self.page, self.label = page, label
        self.head = round(page.em * 1.25)
        self.block = fit(runs, box[0], box[1] - self.head, page.em, page.em)

    @staticmethod
    def gap(page: Page) -> int:
        """Return the pixels above each section."""
        return round(page.em * 1.1)

    @property
    def height(self) -> int:
        """Pixels with the gap above."""
        return self.gap(self.page) + self.head + self.block.height

    def draw(self, x: int, y: int) -> int:
        """Draw the section with its gap's upper left corner at (x, y); return its lower edge."""
        page, top = self.page, y + self.gap(self.page)
        page.label(x, top + page.em * 0.8, self.label)
        draw_block(page.ink, x, top + self.head, self.block, page.palette)
        return y + self.height


def small_texts(
    sheet: ProofSheet, runs: Sequence[Run], negative: Sequence[Run]
) -> list[tuple[str, Sequence[Run], float]]:
    """Return label, text and share of the room of each small block that `sheet` needs."""
    wanted: list[tuple[str, Sequence[Run], float]] = []
    if sheet.prompt.strip() and one_line(sheet.prompt) != plain(runs):
        wanted.append((f"As {short(sheet.model)} hears it", ((sheet.prompt, 1.0),), 0.22))
    if plain(negative):
        wanted.append(("Kept out", negative, 0.16))
    if sheet.losses:
        lines = "\n".join(f"·\u00a0{one_line(loss)}" for loss in sheet.losses)
        wanted.append(("Lost on the way", ((lines, 1.0),), 0.18))
    return wanted
