"""The schema of files of model cards, made from the cards' own type."""

from __future__ import annotations

from typing import Any

import msgspec

from impasto.jsonschemas import DIALECT
from impasto.models.card import ModelCard


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of cards: a list of them."""
    made = msgspec.json.schema(list[ModelCard])
    return {"$schema": DIALECT, "title": "impasto model cards, format 1", **made}
