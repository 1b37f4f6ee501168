"""Model cards: what each model takes, where that is known from, and checks against it.

load_model("flux-dev")                  the card, by id or alias
check(card, "gateway", parameters)      what will be sent, and what is wrong with it
adapt(card, "gateway", parameters)      the nearest parameters with which nothing is wrong
"""

from __future__ import annotations

from impasto.models.adapting import Adapted, Change, adapt
from impasto.models.card import ModelCard
from impasto.models.limits import Checked, check
from impasto.models.parameters import normalize
from impasto.models.registry import all_models, load_model, model_names

__all__ = [
    "Adapted",
    "Change",
    "Checked",
    "ModelCard",
    "adapt",
    "all_models",
    "check",
    "load_model",
    "model_names",
    "normalize",
]
