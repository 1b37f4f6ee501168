"""Names of model files, as tools write them into images: which card they mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from impasto.models.card import ModelCard

_FILE: Final = re.compile(r"\.(?:safetensors|ckpt|gguf|sft|pt)$")
_SHORTEST: Final = 5
"""Letters of an alias that a longer name may begin with."""


def card_named(name: str) -> ModelCard | None:
    """Return the card that a tool's name of a model means: a file, a path, a title; else None.

    "sd_xl_base_1.0.safetensors" begins as the alias "sd-xl", so it is read as that model.
    """
    from impasto.models.registry import all_models, load_model

    file = _FILE.sub("", re.split(r"[\\/]", name)[-1].strip())
    for one in (name, file):
        try:
            return load_model(one)
        except UnknownNameError:
            continue
    spelled = _spelled(file)
    fits = [
        (len(alias), card)
        for card in all_models()
        for alias in map(_spelled, (card.id, *card.aliases))
        if len(alias) >= _SHORTEST and "-" in alias and f"{spelled}-".startswith(f"{alias}-")
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def _spelled(name: str) -> str:
    return re.sub(r"[_ .]+", "-", name.lower())
