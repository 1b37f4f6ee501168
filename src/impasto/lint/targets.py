"""Checks that need a model: its limits, and what it does not hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.diagnostics import Diagnostic
from impasto.errors import OpenPromptError, SourceError, UnknownNameError
from impasto.lint.nearest import with_nearest
from impasto.lint.reading import closed
from impasto.lint.views import TargetView
from impasto.models.registry import load_model
from impasto.syntax.phrases import split
from impasto.translate.api import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from impasto.compose.composition import Composition
    from impasto.lint.check import Check
    from impasto.models.card import ModelCard
    from impasto.source import Span
    from impasto.syntax.phrases import Phrase
    from impasto.syntax.prompt import Prompt
    from impasto.translate.translation import Translation


class LintTarget(NamedTuple):
    """A model at a backend, or as its maker documents it."""

    card: ModelCard
    backend: str | None = None


def find_targets(names: Sequence[str]) -> tuple[LintTarget, ...]:
    """Return the targets that "model" and "model@backend" name, each once.

    Raises:
        UnknownNameError: a model that no card has, a backend that its card does not know.
    """
    return tuple(dict.fromkeys(_target(name) for name in names))


def _target(name: str) -> LintTarget:
    model, at, backend = name.partition("@")
    card = load_model(model)
    if at and backend not in card.backends:
        raise UnknownNameError(f"backend of {card.id}", backend, tuple(card.backends))
    return LintTarget(card, backend or None)


def check_prompt_for(target: LintTarget, prompt: Prompt, check: Check) -> None:
    """Check a prompt that stands alone for `target`."""
    ready = closed(prompt)
    translation = translate(ready, model=target.card.id, backend=target.backend)
    phrases = tuple(p for part in ready.parts for p in split(part.children, ready.source))
    whole = prompt.source.span(0, len(prompt.text))
    _check_translation(
        target, translation, phrases, check, lambda name: whole if name == "prompt" else None
    )


def check_composition_for(
    target: LintTarget,
    composition: Composition,
    check: Check,
    place: Callable[[str], Span | None],
) -> None:
    """Check a composition for `target`; `place` says where a parameter was written."""
    try:
        composed = composition.recipe.compose(target.card)
        translation = translate(composed, model=target.card.id, backend=target.backend)
    except (OpenPromptError, UnknownNameError):  # wildcards
        return
    except SourceError as error:
        check.add(error.diagnostic)
        return
    phrases = tuple(p for part in composed.parts for p in part.phrases)
    for finding in composed.diagnostics:
        check.add(placed(finding, place))
    _check_translation(target, translation, phrases, check, place)


def _check_translation(
    target: LintTarget,
    translation: Translation,
    phrases: tuple[Phrase, ...],
    check: Check,
    place: Callable[[str], Span | None],
) -> None:
    check.show("target", TargetView(target.card, translation, phrases))
    composition = translation.composition
    own = composition.recipe.model if composition else None
    models = {target, *check.linter.targets, *([LintTarget(load_model(own))] if own else [])}
    for finding in translation.limits:
        found = placed(finding, place)
        check.add(with_nearest(found) if len(models) == 1 else found)  # two could disagree for ever


def placed(finding: Diagnostic, place: Callable[[str], Span | None]) -> Diagnostic:
    """Return a finding about the request with the place of what it speaks of."""
    if finding.span is not None:
        return finding
    return Diagnostic(
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        place(finding.parameter),
        finding.expected,
        finding.hint,
        finding.fix,
        finding.parameter,
    )
