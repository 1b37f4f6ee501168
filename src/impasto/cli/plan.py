"""What `impasto generate` is about to send: one translation for each image, seeds drawn."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from impasto.config import DEFAULT_MODEL
from impasto.errors import OpenPromptError

if TYPE_CHECKING:
    from impasto.cli.inputs import Job
    from impasto.cli.preflight import Prepared, Wishes
    from impasto.models.card import ModelCard
    from impasto.translate.translation import Translation

_SEEDS = 2**31


class Shot(NamedTuple):
    """One image to make: its own seed, and what was prepared for it."""

    seed: int | None
    made: Prepared

    @property
    def translation(self) -> Translation:
        """What is sent."""
        return self.made.translation


class Plan(NamedTuple):
    """All images of one command; `drawn` says that nobody gave the first seed."""

    shots: tuple[Shot, ...]
    model: str
    drawn: bool


def plan(
    job: Job, model: str | None, backend: str, count: int, emphasis: str, wishes: Wishes
) -> Plan:
    """Return what to send for `count` images of a job.

    Raises:
        SourceError: in the prompt, the template, a value or a style.
        UnknownNameError: the model or a style.
    """
    from impasto.cli.preflight import prepare
    from impasto.models.registry import load_model

    card = load_model(model or job.model() or DEFAULT_MODEL)
    served = card.for_backend(backend)
    first, drawn = _first_seed(job, served)
    shots = []
    for index in range(count):
        own = job if first is None else job._replace(seed=first + index)
        own = _seeded(own, served, explicit=not drawn)
        shots.append(Shot(own.seed, prepare(own, card, backend, wishes, emphasis)))
    return Plan(tuple(shots), shots[0].translation.model, drawn)


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


def _seeded(job: Job, card: ModelCard, *, explicit: bool) -> Job:
    """Return the job with its seed as a parameter, where the model takes one or it was given."""
    if job.seed is None or not (explicit or "seed" in card.parameters):
        return job
    return job._replace(parameters={**job.parameters, "seed": job.seed})
