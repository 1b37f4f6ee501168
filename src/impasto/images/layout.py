"""Where everything goes on a proof sheet: head, foot, panel, prompt and the small blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images import glyphs
from impasto.images.ornament import paint
from impasto.images.page import Box, Page, page_size, printers_marks
from impasto.images.palette import palette_of
from impasto.images.sections import Section, one_line, plain, shown, small_texts
from impasto.images.typeset import QUIET, Block, draw_block, factor, fit
from impasto.images.words import Run, number

if TYPE_CHECKING:
    from impasto.images.proof import ProofSheet

_SCALE_OF_WEIGHTS = (0.5, 0.8, 1.0, 1.2, 1.5, 2.0)
_SHARES = (0.58, 0.52, 0.46, 0.40, 0.34, 0.28, 0.22)
_WIDE_SHARES = (0.55, 0.50, 0.45, 0.40, 0.34, 0.28)
_NOTES = ("A proof of the prompt, not a painting", "A proof, not a painting", "Not a painting")
_LEAST_WHOLE = 0.4  # one small block alone shall not take all the room


class Layout:
    """Finds the room for everything, then draws it."""

    def __init__(self, sheet: ProofSheet) -> None:
        self.sheet = sheet
        self.runs: tuple[Run, ...] = sheet.runs or ((sheet.prompt, 1.0),)
        self.negative: tuple[Run, ...] = sheet.negative_runs or ((sheet.negative_prompt, 1.0),)
        if not sheet.negative_prompt.strip():
            self.negative = ()
        self.page = Page(*page_size(sheet.width, sheet.height), palette_of(plain(self.runs)))
        self.em = self.page.em
        self.colours = self.page.palette

    def draw(self) -> None:
        """Draw everything."""
        printers_marks(self.page)
        body = self.page.body
        top = self.header(body)
        bottom = self.footer(body)
        gap = round(self.em * 1.1)
        middle = Box(body.x, top + gap, body.width, bottom - top - 2 * gap)
        if middle.width > middle.height * 4 and small_texts(self.sheet, self.runs, self.negative):
            self.in_columns(middle)
        elif middle.width > middle.height * 1.45:
            self.side_by_side(middle)
        else:
            self.stacked(middle)

    # The head

    def header(self, body: Box) -> int:
        """Draw the head; return its lower edge."""
        page, em = self.page, self.em
        baseline = body.y + round(em * 0.8)
        end = page.label(body.x, baseline, "Impasto", self.colours.ink)
        for note in _NOTES:
            if end + page.label_width(note) + em < body.right or note == _NOTES[-1]:
                page.label(body.right - page.label_width(note) + em * 0.1, baseline, note)
                break
        y = page.double_rule(body.x, baseline + round(em * 0.5), body.right)
        if not self.sheet.title.strip():
            return y
        title = fit(
            ((one_line(self.sheet.title), 1.0),), body.width, round(em * 4.4), round(em * 2.6), em
        )
        draw_block(page.ink, body.x, y + round(em * 0.45), title, self.colours)
        return y + round(em * 0.45) + title.height

    # The foot

    def facts(self) -> tuple[Run, ...]:
        """Model, backend, size, seed and the parameters as one text, names light, values dark."""
        sheet = self.sheet
        known: dict[str, object] = {
            "model": sheet.model,
            "backend": sheet.backend,
            "size": f"{sheet.width} × {sheet.height}",
            "seed": sheet.seed,
        }
        known |= {k: v for k, v in sheet.parameters.items() if k not in {"width", "height", "seed"}}
        runs: list[Run] = []
        for name, value in known.items():
            space = "\u00a0\u00a0\u00a0 " if runs else ""
            runs += [(f"{space}{name}\u00a0", QUIET), (one_line(shown(value)), 1.0)]
        return tuple(runs)

    def footer(self, body: Box) -> int:
        """Draw the foot upwards from the bottom; return its upper edge."""
        page, em = self.page, self.em
        scale = self.weight_scale(body, body.bottom) if body.width > em * 17 else 0
        beside = body.width > em * 52
        room = body.width - (scale + 2 * em if beside else 0)
        facts = fit(self.facts(), room, round(body.height * 0.16), em, em)
        below = 0 if beside or not scale else round(em * 2.1)
        y = body.bottom - below - facts.height
        draw_block(page.ink, body.x, y, facts, self.colours)
        y = min(y, body.bottom - round(em * 1.9))
        page.double_rule(body.x, y - round(em * 0.9), body.right)
        return y - round(em * 0.9)

    def weight_scale(self, body: Box, bottom: int) -> int:
        """Draw how weights look, at the lower right; return its width."""
        page, em = self.page, self.em
        runs = [(number(weight), weight) for weight in _SCALE_OF_WEIGHTS]
        sizes = [max(round(em * factor(weight)), round(em * 0.72)) for _, weight in runs]
        wide = sum(glyphs.width(text, s) for (text, _), s in zip(runs, sizes, strict=True))
        wide += em * 0.75 * (len(runs) - 1) + page.label_width("weight") + em
        baseline = bottom - em * 0.32  # that of the last line of facts
        x = page.label(body.right - wide, baseline, "weight") + em
        for (text, weight), size in zip(runs, sizes, strict=True):
            colour = self.colours.accent if weight > 1 else self.colours.ink
            colour = self.colours.soft if weight < 1 else colour
            x = glyphs.draw_text(page.ink, (x, baseline), text, size, colour) + em * 0.75
        return round(wide)

    # The panel

    def panel(self, box: Box) -> None:
        """Draw the painting with its caption and its colours."""
        page, em = self.page, self.em
        row = round(em * 1.5)
        picture = paint(
            (box.width, box.height - row), self.runs, self.negative, self.colours, self.sheet.seed
        )
        page.image.paste(picture, (box.x, box.y))
        side = round(em * 0.72)
        y = box.bottom - side
        x = box.right - len(self.colours.pigments) * round(side * 1.25) + round(side * 0.25)
        for at, colour in enumerate((*self.colours.pigments,)):
            left = x + at * round(side * 1.25)
            page.ink.rectangle((left, y, left + side, y + side), fill=colour)
        said = ("A stroke a phrase, its width the weight", "A stroke a phrase", "")
        for caption in said if plain(self.runs) else ("Bare canvas", ""):
            if box.x + page.label_width(caption) + em < x:
                page.label(box.x, y + side - em * 0.06, caption)
                return

    # The text

    def sections(self, width: int, height: int, part: float) -> list[Section]:
        """Return the small blocks; together with their gaps they take `part` of `height`."""
        wanted = small_texts(self.sheet, self.runs, self.negative)
        whole = sum(share for _, _, share in wanted)
        room = height * part - len(wanted) * Section.gap(self.page)
        return [
            Section(self.page, label, runs, (width, round(room * share / max(whole, _LEAST_WHOLE))))
            for label, runs, share in wanted
        ]

    def set_prompt(self, width: int, height: int) -> Block:
        """Return the prompt, set to fit."""
        if not plain(self.runs):
            return fit(
                (("(nothing was said)", QUIET),), width, height, round(self.em * 1.6), self.em
            )
        return fit(self.runs, width, height, round(self.em * 6.4), self.em)

    def stacked(self, box: Box) -> None:
        """Panel above, text below: for square and tall sheets."""
        sections = self.sections(box.width, box.height, 0.56)
        below = sum(section.height for section in sections)
        gap = round(self.em * 1.0)
        for share in _SHARES:
            high = round((box.height - below) * share)
            block = self.set_prompt(box.width, box.height - below - high - gap)
            if block.size >= self.em * (1.0 + 2.4 * share) and not block.left_out:
                break
        high = box.height - below - gap - block.height
        self.panel(Box(box.x, box.y, box.width, high))
        draw_block(self.page.ink, box.x, box.y + high + gap, block, self.colours)
        self.draw_sections(sections, box.x, box.bottom - below)

    def side_by_side(self, box: Box) -> None:
        """Panel left, text right: for wide sheets."""
        gap = round(self.em * 1.8)
        for share in _WIDE_SHARES:
            wide = min(round(box.width * share), round(box.height * 1.7))
            width = box.width - wide - gap
            sections = self.sections(width, box.height, 0.56)
            below = sum(section.height for section in sections)
            block = self.set_prompt(width, box.height - below)
            if block.size >= self.em * (0.8 + 2.4 * share) and not block.left_out:
                break
        self.panel(Box(box.x, box.y, wide, box.height))
        x = box.x + wide + gap
        draw_block(self.page.ink, x, box.y, block, self.colours)
        self.draw_sections(sections, x, box.bottom - below)

    def in_columns(self, box: Box) -> None:
        """Panel, text and the small blocks side by side: for very wide sheets."""
        gap = round(self.em * 1.8)
        notes = round(box.width * 0.26)
        up = Section.gap(self.page)
        sections = self.sections(notes, box.height + up, 1)
        rest = Box(box.x, box.y, box.width - notes - gap, box.height)
        for share in _WIDE_SHARES:
            wide = min(round(rest.width * share), round(box.height * 1.7))
            block = self.set_prompt(rest.width - wide - gap, box.height)
            if block.size >= self.em * (0.8 + 2.4 * share) and not block.left_out:
                break
        self.panel(Box(box.x, box.y, wide, box.height))
        draw_block(self.page.ink, box.x + wide + gap, box.y, block, self.colours)
        self.draw_sections(sections, box.right - notes, box.y - up)

    def draw_sections(self, sections: list[Section], x: int, y: int) -> None:
        """Draw the small blocks below each other."""
        for section in sections:
            y = section.draw(x, y)
