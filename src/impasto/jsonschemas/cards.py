"""The schema of files of model cards, made from the cards' own type."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, Final

import msgspec

from impasto.jsonschemas import DIALECT
from impasto.models.card import ModelCard

_LIKE: Final = {
    "type": "string",
    "description": "The model whose card says what this one does not",
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of cards: a list of them.

    Only `id` is demanded, as a card may take over the rest from another one: from that of `like`,
    or from the built-in card with the same id. There `null` takes a mapping's key away.
    """
    # Defaults as JSON has them, and docstrings without the indent that Python 3.13 takes away.
    made = msgspec.to_builtins(msgspec.json.schema(list[ModelCard]))
    for part in made["$defs"].values():
        if "description" in part:
            part["description"] = cleandoc(part["description"])
    card = made["$defs"]["ModelCard"]
    card["required"] = ["id"]
    card["properties"] = {**card["properties"], "like": _LIKE}
    del card["properties"]["origin"], card["properties"]["backend"]
    for part in card["properties"].values():
        if part.get("type") == "object" and isinstance(part.get("additionalProperties"), dict):
            part["additionalProperties"] = _or_null(part["additionalProperties"])
    for name in ("price_by_quality", "parameters", "sizes"):
        card["properties"][name] = _or_null(card["properties"][name])
    made["$defs"]["Sizes"].pop("required", None)
    return {"$schema": DIALECT, "title": "impasto model cards, format 1", **made}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
