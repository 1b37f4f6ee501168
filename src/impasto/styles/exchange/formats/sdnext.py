"""SD.Next: a list or an object of name, prompt, negative, extra, wildcards, preview.

`extra` holds parameters as A1111 writes them under its images, `wildcards` words to draw from.
Curly brackets in its prompts are choices, drawn before the prompt is read. Facts:
modules/styles.py and data/art-styles.json of vladmandic/sdnext.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from impasto.styles.exchange.base import TEXT_CHANGED, Given, Imported, finding
from impasto.styles.exchange.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from impasto.styles.exchange.base import Preset
    from impasto.styles.exchange.jsonsource import Path

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,8})(\.\d{1,4})?")
_SIZE = re.compile(r"(\d{1,6})x(\d{1,6})")
_SIDES: Final = ("Width", "Height")


class SdNext(Records):
    """Styles of SD.Next."""

    name = "sdnext"
    title = "SD.Next"
    draws = True
    holds = frozenset(("description",))
    fields: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "description": "description",
        "prompt": "positive",
        "negative": "negative",
    }
    parameters: ClassVar[Mapping[str, str]] = {
        "Steps": "num_inference_steps",
        "CFG scale": "guidance_scale",
        "Seed": "seed",
        "Sampler": "sampler",
        "Width": "width",
        "Height": "height",
    }
    facts = frozenset(("extra", "wildcards", "preview"))

    def likeness(self, keys: frozenset[str]) -> float:
        """Return how surely objects with these keys are of this format."""
        return 0.9 if "name" in keys and keys & {"negative", "extra", "wildcards"} else 0.0

    def items(self, data: Any, given: Given) -> Iterable[tuple[Path, Any, str]]:
        """Return the styles, the parameters of `extra` among their keys."""
        for path, record, name in super().items(data, given):
            if isinstance(record, dict):
                yield path, _unfolded(record), name
            else:
                yield path, record, name

    def read(self, given: Given) -> Imported:
        """Return the styles of a file."""
        found = super().read(given)
        notes = [
            finding(TEXT_CHANGED, "words that SD.Next draws stay as they are written", preset.span)
            for preset in found.presets
            if preset.extras.get("wildcards")
        ]
        return found._replace(findings=(*found.findings, *notes))

    def values(self, preset: Preset) -> dict[str, Any]:
        """Return the parameters as `extra` says them, before what else stands in it."""
        found = super().values(preset)
        if found.keys() >= set(_SIDES):
            found["Size"] = "x".join(str(found.pop(side)) for side in _SIDES)
        written = [f"{key}: {value}" for key, value in found.items()]
        rest = str(preset.extras.get("extra", ""))
        return {"extra": ", ".join([*written, *filter(None, [rest])])}


def _unfolded(record: dict[str, Any]) -> dict[str, Any]:
    """Return a style with the parameters of `extra` beside it; what is left stays there."""
    found = {key: value for key, value in record.items() if value not in ("", None)}
    extra = found.get("extra")
    if not isinstance(extra, str):
        return found
    del found["extra"]
    known: dict[str, Any] = {}
    left = [pair.strip() for pair in extra.split(",") if not _take(pair, known)]
    rest = ", ".join(filter(None, left))
    return {**found, **known, **({"extra": rest} if rest else {})}


def _take(pair: str, known: dict[str, Any]) -> bool:
    """Put a parameter among the `known`; False where it is none."""
    name, _, text = (part.strip() for part in pair.partition(":"))
    sides = _SIZE.fullmatch(text) if name.lower() == "size" else None
    if sides and known.keys().isdisjoint(_SIDES):
        known.update(zip(_SIDES, map(int, sides.groups()), strict=True))
        return True
    key = _KEYS.get(name.lower(), "")
    if not key or key in known or not text or '"' in text:
        return False
    number = _NUMBER.fullmatch(text)
    known[key] = text if not number else float(text) if number[1] else int(text)
    return True


_KEYS: Final = {key.lower(): key for key in SdNext.parameters}
