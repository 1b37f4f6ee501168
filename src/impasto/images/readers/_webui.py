"""What an infotext says, for the tools that write as A1111 does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.images import infotext
from impasto.images.generation import Fields, Generation, loras_in

if TYPE_CHECKING:
    from impasto.images.carried import Carried
    from impasto.images.infotext import Infotext

VERSION, APP = "Version", "App"
_JSON = re.compile(r'\s*+(?:\[\s*+)?\{\s*+["}]')


def parsed(carried: Carried) -> Infotext | None:
    """Return the infotext in the place where A1111 writes it; None if there is none."""
    text = carried.infotext
    if not text.strip() or _is_json(text):
        return None
    return infotext.read(text)


def _is_json(text: str) -> bool:
    """Whether a text begins and ends as JSON does: `{red|blue} fox` is a prompt."""
    return _JSON.match(text) is not None and text.rstrip("\0 \r\n\t").endswith(("}", "]"))


def parameter(found: Infotext, name: str) -> str:
    """Return a parameter of an infotext, "" if it is not there or there several times."""
    value = found.parameters.get(name, "")
    return value if isinstance(value, str) else ""


def generation(
    carried: Carried, found: Infotext, tool: str, dialect: str, software: str = ""
) -> Generation:
    """Return what an infotext of `tool` says."""
    fields = Fields(found.parameters)
    width, height = fields.size("Size")
    return Generation(
        tool=tool,
        software=software or parameter(found, VERSION),
        dialect=dialect,
        prompt=found.prompt,
        negative_prompt=found.negative_prompt,
        seed=fields.whole("Seed"),
        steps=fields.whole("Steps"),
        cfg=fields.number("CFG scale", "Guidance"),
        sampler=fields.name("Sampler"),
        scheduler=fields.name("Schedule type", "Scheduler"),
        width=width,
        height=height,
        model=fields.name("Model"),
        loras=loras_in(found.prompt),
        others=fields.left,
        unread=(*(f'"{piece}" is no parameter' for piece in found.unread), *fields.unread),
        infotext=carried.infotext,
    )
