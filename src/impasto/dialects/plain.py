"""Plain words: FLUX, DALL·E, GPT-image and whatever else takes text without a syntax.

Weights become order and words. A list of tags has at least 3 phrases with a median of at most 4
words: its strong phrases move to the front, its weak ones to the end. In sentences the order
stays and words carry the weight. A prompt may be both: a list first, then sentences.
docs/words.md explains the policy and has the table of words.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Loss
from impasto.dialects.base import Script, ScriptPart, Written
from impasto.dialects.pieces import Learnt, Piece, joined, learn, weight_loss
from impasto.dialects.settle import cut
from impasto.dialects.vocabulary import INSTEAD
from impasto.dialects.words import lowered
from impasto.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.syntax.phrases import Phrase

LIST_LENGTH: Final = 3
LIST_WORDS: Final = 4
"""A tag list has at least so many phrases, with at most so many words in the middle."""


class Plain:
    """The writer for targets that take words."""

    name = "plain"

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
        text = _arranged(pieces, script.emphasis, losses)
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


def _arranged(pieces: list[Piece], emphasis: str, losses: list[Loss]) -> str:
    """Return the text of all pieces with their weights in order and words."""
    if emphasis == "auto" and _is_even(pieces):
        told = "left as it is: all of the prompt has this weight, so nothing stands out"
        losses += [piece.loss(told) for piece in pieces if piece.text]
        return joined([(piece.text, piece.stop) for piece in pieces])
    found: list[tuple[str, str]] = []
    for sentence, is_weighted in _sentences(pieces):
        texts = [piece.text for piece in sentence]
        if is_weighted:
            texts = _sentence(sentence, emphasis, losses, is_first=not found)
            texts[0] = _capital(texts[0], sentence[0].text)
        found.append((", ".join([text for text in texts if text]), sentence[-1].stop))
    return joined(found)


def _is_even(pieces: list[Piece]) -> bool:
    """Whether all of the prompt has one weight, so that no part is stronger than another."""
    first = pieces[0]
    return first.rank != 0 and all(
        p.weight == first.weight and not p.stretches for p in pieces if p.text
    )


def _sentences(pieces: list[Piece]) -> list[tuple[list[Piece], bool]]:
    """Return the pieces by sentence, with whether a sentence has weights."""
    found = []
    sentence: list[Piece] = []
    is_weighted = False
    for piece in pieces:
        sentence.append(piece)
        if piece.weighted:
            is_weighted = True
        if piece.stop:
            found.append((sentence, is_weighted))
            sentence = []
            is_weighted = False
    if sentence:
        found.append((sentence, is_weighted))
    return found


def _sentence(
    sentence: list[Piece], emphasis: str, losses: list[Loss], *, is_first: bool
) -> list[str]:
    """Return the texts of one sentence in their order, and note its losses."""
    if emphasis == "drop":
        return _take((piece.dropped() for piece in sentence), losses)
    listed = is_list(sentence) and (is_first or not sentence[0].text[:1].isupper())
    if emphasis == "order" or (emphasis == "auto" and listed):
        may_move = listed or (is_first and not sentence[-1].stop)
        return _in_order(sentence, losses, words=emphasis == "auto", may_move=may_move)
    if emphasis == "auto" and len(sentence) > 1 and _is_even(sentence):
        first, *others = sentence
        told = "said with the words that open its sentence"
        texts = _take([first.first_of_many()], losses)
        losses += [piece.loss(told) for piece in others if piece.text]
        return texts + [piece.text for piece in others]
    return _take((piece.in_words() for piece in sentence), losses)


def _take(said: Iterable[tuple[str, tuple[Loss, ...]]], losses: list[Loss]) -> list[str]:
    texts = []
    for text, more in said:
        texts.append(text)
        losses += more
    return texts


def is_list(pieces: list[Piece]) -> bool:
    """Whether the pieces are a list of tags rather than a sentence."""
    counts = sorted([piece.words for piece in pieces])
    middle = len(counts) // 2
    median = (counts[middle] + counts[-middle - 1]) / 2
    return len(counts) >= LIST_LENGTH and median <= LIST_WORDS


def _in_order(pieces: list[Piece], losses: list[Loss], *, words: bool, may_move: bool) -> list[str]:
    """Move the strong pieces to the front and the weak ones to the end, each stably."""
    strong: list[Piece] = []
    others: list[Piece] = []
    weak: list[Piece] = []
    for piece in pieces:
        if not piece.rank or piece.linked or not may_move:
            others.append(piece)
        else:
            (strong if piece.rank > 0 else weak).append(piece)
    strong.sort(key=_by_rank, reverse=True)
    weak.sort(key=_by_rank, reverse=True)
    ordered = strong + others + weak
    moving = {*range(len(strong)), *range(len(ordered) - len(weak), len(ordered))}
    texts = [piece.text for piece in ordered]
    for at, piece in enumerate(ordered):
        if piece.weighted:
            stays = piece is pieces[at] if at in moving else None
            texts[at] = _placed(piece, losses, words=words, stays=stays)
    if ordered[0] is not pieces[0]:
        at = ordered.index(pieces[0])
        texts[at] = lowered(texts[at])
    return texts


_by_rank = attrgetter("rank")


def _placed(piece: Piece, losses: list[Loss], *, words: bool, stays: bool | None) -> str:
    """Return the text of a piece that has its place, and note what became of its weights.

    `stays` says whether a piece that may move stands where it stood; None, that it may not.
    """
    if stays is None:
        text, more = piece.in_words() if words else piece.dropped()
        losses += more
        return text
    end = "front" if piece.rank > 0 else "end"
    told = f"it stands near the {end} already" if stays else f"moved to the {end}"
    losses.append(piece.loss(told))
    if not piece.stretches:
        return piece.text
    text, more = piece.inner() if words else piece.inner_dropped()
    losses += more
    return text


def _capital(text: str, original: str) -> str:
    """Return a sentence that begins with a capital where it did before."""
    if original[:1].isupper() and text[:1].islower():
        return text[0].upper() + text[1:]
    return text


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
    elif script.emphasis == "drop":
        text = ", ".join(_take((piece.dropped() for piece in pieces), losses))
    else:
        texts = _in_order(pieces, losses, words=False, may_move=True)
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
