"""How styles meet: slots nest, the rest is appended, equal phrases fold into one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from impasto.models.parameters import overridden
from impasto.styles.layer import Layer, Target, layers
from impasto.syntax.phrases import Phrase, strength
from impasto.syntax.runs import CLOSE, OPEN, TEXT, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.styles.library import Library

Phrases = tuple[Phrase, ...]
_STOPS = (".", "!", "?")
_LOOSE_STOP = re.compile(r"\s+(?=[.!?](?:\s|\Z))")


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
    repeated: tuple[tuple[str, float, float], ...] = ()
    varied: tuple[tuple[str, str], ...] = ()
    namesakes: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Merged(NamedTuple):
    """What happened where phrases and styles met."""

    folds: tuple[Fold, ...]
    conflicts: tuple[Fold, ...]
    styles: Stack


def stack(uses: Sequence[str], target: Target, library: Library) -> Stack:
    """Return the layers of the styles `uses` for `target`.

    They are ordered by their `order`, then as they are mentioned. Styles with a slot nest, the
    first one innermost; those without append. A parameter of the style that is mentioned later
    wins; `overridden` tells (name, value, loser, winner). A style that is there again stays in
    its first place, with the stronger weight; `repeated` tells (style, its weight, the weaker
    weight) where the two differ. With other options it is another style; `varied` tells both.
    `namesakes` tells (style, others) where the short name of a style could mean others.
    """
    found: dict[str, tuple[Layer, float]] = {}
    repeated: list[tuple[str, float, float]] = []
    groups: list[list[Layer]] = []
    for use in uses:
        style, weight = library.find(use)
        groups.append([])
        for layer in layers(style, weight, target, library):
            name = layer.style.label
            known = found.get(name)
            if known is None:
                found[name] = (layer, layer.weight)
                groups[-1].append(layer)
            elif known[1] != layer.weight:
                stronger, weaker = _by_strength(known[0], layer)
                found[name] = (stronger, stronger.weight)
                repeated.append((name, stronger.weight, weaker.weight))
    ordered = sorted((layer for layer, _ in found.values()), key=_order)
    parameters, origin, notes = _parameters(groups)
    return Stack(
        tuple(layer for layer in ordered if layer.has_slot),
        tuple(p for layer in ordered if not layer.has_slot for p in layer.phrases),
        tuple(p for layer in ordered for p in layer.negative),
        parameters,
        origin,
        tuple(notes),
        tuple(repeated),
        _varied(ordered),
        _namesakes(uses, library),
    )


def _namesakes(uses: Sequence[str], library: Library) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = {library.find(use)[0].name: library.namesakes(use) for use in uses}
    return tuple((name, tuple(o.name for o in others)) for name, others in found.items() if others)


def _varied(ordered: Sequence[Layer]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of layers that are one style with different options."""
    first: dict[str, str] = {}
    styles = [layer.style for layer in ordered]
    pairs = [(first.setdefault(style.name, style.label), style.label) for style in styles]
    return tuple(pair for pair in pairs if pair[0] != pair[1])


def _order(layer: Layer) -> int:
    return layer.style.model.order


def _by_strength(first: Layer, second: Layer) -> tuple[Layer, Layer]:
    """Return the layer with the stronger weight and the other one."""
    if strength(second.weight) > strength(first.weight):
        return second, first
    return first, second


def _parameters(
    groups: list[list[Layer]],
) -> tuple[dict[str, object], dict[str, str], list[tuple[str, object, str, str]]]:
    """Return the parameters, the style each comes from, and what one style took from another.

    A style that replaces a parameter of its own base does what `extends` is for: no finding.
    """
    values: dict[str, object] = {}
    origin: dict[str, str] = {}
    notes: list[tuple[str, object, str, str]] = []
    for group in groups:
        before, origins = dict(values), dict(origin)
        for layer in group:
            values = overridden(values, layer.parameters)
            origin.update(dict.fromkeys(layer.parameters, layer.style.name))
        for name, value in before.items():
            if name not in values:  # a size gave way to a ratio, or a ratio to a size
                notes.append((name, value, origins[name], group[-1].style.name))
            elif values[name] != value:
                notes.append((name, value, origins[name], origin[name]))
    return values, origin, notes


def dress(phrases: Phrases, styles: Stack) -> Phrases:
    """Return `phrases` inside the styles that have a slot, followed by those that have none."""
    for layer in styles.wrapping:
        phrases = _wrap(phrases, layer)
    return _open_end(phrases) + styles.appended if styles.appended else phrases


def _open_end(phrases: Phrases) -> Phrases:
    """Take a full stop off the end where a comma and more words follow."""
    if not phrases or not phrases[-1].text.endswith("."):
        return phrases
    *runs, last = phrases[-1].runs
    text = last.text.removesuffix(".")
    if last.kind != TEXT or not text or text.endswith("."):
        return phrases
    return (*phrases[:-1], Phrase((*runs, Run(TEXT, text, last.weight, last.span))))


