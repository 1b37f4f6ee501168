"""Fooocus: JSON or an infotext, by its scheme.

PNG: the texts `parameters` and `fooocus_scheme` ("fooocus": JSON, "a1111"); JPEG and WebP: the tags
0x9286 and 0x927C of the image itself, not of the Exif part; older ones have JSON in `Comment`.
Source: Fooocus modules/meta_parser.py. RuinedFooocus writes JSON with names of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from impasto.images import exif, jsontext
from impasto.images.generation import Fields, Generation, Lora, number
from impasto.images.infotext import read as read_infotext
from impasto.images.readers import _webui

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 40

_NUMBERED = re.compile(r"lora(?:_combined)?_\d{1,2}")


def read(carried: Carried) -> Generation | None:
    """Return what Fooocus says; None where it did not write it.

    Raises:
        ImageError: its JSON is damaged.
    """
    text, sure = _text(carried)
    if jsontext.looks_like_object(text):
        if not sure and not ('"base_model' in text and '"negative_prompt"' in text.lower()):
            return None if '"RuinedFooocus"' not in text else _ruined(text)
        return _from_json(jsontext.mapping(text, "the JSON of Fooocus"))
    if not sure and "Version: Fooocus" not in text:
        return None
    found = read_infotext(text)
    if not sure and not _webui.parameter(found, _webui.VERSION).startswith("Fooocus"):
        return None
    return _webui.generation(carried, found, "fooocus", "fooocus")


def _text(carried: Carried) -> tuple[str, bool]:
    """Return the text that may be Fooocus's and whether it surely is."""
    sure = "fooocus_scheme" in carried.texts or carried.outer.get(exif.MAKER_NOTE) in (
        "fooocus",
        "a1111",
    )
    sure = sure or carried.software.startswith("Fooocus")
    old = carried.texts.get("Comment", "")
    text = (
        carried.texts.get("parameters") or carried.outer.get(exif.USER_COMMENT) or carried.comment
    )
    return text or old, sure and bool(text or old)


def _from_json(data: dict[str, Any]) -> Generation:
    fields = Fields({str(name).lower().replace(" ", "_"): value for name, value in data.items()})
    width, height = fields.size("resolution")
    return Generation(
        tool="fooocus",
        software=fields.text("version") or "Fooocus",
        dialect="fooocus",
        prompt=fields.text("prompt"),
        negative_prompt=fields.text("negative_prompt"),
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("guidance_scale"),
        sampler=fields.name("sampler"),
        scheduler=fields.name("scheduler"),
        width=width,
        height=height,
        model=fields.name("base_model"),
        loras=_loras(fields),
        others=fields.left,
        unread=tuple(fields.unread),
    )


def _loras(fields: Fields) -> tuple[Lora, ...]:
    """Take the adapters: a list of [name, weight, hash], or "name : weight" numbered."""
    listed = fields.take("loras")
    found = [_lora(item) for item in listed] if isinstance(listed, list) else []
    numbered = [name for name in fields.left if _NUMBERED.fullmatch(name)]
    found += [_lora(str(fields.take(name)).split(" : ")) for name in numbered]
    return tuple(lora for lora in found if lora)


def _lora(item: object) -> Lora | None:
    if not isinstance(item, list) or not item or str(item[0]) == "None":
        return None
    weight = number(item[1]) if len(item) > 1 else None
    return Lora(str(item[0]), 1.0 if weight is None else weight)


def _ruined(text: str) -> Generation:
    fields = Fields(jsontext.mapping(text, "the JSON of RuinedFooocus"))
    return Generation(
        tool="fooocus",
        software=fields.text("software") or "RuinedFooocus",
        dialect="fooocus",
        prompt=fields.text("Prompt", "prompt"),
        negative_prompt=fields.text("Negative", "negative"),
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("cfg"),
        sampler=fields.name("sampler_name"),
        scheduler=fields.name("scheduler"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=fields.name("base_model_name"),
        others=fields.left,
        unread=tuple(fields.unread),
    )
