"""Draw Things: JSON in the XMP property `exif:UserComment`: `c` is the prompt, `uc` what is unwanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.images import jsontext, xmp
from impasto.images.generation import Fields, Generation, Lora, loras_in, number

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 60


def read(carried: Carried) -> Generation | None:
    """Return what Draw Things says; None where it did not write it.

    Raises:
        ImageError: its JSON is damaged.
    """
    text = xmp.value(carried.xmp, "exif:UserComment")
    if not jsontext.looks_like_object(text) or '"c"' not in text:
        return None
    fields = Fields(jsontext.mapping(text, "the JSON of Draw Things"))
    width, height = fields.size("size")
    prompt = fields.text("c")
    return Generation(
        tool="drawthings",
        software=xmp.value(carried.xmp, "xmp:CreatorTool") or "Draw Things",
        dialect="a1111",
        prompt=prompt,
        negative_prompt=fields.text("uc"),
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("scale"),
        sampler=fields.name("sampler"),
        width=width,
        height=height,
        model=fields.name("model"),
        loras=_loras(fields.take("lora")) or loras_in(prompt),
        others=fields.left,
        unread=tuple(fields.unread),
    )


def _loras(value: object) -> tuple[Lora, ...]:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    found = [(str(item.get("model") or ""), number(item.get("weight"))) for item in items]
    return tuple(Lora(name, 1.0 if weight is None else weight) for name, weight in found if name)
