"""AUTOMATIC1111, Forge, SD.Next: styles.csv with the columns name, prompt, negative_prompt.

Rows whose name starts with "#" are comments, and rows without texts part the list for people.
Old files call the prompt "text". Facts: modules/styles.py of
AUTOMATIC1111/stable-diffusion-webui and lllyasviel/stable-diffusion-webui-forge.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from impasto.errors import FileError
from impasto.styles.exchange.base import (
    NO_STYLE,
    SLOT,
    UNKNOWN_KEY,
    Exported,
    Format,
    Given,
    Imported,
    Preset,
    finding,
    tame,
)
from impasto.styles.exchange.csvsource import Cell, rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.diagnostics import Diagnostic

_COLUMNS = ("name", "prompt", "negative_prompt")
_OLD = {"text": "prompt"}
_BOM = "\ufeff"


class A1111Csv(Format):
    """styles.csv."""

    name = "a1111"
    title = "AUTOMATIC1111, Forge"
    suffixes = (".csv",)

    def recognise(self, given: Given) -> float:
        """Return how surely a file has the columns of styles."""
        first = given.source.text.partition("\n")[0][:2000].lower().replace('"', "")
        columns = {cell.strip() for cell in first.split(",")}
        return 0.9 if "name" in columns and columns & {"prompt", "text"} else 0.0

    def read(self, given: Given) -> Imported:
        """Return the styles of a file, row by row."""
        found = rows(given.source)
        header = [_OLD.get(cell.text.strip(), cell.text.strip()) for cell in next(found, [])]
        if "name" not in header or "prompt" not in header:
            hint = "the first line of the file names the columns"
            raise FileError(
                f"{given.source.name} has no columns name and prompt",
                given.source.span(0, 1),
                expected=("name,prompt,negative_prompt",),
                hint=hint,
            )
        presets: list[Preset] = []
        findings: list[Diagnostic] = []
        for row in found:
            preset = self._preset(header, row, findings)
            if preset:
                presets.append(preset)
        return Imported(tuple(presets), tuple(findings))

    def _preset(
        self, header: list[str], row: list[Cell], findings: list[Diagnostic]
    ) -> Preset | None:
        span = row[0].span
        cells = {name: cell.text for name, cell in zip(header, row, strict=False)}
        name = cells.pop("name", "").strip()
        prompt, negative = cells.pop("prompt", ""), cells.pop("negative_prompt", "")
        if name.startswith("#"):
            findings.append(finding(NO_STYLE, "a comment was passed over", span))
            return None
        if not prompt.strip() and not negative.strip():
            findings.append(
                finding(
                    NO_STYLE, "a row without texts, which parts the list, was passed over", span
                )
            )
            return None
        beyond = [cell for cell in row[len(header) :] if cell.text.strip()]
        if beyond:
            message = f"a cell beyond the {len(header)} columns stays behind"
            hint = "a text with commas stands in double quotes"
            findings.append(finding(UNKNOWN_KEY, message, beyond[0].span, hint))
        extras = {key: tame(text) for key, text in cells.items() if key and text.strip()}
        for key in extras:
            message = f'the column "{key}" is kept as metadata'
            findings.append(finding(UNKNOWN_KEY, message, span))
        negative = tame(negative).replace(self.placeholder, SLOT)
        return Preset(tame(name), self.slotted(prompt), negative, {}, extras, span=span)

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:  # noqa: ARG002
        """Return one file as the program saves it, with a byte order mark."""
        more = dict.fromkeys(key for preset in presets for key in preset.extras)
        columns = [*_COLUMNS, *(key for key in more if key not in _COLUMNS)]
        page = io.StringIO(newline="")
        table = csv.DictWriter(page, columns, restval="", extrasaction="ignore")
        table.writeheader()
        for preset in presets:
            table.writerow({**preset.extras, **self._row(preset)})
        return Exported({f"{name}.csv": _BOM + page.getvalue()})

    def _row(self, preset: Preset) -> dict[str, str]:
        """Return a row that is no comment and no separator, whatever the style is called."""
        name, prompt = preset.name, self.unslotted(preset.positive)
        return {
            "name": f" {name}" if name.startswith("#") else name,
            "prompt": prompt or ("" if preset.negative else self.placeholder),
            "negative_prompt": preset.negative,
        }
