"""SwarmUI: an object of presets by title, each with a map of parameters, all of them texts.

A text without `{value}` replaces the user's own. Facts: src/Text2Image/T2IPreset.cs and the
import of presets in wwwroot/js/genpage of mcmonkeyprojects/SwarmUI.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from impasto.styles.exchange.base import Exported
from impasto.styles.exchange.records import Records, not_this, pretty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from impasto.styles.exchange.base import Given, Preset
    from impasto.styles.exchange.jsonsource import Path

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,8})(\.\d{1,4})?")


class SwarmUI(Records):
    """Presets as SwarmUI exports them."""

    name = "swarmui"
    title = "SwarmUI"
    dialect = "swarmui"
    placeholder = "{value}"
    negative_placeholder = "{value}"
    joint = ", "
    replaces = True
    holds = frozenset(("description",))
    fields: ClassVar[Mapping[str, str]] = {
        "title": "name",
        "prompt": "positive",
        "negativeprompt": "negative",
        "description": "description",
    }
    parameters: ClassVar[Mapping[str, str]] = {
        "steps": "num_inference_steps",
        "cfgscale": "guidance_scale",
        "width": "width",
        "height": "height",
        "aspectratio": "aspect_ratio",
        "seed": "seed",
    }
    ignored = frozenset(("author", "preview_image", "is_starred"))
    facts = frozenset(("images", "model", "sampler", "scheduler", "loras", "loraweights", "vae"))

    def recognise(self, given: Given) -> float:
        """Return how surely a file is an export of presets."""
        presets = list(given.data.values())[:50] if isinstance(given.data, dict) else []
        return 0.9 if any(isinstance(p, dict) and "param_map" in p for p in presets) else 0.0

    def items(self, data: Any, given: Given) -> Iterable[tuple[Path, Any, str]]:
        """Return the presets with their parameters beside the title."""
        if not isinstance(data, dict):
            raise not_this(self, given)
        for key, preset in data.items():
            inner = preset.get("param_map") if isinstance(preset, dict) else None
            if isinstance(inner, dict):
                outer = {k: v for k, v in preset.items() if k != "param_map"}
                yield (key,), {**_numbers(inner, self.parameters), **outer}, key
            else:
                yield (key,), None, key

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:  # noqa: ARG002
        """Return one file as the import takes it."""
        return Exported({f"{name}.json": pretty({p.name: self.record(p) for p in presets})})

    def record(self, preset: Preset) -> dict[str, Any]:
        """Return the preset with its texts among the parameters."""
        found = super().record(preset)
        outer = {key: found.pop(key, "") for key in ("title", "description")}
        return {"author": "", **outer, "preview_image": "", "param_map": _texts(found)}


def _numbers(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters that are numbers as numbers."""
    return {k: _number(v) if k in names and isinstance(v, str) else v for k, v in values.items()}


def _number(text: str) -> str | float:
    found = _NUMBER.fullmatch(text)
    if not found:
        return text
    return float(text) if found[1] else int(text)


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return all numbers as the texts that SwarmUI keeps."""
    return {
        k: str(v).lower() if isinstance(v, bool) else str(v) if isinstance(v, (int, float)) else v
        for k, v in values.items()
    }
