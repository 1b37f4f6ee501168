"""SwarmUI: JSON with `sui_image_params` where A1111 writes its infotext.

PNG: the text `parameters`; JPEG and WebP: the user comment of Exif, before that the tag Model.
Source: SwarmUI src/Text2Image/T2IParamInput.cs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.images import exif, jsontext
from impasto.images.generation import Fields, Generation, Lora, number

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 20

_SIGN = "sui_image_params"


def read(carried: Carried) -> Generation | None:
    """Return what SwarmUI says; None where it did not write it.

    Raises:
        ImageError: its JSON is damaged.
    """
    places = (carried.infotext, carried.outer.get(exif.MODEL, ""))
    text = next((text for text in places if _SIGN in text), "")
    if not jsontext.looks_like_object(text):
        return None
    data = jsontext.mapping(text, "the JSON of SwarmUI")
    given = data.pop(_SIGN, None)
    if not isinstance(given, dict):
        return None
    fields = Fields(given)
    return Generation(
        tool="swarmui",
        software=f"SwarmUI {fields.text('swarm_version')}".strip(),
        dialect="swarmui",
        prompt=fields.text("prompt"),
        negative_prompt=fields.text("negativeprompt"),
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("cfgscale"),
        sampler=fields.name("sampler", "comfyuisampler", "autowebuisampler"),
        scheduler=fields.name("scheduler", "comfyuischeduler"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=fields.name("model"),
        loras=_loras(fields),
        others={**fields.left, **data},
        unread=tuple(fields.unread),
    )


def _loras(fields: Fields) -> tuple[Lora, ...]:
    """Take the adapters: names and weights, lists or texts with commas."""
    names, weights = _listed(fields.take("loras")), _listed(fields.take("loraweights"))
    weights += [1] * (len(names) - len(weights))
    numbers = [number(weight) for weight in weights]
    return tuple(
        Lora(str(name), 1.0 if weight is None else weight)
        for name, weight in zip(names, numbers, strict=False)
    )


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value if isinstance(value, list) else []
