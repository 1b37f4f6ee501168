"""How styles meet: slots nest, the rest is appended, equal phrases fold into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.styles.layer import SLOT_RUN, Layer, Target, layers
from impasto.syntax.phrases import Phrase, strength
from impasto.syntax.runs import TEXT, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.styles.library import Library

Phrases = tuple[Phrase, ...]


class Fold(NamedTuple):
    """Two equal phrases that became one."""

    kept: Phrase
    dropped: Phrase


class Stack(NamedTuple):
    """The layers of several styles, in the order in which they take effect."""

    wrapping: tuple[Layer, ...]
    appended: Phrases
    negative: Phrases
    parameters: dict[str, object]
    parameter_styles: dict[str, str]
    overridden: tuple[tuple[str, object, str, str], ...]


def stack(uses: Sequence[str], target: Target, library: Library) -> Stack:
    """Return the layers of the styles `uses` for `target`.

    Styles with a slot nest, the first one innermost; those without append, in order. A later
    style's parameter wins over an earlier one's; `overridden` tells (name, value, loser, winner).
    """
    found: list[Layer] = []
    for use in uses:
        style, weight = library.find(use)
        names = {layer.style.name for layer in found}
        found += [x for x in layers(style, weight, target, library) if x.style.name not in names]
    parameters: dict[str, object] = {}
    origin: dict[str, str] = {}
    overridden: list[tuple[str, object, str, str]] = []
    for layer in found:
        for name, value in layer.parameters.items():
            if name in parameters and parameters[name] != value:
                overridden.append((name, parameters[name], origin[name], layer.style.name))
            parameters[name] = value
            origin[name] = layer.style.name
    return Stack(
        tuple(layer for layer in found if layer.has_slot),
        tuple(p for layer in found if not layer.has_slot for p in layer.phrases),
        tuple(p for layer in found for p in layer.negative),
        parameters,
        origin,
        tuple(overridden),
    )


def dress(phrases: Phrases, styles: Stack) -> Phrases:
    """Return `phrases` inside the styles that have a slot, followed by those that have none."""
    for layer in styles.wrapping:
        phrases = _wrap(phrases, layer.phrases)
    return phrases + styles.appended


def _wrap(inner: Phrases, outer: Phrases) -> Phrases:
    found: list[Phrase] = []
    for phrase in outer:
        slot = next((at for at, run in enumerate(phrase.runs) if run.kind == SLOT_RUN), -1)
        if slot < 0:
            found.append(phrase)
        else:
            found += _fill_slot(inner, phrase.runs, slot)
    return tuple(found)


def _fill_slot(inner: Phrases, runs: tuple[Run, ...], slot: int) -> list[Phrase]:
    """Return `inner` with what stands before and behind the slot joined to its ends."""
    head, tail = runs[:slot], runs[slot + 1 :]
    found = [phrase.scaled(runs[slot].weight) for phrase in inner]
    if not found:
        return [Phrase(head + tail)] if head or tail else []
    if head:
        found[0] = Phrase(head + found[0].runs)
    if tail:
        last = found[-1].runs
        if tail[0].text.startswith((".", "!", "?")):
            last = _without_stop(last)
        found[-1] = Phrase(last + tail)
    return found


def _without_stop(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Take a full stop off the end, for the style brings its own."""
    last = runs[-1] if runs else None
    if last is None or last.kind != TEXT or not last.text.endswith("."):
        return runs
    return (*runs[:-1], Run(TEXT, last.text.rstrip("."), last.weight, last.span))


def fold(phrases: Phrases) -> tuple[Phrases, tuple[Fold, ...]]:
    """Return `phrases` with equal ones folded: the first place stays, the strongest weight wins."""
    seen = {phrase.key: phrase for phrase in phrases}
    if len(seen) == len(phrases):
        return phrases, ()
    kept: dict[str, Phrase] = {}
    found: list[Phrase] = []
    folds: list[Fold] = []
    for phrase in phrases:
        first = kept.get(phrase.key)
        if phrase.is_break or first is None:
            kept.setdefault(phrase.key, phrase)
            found.append(phrase)
            continue
        winner = phrase if strength(phrase.weight) > strength(first.weight) else first
        folds.append(Fold(winner, first if winner is phrase else phrase))
        found[found.index(first)] = kept[phrase.key] = winner
    return tuple(found), tuple(folds)


def conflicts(positive: Phrases, negative: Phrases) -> tuple[Fold, ...]:
    """Return the pairs of equal phrases that are wanted and unwanted at once."""
    if not negative:
        return ()
    wanted = {phrase.key: phrase for phrase in positive}
    if wanted.keys().isdisjoint([phrase.key for phrase in negative]):
        return ()
    return tuple(Fold(wanted[p.key], p) for p in negative if p.key in wanted)
