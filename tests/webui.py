"""The reader of AUTOMATIC1111, written anew from the description of its algorithm."""

from __future__ import annotations

import json
import re
from contextlib import suppress

PAIR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


def webui(text):
    """Read an infotext as AUTOMATIC1111 does, written from the description of its algorithm.

    The text is cut at line feeds. The last line holds parameters if it has at least three. Every
    line is stripped; one that starts with "Negative prompt:" begins the negative prompt.
    """
    lines = text.strip().split("\n")
    pairs = PAIR.findall(lines[-1])
    if len(pairs) < 3:
        pairs = []
    else:
        lines.pop()
    both = ["", ""]
    side = 0
    for line in lines:
        part = line.strip()
        if part.startswith("Negative prompt:"):
            side, part = 1, part[16:].strip()
        both[side] += part if both[side] == "" else "\n" + part
    known = {}
    for key, value in pairs:
        known[key] = value
        if value[:1] == '"' and value[-1:] == '"':
            with suppress(ValueError):
                known[key] = json.loads(value)
    return both[0], both[1], known


def held(text):
    """What the format holds of a text: lines without spaces around, no blank ones before it."""
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return lines.lstrip("\n")
