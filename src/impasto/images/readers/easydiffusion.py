"""Easy Diffusion: one PNG text for each parameter, or JSON in the user comment of Exif.

The names are those of its requests or of its labels, by a setting. Source: Easy Diffusion
ui/easydiffusion/utils/save_utils.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images import jsontext
from impasto.images.generation import Fields, Generation, loras_in

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 65

_SIGNS = (
    {"prompt", "num_inference_steps", "use_stable_diffusion_model"},
    {"Prompt", "Steps", "Stable Diffusion model"},
)


def read(carried: Carried) -> Generation | None:
    """Return what Easy Diffusion says; None where it did not write it.

    Raises:
        ImageError: its JSON is damaged.
    """
    data: dict[str, object] = dict(carried.texts)
    if jsontext.looks_like_object(carried.comment) and any(
        all(f'"{name}"' in carried.comment for name in sign) for sign in _SIGNS
    ):
        data = jsontext.mapping(carried.comment, "the JSON of Easy Diffusion")
    if not any(sign <= data.keys() for sign in _SIGNS):
        return None
    fields = Fields(data)
    prompt = fields.text("prompt", "Prompt")
    return Generation(
        tool="easydiffusion",
        software="Easy Diffusion",
        dialect="compel",
        prompt=prompt,
        negative_prompt=fields.text("negative_prompt", "Negative Prompt"),
        seed=fields.whole("seed", "Seed"),
        steps=fields.whole("num_inference_steps", "Steps"),
        cfg=fields.number("guidance_scale", "Guidance Scale"),
        sampler=fields.name("sampler_name", "Sampler"),
        width=fields.whole("width", "Width"),
        height=fields.whole("height", "Height"),
        model=fields.name("use_stable_diffusion_model", "Stable Diffusion model"),
        loras=loras_in(prompt),
        others=fields.left,
        unread=tuple(fields.unread),
    )
