"""InvokeAI: JSON in a PNG text, in three generations.

`invokeai_metadata` since version 3, before that `sd-metadata`, and at first a command line in
`Dream`. Before version 3 the negative prompt stands in square brackets within the prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from impasto.images import jsontext
from impasto.images.generation import Fields, Generation, Lora, number

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 55

_UNWANTED = re.compile(r"\[([^\[\]]*)\]")
_DREAM = re.compile(r'\s*"((?:[^"\\]|\\.)*)"(.*)\Z', re.DOTALL)
_SWITCH = re.compile(r"-([A-Za-z])\s?([^\s-][^\s]*)")
_SWITCHES = {
    "s": "steps",
    "S": "seed",
    "W": "width",
    "H": "height",
    "C": "cfg_scale",
    "A": "sampler",
}


def read(carried: Carried) -> Generation | None:
    """Return what InvokeAI says; None where it did not write it.

    Raises:
        ImageError: its JSON is damaged.
    """
    texts = carried.texts
    if "invokeai_metadata" in texts:
        return _newest(jsontext.mapping(texts["invokeai_metadata"], "the text invokeai_metadata"))
    if "sd-metadata" in texts:
        return _second(jsontext.mapping(texts["sd-metadata"], "the text sd-metadata"))
    found = _DREAM.match(texts.get("Dream", ""))
    return _first(found[1], found[2]) if found else None


def _newest(data: dict[str, Any]) -> Generation:
    fields = Fields(data)
    version = fields.text("app_version")
    return Generation(
        tool="invokeai",
        software=f"InvokeAI {version}".strip(),
        dialect="compel",
        prompt=fields.text("positive_prompt"),
        negative_prompt=fields.text("negative_prompt"),
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("cfg_scale", "guidance"),
        scheduler=fields.name("scheduler"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=_model(fields.take("model")),
        loras=_loras(fields.take("loras")),
        others=fields.left,
        unread=tuple(fields.unread),
    )


def _model(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("model_name") or value.get("key") or "")
    return str(value or "")


def _loras(value: Any) -> tuple[Lora, ...]:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    found = [
        (_model(item.get("model") or item.get("lora")), number(item.get("weight")))
        for item in items
    ]
    return tuple(Lora(name, 1.0 if weight is None else weight) for name, weight in found if name)


def _second(data: dict[str, Any]) -> Generation:
    image = data.pop("image", None)
    fields = Fields({**data, **(image if isinstance(image, dict) else {})})
    version = fields.text("app_version")
    return _made(_prompt(fields.take("prompt")), fields, f"InvokeAI {version}".strip())


def _made(prompt: str, fields: Fields, software: str) -> Generation:
    """Return what versions before 3 say, whose negative prompt stands in square brackets."""
    prompt, negative_prompt = _cut(prompt)
    return Generation(
        tool="invokeai",
        software=software,
        dialect="compel",
        prompt=prompt,
        negative_prompt=negative_prompt,
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("cfg_scale"),
        sampler=fields.name("sampler"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=fields.name("model_weights", "model"),
        others=fields.left,
        unread=tuple(fields.unread),
    )


def _prompt(value: Any) -> str:
    """Return the prompt: a text, or a list of texts with weights, joined."""
    if isinstance(value, list):
        return " ".join(str(part.get("prompt", "")) for part in value if isinstance(part, dict))
    return str(value or "")


def _cut(prompt: str) -> tuple[str, str]:
    """Return a prompt without its parts in square brackets, and these parts."""
    unwanted = ", ".join(part.strip() for part in _UNWANTED.findall(prompt))
    return _UNWANTED.sub("", prompt).strip(), unwanted


def _first(text: str, switches: str) -> Generation:
    given = {_SWITCHES.get(name, name): value for name, value in _SWITCH.findall(switches)}
    return _made(text.replace('\\"', '"'), Fields(given), "InvokeAI")
