"""What `impasto generate` is about to send: one translation for each image, seeds drawn."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from impasto.config import DEFAULT_MODEL
from impasto.errors import OpenPromptError

if TYPE_CHECKING:
    from impasto.cli.inputs import Job
    from impasto.models.card import ModelCard
    from impasto.translate.translation import Translation

_SEEDS = 2**31


class Shot(NamedTuple):
    """One image to make: its job with its own seed, and its translation."""

    job: Job
    seed: int | None
    translation: Translation


class Plan(NamedTuple):
    """All images of one command; `drawn` says that nobody gave the first seed."""

    shots: tuple[Shot, ...]
    model: str
    drawn: bool


def plan(job: Job, model: str | None, backend: str, count: int, emphasis: str) -> Plan:
    """Return what to send for `count` images of a job.

    Raises:
        SourceError: in the prompt, the template, a value or a style.
        UnknownNameError: the model or a style.
    """
    from impasto.models.registry import load_model

    card = load_model(model or job.model() or DEFAULT_MODEL)
    served = card.for_backend(backend)
    first, drawn = _first_seed(job, served)
    shots = []
    for index in range(count):
        own = job if first is None else job._replace(seed=first + index)
        shots.append(_shot(own, served, backend, emphasis, explicit=not drawn))
    return Plan(tuple(shots), card.id, drawn)


def _first_seed(job: Job, card: ModelCard) -> tuple[int | None, bool]:
    """Return the seed of the first image and whether it was drawn here."""
    if job.seed is not None:
        return job.seed, False
    front = job.front
    given = job.parameters.get("seed", front.front.parameters.get("seed") if front else None)
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given, False
    if given is not None:  # such as -1: the model's own business, and its limits'
        return None, False
    if "seed" in card.parameters or _has_choices(job):
        return secrets.randbelow(min(_SEEDS, _greatest(card) + 1)), True
    return None, False


def _greatest(card: ModelCard) -> int:
    spec = card.parameters.get("seed")
    return int(spec.max) if spec and spec.max is not None else _SEEDS - 1


def _has_choices(job: Job) -> bool:
    try:
        job.prompt()
    except OpenPromptError:
        return True
    return False


def _shot(job: Job, card: ModelCard, backend: str, emphasis: str, *, explicit: bool) -> Shot:
    from impasto.cli.translate import translations

    takes_seed = "seed" in card.parameters
    parameters = dict(job.parameters)
    if job.seed is not None and (takes_seed or explicit):
        parameters["seed"] = job.seed
    own = job._replace(parameters=parameters)
    found = translations(own, [card.id], backend, emphasis, add_seed=False)[0]
    return Shot(own, job.seed, found)
