"""Krita AI Diffusion: one JSON file for each style.

Names of samplers and checkpoints are its own, so they are kept as metadata. Facts:
ai_diffusion/styles/*.json, style.py and text.py (merge_prompt) of Acly/krita-ai-diffusion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from impasto.styles.exchange.base import Exported
from impasto.styles.exchange.naming import Names, slug
from impasto.styles.exchange.records import Records, pretty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.styles.exchange.base import Preset

VERSION = 2


class Krita(Records):
    """A style of Krita AI Diffusion."""

    name = "krita"
    title = "Krita AI Diffusion"
    dialect = "comfyui"
    fields: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "style_prompt": "positive",
        "negative_prompt": "negative",
    }
    parameters: ClassVar[Mapping[str, str]] = {
        "sampler_steps": "num_inference_steps",
        "steps": "num_inference_steps",
        "cfg_scale": "guidance_scale",
    }
    ignored = frozenset(("version",))
    facts = frozenset(
        [
            "architecture",
            "checkpoints",
            "sd_version",
            "sd_checkpoint",
            "loras",
            "vae",
            "clip_skip",
            "v_prediction_zsnr",
            "rescale_cfg",
            "self_attention_guidance",
            "preferred_resolution",
            "sampler",
            "sampler_steps_upscaling",
            "live_sampler",
            "live_sampler_steps",
            "live_cfg_scale",
            "linked_edit_style",
        ]
    )

    def likeness(self, keys: frozenset[str]) -> float:
        """Return how surely objects with these keys are of this format."""
        return 0.9 if "style_prompt" in keys else 0.0

    def record(self, preset: Preset) -> dict[str, Any]:
        """Return the object with the version of the format behind the name."""
        found = super().record(preset)
        return {"name": found.pop("name"), "version": VERSION, **found}

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:  # noqa: ARG002
        """Return one file for each style."""
        names = Names()
        return Exported(
            {f"{names.take(slug(p.name))}.json": pretty(self.record(p)) for p in presets}
        )
