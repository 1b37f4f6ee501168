"""ComfyUI-Easy-Use: the list of Fooocus with a Chinese name and a thumbnail.

Its file has to end in "_styles.json". Facts: resources/fooocus_styles.json of
yolain/ComfyUI-Easy-Use and its README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.styles.exchange.base import Exported
from impasto.styles.exchange.records import Records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.styles.exchange.base import Preset


class EasyUse(Records):
    """The styles of ComfyUI-Easy-Use."""

    name = "easy-use"
    title = "ComfyUI-Easy-Use"
    dialect = "comfyui"
    joint = ", "
    facts = frozenset(("name_cn", "thumbnail", "thumbnail_variant"))

    def likeness(self, keys: frozenset[str]) -> float:
        """Return how surely objects with these keys are of this format."""
        return 0.9 if "name" in keys and keys & self.facts else 0.0

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:
        """Return one file whose name ends as it has to."""
        written = super().write(presets, facts, name)
        return Exported({f"{name.removesuffix('_styles')}_styles.json": written.text})
