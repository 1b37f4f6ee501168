"""What each model hears of a phrase: its effective weight there, or what was done instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.dialects.api import read
from impasto.errors import ImpastoError
from impasto.translate.api import translate
from impasto.translate.budget import budget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.diagnostics import Loss
    from impasto.lint.targets import LintTarget
    from impasto.lsp.spots import Spot
    from impasto.syntax.weights import Runs
    from impasto.translate.translation import Translation

_NEAR = 1e-9


class Heard(NamedTuple):
    """What a model hears of a text.

    `weight` is the effective one, None where the text is not there. `tokens` says how many there
    are up to the end of the text, and for how many there is room. `note` is what was done instead.
    """

    target: LintTarget
    weight: float | None
    tokens: str = ""
    note: str = ""


def heard(spot: Spot, targets: Iterable[LintTarget], name: str) -> list[Heard]:
    """Return what each target hears of a spot in the file `name`."""
    return [_heard(spot, target, name) for target in targets]


def _heard(spot: Spot, target: LintTarget, name: str) -> Heard:
    try:
        translation = translate(spot.whole, target.card.id, target.backend)
    except ImpastoError as error:
        return Heard(target, None, note=str(error).partition("\n")[0])
    lost = [loss for loss in translation.losses if _is_about(loss, spot, name)]
    note = "; ".join(dict.fromkeys(loss.instead or loss.message for loss in lost))
    return Heard(target, _weight(spot, translation), _tokens(spot, translation), note)


def _is_about(loss: Loss, spot: Spot, name: str) -> bool:
    if loss.span is None:
        return spot.is_negative and loss.kind == "negative"
    file, start, end = loss.span.in_file()
    is_negative = loss.kind == "negative"
    return (
        file.name == name
        and start < spot.end
        and end > spot.start
        and is_negative <= spot.is_negative
    )


def _weight(spot: Spot, translation: Translation) -> float | None:
    """Return the weight with which the target's own reader reads the text back."""
    text = translation.negative_prompt if spot.is_negative else translation.prompt
    try:
        schedule = read(text, translation.dialect).schedule()
    except ImpastoError:
        return None
    weights = [
        part * found for part, _, runs in schedule if (found := _found(spot, runs)) is not None
    ]
    return weights[0] if weights else None


def _tokens(spot: Spot, translation: Translation) -> str:
    """Return how many tokens there are up to the end of a spot, of how many, and the room."""
    found = budget(translation)
    reading = found.main_negative if spot.is_negative else found.main
    if reading is None:
        most = found.max_characters
        return f"{found.characters} of {most} characters" if most and not spot.is_negative else ""
    at = _nth(spot, reading.text)
    if at is None:
        return ""
    end = at + len(spot.text)
    tokens = [(number, token) for number, chunk in enumerate(reading.chunks) for token in chunk]
    before = [number for number, token in tokens if token.start < end]
    about = "" if reading.exact else "about "
    said = f"{about}{len(before)} of {reading.count}, room for {reading.limit}"
    last = before[-1] if before else 0
    if last >= reading.read:
        return f"{said}: **not read**"
    return f"{said} a chunk, in chunk {last + 1}" if len(reading.chunks) > 1 else said


def _nth(spot: Spot, whole: str) -> int | None:
    """Return where the spot's text begins in `whole`, the last one where there are too few."""
    at = -1
    for _ in range(spot.nth + 1):
        next_one = whole.find(spot.text, at + 1)
        if next_one < 0:
            break
        at = next_one
    return None if at < 0 else at


def _found(spot: Spot, runs: Runs) -> float | None:
    """Return the weight of the spot's text in `runs`."""
    at = _nth(spot, "".join(text for text, _ in runs))
    return None if at is None else _weight_at(runs, at)


def _weight_at(runs: Runs, at: int) -> float:
    end = 0
    for text, weight in runs:
        end += len(text)
        if at < end:
            return weight
    return 1.0
