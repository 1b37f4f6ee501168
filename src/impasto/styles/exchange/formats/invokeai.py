"""InvokeAI: its own presets, and the list that its import takes.

The first placeholder alone is filled; a text without one follows the prompt behind a space. Its import
refuses keys that it does not know, so what it has besides texts is not written. Facts:
invokeai/app/services/style_preset_records/style_preset_records_common.py of invoke-ai/InvokeAI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from impasto.styles.exchange.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from impasto.styles.exchange.base import Given, Preset
    from impasto.styles.exchange.jsonsource import Path


class InvokeAI(Records):
    """Style presets of InvokeAI."""

    name = "invokeai"
    title = "InvokeAI"
    dialect = "compel"
    fills_all = False
    joint = " "
    keeps_extras = False
    fields: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "positive_prompt": "positive",
        "prompt": "positive",
        "negative_prompt": "negative",
    }
    ignored = frozenset(("type", "id", "user_id", "image", "is_public"))

    def likeness(self, keys: frozenset[str]) -> float:
        """Return how surely objects with these keys are of this format."""
        return 0.9 if "name" in keys and keys & {"preset_data", "positive_prompt"} else 0.0

    def items(self, data: Any, given: Given) -> Iterable[tuple[Path, Any, str]]:
        """Return the styles, the texts of InvokeAI's own presets taken out of `preset_data`."""
        for path, record, name in super().items(data, given):
            inner = record.get("preset_data") if isinstance(record, dict) else None
            if isinstance(inner, dict):
                rest = {k: v for k, v in record.items() if k != "preset_data"}
                yield path, {**inner, **rest}, name
            else:
                yield path, record, name

    def record(self, preset: Preset) -> dict[str, Any]:
        """Return the three keys that the import takes."""
        found = super().record(preset)
        return {key: found[key] for key in ("name", "positive_prompt", "negative_prompt")}
