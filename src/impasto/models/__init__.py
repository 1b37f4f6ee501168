"""Model cards: what each model takes, where that is known from, and checks against it.

load_model("flux-dev")                  the card, by id or alias
check(card, "gateway", parameters)      what will be sent, and what is wrong with it
"""

from __future__ import annotations

from impasto.models.card import ModelCard
from impasto.models.limits import Checked, check
from impasto.models.parameters import normalize
from impasto.models.registry import all_models, load_model, model_names

__all__ = [
    "Checked",
    "ModelCard",
    "all_models",
    "check",
    "load_model",
    "model_names",
    "normalize",
]
