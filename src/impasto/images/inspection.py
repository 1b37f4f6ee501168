"""`inspect`: everything an image says about how it was made, whichever tool wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from impasto.errors import ImageError
from impasto.images import carried, jsontext, provenance, readers, stealth
from impasto.images.generation import Generation

if TYPE_CHECKING:
    from impasto.images.carried import Carried
    from impasto.images.kinds import Kind
    from impasto.images.provenance import Provenance

FORMAT = 1


class Inspection(Struct, frozen=True):
    """What an image says of itself.

    `generation` is None where it says nothing of how it was made. `hidden` tells that the text was
    hidden in the pixels. `unread` are sentences about what is there and could not be read.
    """

    kind: Kind
    generation: Generation | None
    provenance: Provenance
    hidden: bool = False
    unread: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON-ready object, format 1; what is not known is null or empty."""
        made = self.generation
        facts = _facts(made) if made else {"tool": None}
        return {
            "format": FORMAT,
            "kind": self.kind,
            **facts,
            "hidden": self.hidden,
            "provenance": _provenance(self.provenance),
            "unread": list(self.unread),
        }


def inspect(image: bytes) -> Inspection:
    """Return what an image says of how it was made.

    Texts hidden in the pixels are looked for where nothing else says it; that is all for which
    pixels are decoded.

    Raises:
        ImageError: no image, an image cut short or damaged.
    """
    found = carried.collect(image)
    generation, problems = readers.read(found)
    hidden = False
    if generation is None and found.kind in ("png", "webp"):
        generation, more = _hidden(found, image)
        hidden = generation is not None
        problems = (*problems, *more)
    unread = (*found.unread, *problems, *(generation.unread if generation else ()))
    return Inspection(
        found.kind,
        generation,
        provenance.of(found.manifest, found.xmp),
        hidden,
        tuple(dict.fromkeys(unread)),
    )


def _hidden(found: Carried, image: bytes) -> tuple[Generation | None, tuple[str, ...]]:
    """Return what the text says that is hidden in the pixels."""
    try:
        text = stealth.hidden(image)
        texts = _texts(text) if text else {}
    except ImageError as problem:
        return None, (str(problem),)
    return readers.read(found._replace(texts=texts)) if texts else (None, ())


def _texts(text: str) -> dict[str, str]:
    """Return a hidden text as the texts of a PNG: an infotext, or NovelAI's, which are an object."""
    if not jsontext.looks_like_object(text):
        return {"parameters": text}
    data = jsontext.mapping(text, "the text hidden in its pixels")
    if "Software" in data or "Comment" in data:
        return {str(name): value for name, value in data.items() if isinstance(value, str)}
    return {"parameters": text}


def _facts(made: Generation) -> dict[str, Any]:
    facts: dict[str, Any] = {
        name: getattr(made, name)
        for name in Generation.__struct_fields__
        if name not in ("loras", "unread", "infotext", "record")
    }
    facts["loras"] = [{"name": lora.name, "weight": lora.weight} for lora in made.loras]
    return {**facts, "record": made.record} if made.record is not None else facts


def _provenance(found: Provenance) -> dict[str, object]:
    return {
        "c2pa": found.c2pa,
        "generator": found.generator,
        "agent": found.agent,
        "source_type": found.source_type,
    }
