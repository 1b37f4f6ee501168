"""Plain words: FLUX, DALL·E, GPT-image and whatever else takes text without a syntax.

Weights become order and words. A list of tags has at least 3 phrases with a median of at most 4
words: its strong phrases move to the front, its weak ones to the end. In sentences the order
stays and words carry the weight. A prompt may be both: a list first, then sentences.
docs/words.md explains the policy and has the table of words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import Loss
from impasto.dialects.base import Dialect, Reading, Script, ScriptPart, Written
from impasto.dialects.plain.arrange import arranged, in_order, take
from impasto.dialects.plain.findings import bracket_weight
from impasto.dialects.plain.pieces import weight_loss
from impasto.dialects.plain.reading import Learnt, joined, learn
from impasto.dialects.plain.vocabulary import INSTEAD
from impasto.dialects.settle import cut
from impasto.source import Span
from impasto.syntax.nodes import Part, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.source import Source
    from impasto.syntax.phrases import Phrase


class Plain(Dialect):
    """Targets that take words: any text is itself, and weights are said in words."""

    name = "plain"
    title = "Plain words"

    def read(self, source: Source) -> Reading:
        """Return the text as it stands, at weight 1."""
        text = source.text
        nodes = (Value(text, 0, len(text)),) if text else ()
        part = Part(nodes, "", 0, len(text))
        return Reading((part,), tuple(bracket_weight(source, len(text))))

    def write(self, script: Script) -> Written:
        """Return plain text; every weight, schedule, reference … is a loss."""
        parts = script.parts
        if len(parts) == 1 and parts[0].weight == 1:
            text, losses, unwanted = _positive(parts[0].phrases, script)
        else:
            phrases, notes, refused = _united(parts, keep=script.keep_negative)
            text, losses, unwanted = _positive(phrases, script)
            losses = [*notes, *losses]
            unwanted += [one.text for one in learn(refused)]
        negative, more = _negative(script, unwanted)
        return Written(text, (*losses, *more) if more else tuple(losses), negative)


def _positive(phrases: tuple[Phrase, ...], script: Script) -> tuple[str, list[Loss], list[str]]:
    """Return the text, the losses, and what belongs into the negative prompt."""
    learnt = learn(phrases)
    plain = calm = True
    for one in learnt:
        if not one.plain:
            plain = False
            if not one.calm:
                calm = False
    if plain:
        return ", ".join([one.text for one in learnt]), [], []
    losses = [loss for one in learnt if one.losses for loss in one.losses]
    if calm:
        text = _calm(learnt)
    else:
        pieces = [piece for one in learnt for piece in one.pieces]
        text = arranged(pieces, script.emphasis, losses)
    return text, losses, _unwanted(learnt, losses, keep=script.keep_negative)


def _calm(learnt: list[Learnt]) -> str:
    """Join phrases that have no weights, each with a comma unless it ended a sentence."""
    found: list[str] = []
    separator = ""
    for one in learnt:
        if one.text:
            found += [separator, one.text]
            separator = " " if one.closed else ", "
    return "".join(found)


def _united(
    parts: tuple[ScriptPart, ...], *, keep: bool
) -> tuple[tuple[Phrase, ...], list[Loss], list[Phrase]]:
    """Return the phrases of all parts at their weights, the losses, and the unwanted phrases."""
    found: list[Phrase] = []
    refused: list[Phrase] = []
    losses: list[Loss] = []
    for at, part in enumerate(parts):
        if not part.phrases:
            continue
        told = "joined by a comma"
        if part.weight > 0:
            found += [phrase.scaled(part.weight) for phrase in part.phrases]
        elif part.weight < 0 and keep:
            refused += part.phrases
            told = "moved to the negative prompt"
        else:
            told = "left out"
        if at or part.weight <= 0:
            losses.append(_and_loss(part, told))
    return tuple(found), losses, refused


def _and_loss(part: ScriptPart, told: str) -> Loss:
    span = _cover(part.phrases)
    weight = "" if part.weight == 1 else f" of weight {part.weight:g}"
    return Loss(
        "and",
        f"the target reads one prompt and composes no others{weight} with it",
        cut(", ".join(phrase.text for phrase in part.phrases[:8])),
        span,
        "warning",
        told,
        "say in one sentence how the two belong together",
    )


def _cover(phrases: Sequence[Phrase]) -> Span:
    """Return the span from the first phrase to the last where they are of one source."""
    first, last = phrases[0].span, phrases[-1].span
    if first.source is not last.source:
        return first
    return Span(first.source, first.start, max(first.end, last.end))


def _unwanted(learnt: list[Learnt], losses: list[Loss], *, keep: bool) -> list[str]:
    """Return the texts that have a weight below 0, and note every one that is not above 0."""
    found = []
    for stretch in [stretch for one in learnt if one.unwanted for stretch in one.unwanted]:
        moved = keep and stretch.weight < 0
        told = "moved to the negative prompt" if moved else "left out"
        losses.append(weight_loss(stretch.text, stretch.weight, stretch.run, told, "warning"))
        if moved:
            found.append(stretch.text)
    return found


def _negative(script: Script, unwanted: list[str]) -> tuple[str, list[Loss]]:
    """Return the negative prompt and its losses."""
    if not script.negative and not unwanted:
        return "", []
    learnt = learn(script.negative)
    if not script.keep_negative:
        return "", [_no_negative(script.negative, learnt)]
    losses = [loss for found in learnt for loss in found.losses]
    _unwanted(learnt, losses, keep=False)
    pieces = [piece for found in learnt for piece in found.pieces]
    if all(found.calm for found in learnt):
        text = _calm(learnt)
    else:
        if script.emphasis == "drop":
            texts = take((piece.dropped() for piece in pieces), losses)
        else:
            texts = in_order(pieces, losses, words=False, may_move=True)
        text = joined(zip(texts, [piece.stop for piece in pieces], strict=True))
    return joined((part, "") for part in (text, *unwanted)), losses


def _no_negative(phrases: tuple[Phrase, ...], learnt: list[Learnt]) -> Loss:
    """Return the one loss of a negative prompt that the target has no field for."""
    better: dict[str, str] = {}
    for phrase in phrases:
        affirmative = INSTEAD.get(phrase.key)
        if affirmative:
            better.setdefault(affirmative, phrase.text)
    examples = [f'"{new}" for "{old}"' for new, old in list(better.items())[:3]]
    such = f", such as {', '.join(examples)}" if examples else ""
    return Loss(
        "negative",
        "the target has no negative prompt",
        _calm(learnt),
        _cover(phrases),
        "warning",
        "it was left out",
        f"say in the prompt what should be there instead{such}",
    )
