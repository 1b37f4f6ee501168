"""What the gallery shows of one style: what each model hears of a subject, and the proof of it."""

from __future__ import annotations

from io import BytesIO
from math import sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from impasto.compose.api import compose
from impasto.diagnostics import Diagnostic, Loss  # noqa: TC001 - msgspec reads the hints
from impasto.images.ornament import paint
from impasto.images.palette import palette_of
from impasto.images.words import Run  # noqa: TC001 - msgspec reads the hints
from impasto.models.registry import all_models
from impasto.styles.library import Style  # noqa: TC001 - msgspec reads the hints
from impasto.translate.api import translate

if TYPE_CHECKING:
    from impasto.models.card import ModelCard
    from impasto.styles.library import Library
    from impasto.translate.translation import Translation

PROOF_OF = "stable-diffusion-xl"
"""The model whose text is drawn: its weights are in the text, so the strokes differ in width."""

_AREA = 384 * 256
_FLATTEST = 3.0
_QUALITY = 62
_OF_THE_MODEL = "model-retired"  # true of every style: the page says it once


class Hearing(Struct, frozen=True, kw_only=True):
    """What several models hear alike; `parameters` are theirs, one mapping for each of `models`."""

    models: tuple[ModelCard, ...]
    prompt: str
    negative_prompt: str
    parameters: tuple[dict[str, object], ...]
    losses: tuple[Loss, ...]
    notes: tuple[Diagnostic, ...]


class Exhibit(Struct, frozen=True, kw_only=True):
    """One style with what is heard of `subject`.

    `runs` and `negative_runs` are the texts for `PROOF_OF` with their effective weights, `ratio`
    is its width by its height.
    """

    style: Style
    subject: str
    hearings: tuple[Hearing, ...]
    runs: tuple[Run, ...]
    negative_runs: tuple[Run, ...]
    ratio: float


def exhibit(style: Style, subject: str, library: Library) -> Exhibit:
    """Return what the gallery shows of `style`.

    Raises:
        SourceError: the style or the subject is broken; file, line and column are given.
        OpenPromptError: the subject holds choices.
    """
    heard = [_heard(style, subject, card, library) for card in all_models()]
    drawn = next(one for one in heard if one.model == PROOF_OF)
    width, height = (drawn.parameters.get(side, 1024) for side in ("width", "height"))
    return Exhibit(
        style=style,
        subject=subject,
        hearings=_alike(heard),
        runs=drawn.runs,
        negative_runs=drawn.negative_runs,
        ratio=int(width) / int(height),
    )


def _heard(style: Style, subject: str, card: ModelCard, library: Library) -> Translation:
    return translate(compose(subject, styles=(style.name,), model=card.id, library=library))


def _alike(heard: list[Translation]) -> tuple[Hearing, ...]:
    """Return the translations, those together that say and lose the same."""
    groups: dict[tuple[str, ...], list[Translation]] = {}
    for one in heard:
        key = (one.prompt, one.negative_prompt, *map(str, one.losses))
        groups.setdefault(key, []).append(one)
    return tuple(_hearing(group) for group in groups.values())


def _hearing(group: list[Translation]) -> Hearing:
    cards = {card.id: card for card in all_models()}
    notes = {
        (note.message, note.span): note
        for one in group
        for note in one.diagnostics
        if note.rule != _OF_THE_MODEL
    }
    return Hearing(
        models=tuple(cards[one.model] for one in group),
        prompt=group[0].prompt,
        negative_prompt=group[0].negative_prompt,
        parameters=tuple(one.parameters for one in group),
        losses=group[0].losses,
        notes=tuple(notes.values()),
    )


def picture_size(ratio: float) -> tuple[int, int]:
    """Return width and height in pixels of a small proof; all have about the same area."""
    ratio = min(max(ratio, 1 / _FLATTEST), _FLATTEST)
    return round(sqrt(_AREA * ratio)), round(sqrt(_AREA / ratio))


def picture(shown: Exhibit) -> bytes:
    """Return the painted panel of the style's proof as a small WebP.

    The same exhibit gives the same bytes with the same version of Pillow.
    """
    words = "".join(text for text, _ in shown.runs)
    panel = paint(
        picture_size(shown.ratio), shown.runs, shown.negative_runs, palette_of(words), seed=0
    )
    file = BytesIO()
    panel.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