def _wrap(inner: Phrases, layer: Layer) -> Phrases:
    found: list[Phrase] = []
    for phrase, slot in zip(layer.phrases, layer.slots, strict=True):
        if slot < 0:
            found.append(phrase)
        else:
            is_last = phrase is layer.phrases[-1]
            ends = slot + 1 == len(phrase.runs)
            found += _fill_slot(inner if is_last or not ends else _open_end(inner), phrase, slot)
    return tuple(found)


def _fill_slot(inner: Phrases, outer: Phrase, slot: int) -> list[Phrase]:
    """Return `inner` with what stands before and behind the slot joined to its ends."""
    runs = outer.runs
    head, tail = runs[:slot], _closed_up(runs[slot + 1 :])
    found = [phrase.scaled(runs[slot].weight) for phrase in inner]
    if not found:
        return _around_nothing(head, tail)
    if any(run.kind == OPEN for run in head) and any(run.kind == CLOSE for run in tail):
        found = [_in_one(found)]
    if head:
        found[0] = Phrase(head + found[0].runs)
    if tail:
        last = found[-1]
        joint = None
        if tail[0].text.startswith(_STOPS):
            runs, tail, key = _one_stop(last.runs, tail)
            last = last if runs is last.runs else Phrase(runs)  # writers may remember it
            joint = (last, _tail(outer, tail, key))
        found[-1] = Phrase(last.runs + tail, joint)
    return found


def _closed_up(tail: tuple[Run, ...]) -> tuple[Run, ...]:
    """Return the words behind a slot without a space before the stop they begin with."""
    stop = _LOOSE_STOP.match(tail[0].text) if tail and tail[0].kind == TEXT else None
    return (_with_text(tail[0], tail[0].text[stop.end() :]), *tail[1:]) if stop else tail


def _tail(outer: Phrase, tail: tuple[Run, ...], key: str) -> Phrase:
    """Return the words behind a slot as a phrase that writers remember, as the style does."""
    found = outer.written.get(key)
    if found is None:
        found = outer.written[key] = Phrase(tail)
    assert isinstance(found, Phrase)
    return found


def _around_nothing(head: tuple[Run, ...], tail: tuple[Run, ...]) -> list[Phrase]:
    """Return what a style says of an empty prompt: the words around it, no stop before them."""
    if not head and tail and tail[0].kind == TEXT:
        first = tail[0]
        tail = (Run(TEXT, first.text.lstrip(" .!?;:"), first.weight, first.span), *tail[1:])
    found = Phrase(head + tail)
    return [found] if found.text.strip() else []


def _in_one(phrases: list[Phrase]) -> Phrase:
    """Return the phrases as one, for inside a schedule commas part nothing."""
    runs = list(phrases[0].runs)
    for phrase in phrases[1:]:
        runs += [Run(TEXT, ", ", 1.0, phrase.runs[0].span), *phrase.runs]
    return Phrase(tuple(runs))


def _one_stop(
    last: tuple[Run, ...], tail: tuple[Run, ...]
) -> tuple[tuple[Run, ...], tuple[Run, ...], str]:
    """Let one stop stand where the prompt ends in one and the style begins with one.

    A full stop gives way to the style's; of "!", "?" and "..." the prompt keeps its own.
    """
    end = last[-1].text if last and last[-1].kind == TEXT else ""
    if end.endswith(("!", "?", "…", "...", "。", "！", "？")):
        return last, (_with_text(tail[0], tail[0].text[1:]), *tail[1:]), "tail without stop"
    if end.endswith("."):
        last = (*last[:-1], _with_text(last[-1], end[:-1]))
    return last, tail, "tail"


def _with_text(run: Run, text: str) -> Run:
    return Run(run.kind, text, run.weight, run.span, run.node)


def fold(phrases: Phrases) -> tuple[Phrases, tuple[Fold, ...]]:
    """Return `phrases` with equal ones folded: the first place stays, the strongest weight wins."""
    keys = {phrase.key for phrase in phrases}
    if len(keys) == len(phrases):
        return phrases, ()
    places: dict[str, int] = {}
    found: list[Phrase] = []
    folds: list[tuple[str, Phrase]] = []
    for phrase in phrases:
        at = -1 if phrase.is_break else places.setdefault(phrase.key, len(found))
        if at < 0 or at == len(found):
            found.append(phrase)
        elif strength(phrase.weight) > strength(found[at].weight):
            folds.append((phrase.key, found[at]))
            found[at] = phrase
        else:
            folds.append((phrase.key, phrase))
    return tuple(found), tuple(Fold(found[places[key]], dropped) for key, dropped in folds)


def conflicts(positive: Phrases, negative: Phrases) -> tuple[Fold, ...]:
    """Return the pairs of equal phrases that are wanted and unwanted at once."""
    if not negative:
        return ()
    wanted = {phrase.key: phrase for phrase in positive if not phrase.is_break}
    if wanted.keys().isdisjoint([phrase.key for phrase in negative]):
        return ()
    return tuple(Fold(wanted[p.key], p) for p in negative if p.key in wanted and not p.is_break)
