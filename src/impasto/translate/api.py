"""`translate`: from a prompt or a composition to what one model hears."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from impasto.dialects import dialect as load_dialect
from impasto.dialects.base import Dialect, Script, ScriptPart, Written, in_phrases, whole
from impasto.errors import LimitError, LossError
from impasto.models.adapting import Adapted
from impasto.models.adapting import adapt as adapted
from impasto.models.limits import check
from impasto.models.parameters import normalize
from impasto.models.registry import load_model
from impasto.syntax.parser import parse
from impasto.syntax.prompt import Prompt
from impasto.translate.translation import Translation
from impasto.translate.yielding import Yielded, give_way

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from impasto.compose.composition import Composition
    from impasto.models.card import ModelCard

OnLoss = Literal["report", "warn", "raise"]


class LossWarning(UserWarning):
    """A translation lost something and the caller asked for `on_loss="warn"`."""


def translate(
    source: str | Prompt | Composition,
    model: str | None = None,
    backend: str | None = None,
    on_loss: OnLoss = "report",
    *,
    negative: str | None = None,
    parameters: Mapping[str, object] | None = None,
    emphasis: Literal["auto", "words", "order", "drop"] = "auto",
    adapt: bool = False,
    strict: bool = False,
) -> Translation:
    """Translate a prompt for a model, at a backend or as its maker documents it.

    Args:
        source: prompt text, a prompt or a composition. A composition that was made for another
            model is composed again, so that variants of styles are right.
        model: the model's name or alias; a composition's own model if None.
        backend: where the model is reached, for the limits; None for its maker's.
        on_loss: "report" the losses on the result, also "warn" of each, or "raise".
        negative: the negative prompt; for a composition, more of it.
        parameters: of the request, with canonical names; added to those of a composition.
        emphasis: how models without weights hear them: "words", "order", by the kind of text
            ("auto"), or not at all ("drop").
        adapt: change parameters that the model refuses or does not have to the nearest it takes;
            `changes` of the result says which.
        strict: raise where there is an error or a warning about the request.

    Raises:
        UnknownNameError: the model is unknown.
        PromptSyntaxError: the text is no prompt.
        OpenPromptError: choices or wildcards are left in it.
        LossError: something was lost and `on_loss` is "raise".
        LimitError: with `strict`, the model would refuse or ignore something.
    """
    card = load_model(_model_of(source, model))
    served = card.for_backend(backend)
    keep_negative = served.negative != "none" or "negative_prompt" in served.documents
    writer = load_dialect(served.dialect)
    unwanted = parse(negative, name="negative prompt") if negative else None
    if isinstance(source, (str, Prompt)):
        prompt = parse(source) if isinstance(source, str) else source
        script = _script(prompt, unwanted, writer)
        wanted = Yielded(dict(parameters or {}))
        source = prompt
    else:
        composition = _composed(source, card, unwanted)
        script = Script(
            tuple(ScriptPart(part.phrases, part.weight) for part in composition.parts),
            composition.negative,
        )
        given = normalize(parameters) if parameters else {}
        wanted = give_way(card, backend, composition, given)
        source = composition
    script = script._replace(emphasis=emphasis, keep_negative=keep_negative)
    written = writer.write(script)
    asked = adapted(card, backend, wanted.parameters) if adapt else Adapted(wanted.parameters)
    found = _finished(source, unwanted, card, backend, writer, written, asked)
    if wanted.findings:
        found = replace(found, limits=(*wanted.findings, *found.limits))
    if strict:
        _refuse(found)
    if on_loss != "report":
        _complain(found, on_loss)
    return found


def _model_of(source: str | Prompt | Composition, model: str | None) -> str:
    if model is not None:
        return model
    if not isinstance(source, (str, Prompt)) and source.target.id:
        return source.target.id
    raise TypeError("say which model to translate for: translate(…, model=…)")


def _composed(source: Composition, card: ModelCard, unwanted: Prompt | None) -> Composition:
    """Return the composition for the model, with more of the negative prompt where there is any."""
    recipe = source.recipe
    if unwanted:
        recipe = recipe._replace(unwanted=(*recipe.unwanted, unwanted))
    elif source.target.id == card.id:
        return source
    return recipe.compose(card)


def _script(prompt: Prompt, negative: Prompt | None, writer: Dialect) -> Script:
    return whole(prompt, negative) if writer.keeps_layout else in_phrases(prompt, negative)


def _finished(
    source: Prompt | Composition,
    negative: Prompt | None,
    card: ModelCard,
    backend: str | None,
    writer: Dialect,
    written: Written,
    asked: Adapted,
) -> Translation:
    """Check the request and give the dialect its last word about parameters in the text."""
    checked = check(
        card, backend, asked.parameters, prompt=written.text, negative_prompt=written.negative
    )
    text, sent, losses = writer.finish(written, card, checked.parameters, backend)
    return Translation(
        model=card.id,
        backend=backend or "",
        dialect=writer.name,
        prompt=text.strip(),
        negative_prompt=written.negative.strip(),
        parameters=sent,
        losses=written.losses + losses,
        limits=checked.diagnostics,
        source=source,
        negative=negative,
        changes=asked.changes,
    )


def _refuse(found: Translation) -> None:
    refused = tuple(one for one in found.limits if one.severity != "info")
    if refused:
        raise LimitError(refused)


def _complain(found: Translation, on_loss: OnLoss) -> None:
    if not found.losses:
        return
    if on_loss == "raise":
        raise LossError(found.losses)
    level = _callers_level()
    for loss in found.losses:
        warnings.warn(str(loss), LossWarning, stacklevel=level)


def _callers_level() -> int:
    """Return how many frames above `_complain` the code stands that asked for a translation."""
    import inspect  # noqa: PLC0415 - slow, and only warnings need it

    frame: FrameType | None = inspect.currentframe()
    level = 0
    while frame and str(frame.f_globals.get("__name__", "")).split(".")[0] == "impasto":
        frame = frame.f_back
        level += 1
    return level
