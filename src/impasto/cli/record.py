"""What made an image: everything needed to understand it and to make it again, and no key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.cli.inputs import Job
    from impasto.client.request import Result
    from impasto.compose.composition import Composition
    from impasto.translate.translation import Translation


def record_of(result: Result, translation: Translation, job: Job) -> dict[str, object]:
    """Return the record of an image, JSON-ready; see docs/cli.md for its keys."""
    from impasto import __version__

    composition = translation.composition
    facts: dict[str, object] = {
        "impasto": __version__,
        **result.record(),
        "canonical": translation.canonical,
        "canonical_negative": _negative(translation),
        "template": _template(job),
        "given": _given(job),
        "values": {name: _plain(value) for name, value in job.values.items()},
        "choices_seed": composition.seed if composition else None,
        "styles": _styles(composition) if composition else [],
        "losses": [loss.to_json() for loss in translation.losses],
    }
    if translation.backend == "proof":
        del facts["seconds"]  # the same proof is the same file
    return {name: fact for name, fact in facts.items() if fact not in (None, "", [], {})}


def _negative(translation: Translation) -> str:
    composition = translation.composition
    if composition:
        return str(composition.negative_prompt)
    return translation.negative.text if translation.negative else ""


def _template(job: Job) -> dict[str, str] | None:
    front = job.front
    if front:  # where it lay on this machine is nobody's business
        return {"name": Path(front.source.name).name, "text": front.source.text}
    return {"name": "template", "text": str(job.source)} if job.template else None


def _given(job: Job) -> dict[str, object]:
    """Return what was asked for, beside template and values: enough to ask for it again."""
    from impasto.models.parameters import normalize

    is_prompt = isinstance(job.source, str) and not job.template
    facts: dict[str, object] = {
        "prompt": job.source if is_prompt else None,
        "dialect": job.origin,
        "negative": job.negative,
        "styles": list(job.styles),
        "parameters": normalize(job.parameters),
        "seed": job.seed,
    }
    return {name: fact for name, fact in facts.items() if fact not in (None, "", [], {})}


def _plain(value: object) -> object:
    return [str(item) for item in value] if isinstance(value, list) else value


def _styles(composition: Composition) -> list[dict[str, object]]:
    library = composition.recipe.library
    found: list[dict[str, object]] = []
    for use in composition.styles:
        style, weight = library.find(use)
        facts = {"name": style.name, "weight": weight, "version": style.pack.model.version}
        found.append({**facts, "options": style.options} if style.options else facts)
    return found
