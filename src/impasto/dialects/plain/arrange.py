"""Arranging pieces: the weights of a prompt in the order of its words, or in words of their own.

A list of tags has at least 3 pieces with a median of at most 4 words; it is put in order. In
sentences the order stays. docs/words.md explains the policy.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from impasto.dialects.plain.reading import joined
from impasto.dialects.plain.words import lowered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.diagnostics import Loss
    from impasto.dialects.plain.pieces import Piece, Said

LIST_LENGTH: Final = 3
LIST_WORDS: Final = 4
"""A tag list has at least so many phrases, with at most so many words in the middle."""


def arranged(pieces: list[Piece], emphasis: str, losses: list[Loss]) -> str:
    """Return the text of all pieces with their weights in order and words."""
    if emphasis == "auto" and _is_even(pieces):
        told = "left as it is: all of the prompt has this weight, so nothing stands out"
        losses += [piece.loss(told) for piece in pieces if piece.text]
        return joined([(piece.text, piece.stop) for piece in pieces])
    found: list[tuple[str, str]] = []
    sentences = _sentences(pieces)
    passage = _Passage()
    for at, (sentence, is_weighted) in enumerate(sentences):
        texts = [piece.text for piece in sentence]
        if is_weighted:
            follower = sentences[at + 1][0] if at + 1 < len(sentences) else []
            if emphasis in ("auto", "words") and passage.holds(sentence, follower):
                texts = _together(sentence, losses, "passage", opens=passage.opens)
            else:
                texts = _sentence(sentence, emphasis, losses, is_first=not found)
            texts[0] = _capital(texts[0], sentence[0].text)
        found.append((", ".join([text for text in texts if text]), sentence[-1].stop))
    return joined(found)


class _Passage:
    """Several sentences of one weight, as those of a style that was asked for at 0.7."""

    def __init__(self) -> None:
        self._weight = 1.0
        self.opens = False

    def holds(self, sentence: list[Piece], follower: list[Piece]) -> bool:
        """Whether the sentence goes on with a passage, or begins one with `follower`."""
        even = _is_even(sentence)
        goes_on = even and sentence[0].weight == self._weight
        begins = even and not goes_on and _is_even([*sentence, *follower]) and bool(follower)
        self._weight = sentence[0].weight if goes_on or begins else 1.0
        self.opens = begins
        return goes_on or begins


def _together(sentence: list[Piece], losses: list[Loss], form: str, *, opens: bool) -> list[str]:
    """Return the texts of a sentence that has one weight, said once."""
    texts = [piece.text for piece in sentence]
    told = f"said with the words that open the {form}"
    silent = sentence
    if opens:
        first, *silent = sentence
        texts[0], loss = first.opening(passage=form == "passage")
        losses += loss
    losses += [piece.loss(told) for piece in silent if piece.text]
    return texts


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
        return take((piece.dropped() for piece in sentence), losses)
    listed = _is_list(sentence) and (is_first or not sentence[0].text[:1].isupper())
    if emphasis == "order" or (emphasis == "auto" and listed):
        may_move = listed or (is_first and not sentence[-1].stop)
        return in_order(sentence, losses, words=emphasis == "auto", may_move=may_move)
    if len(sentence) > 1 and _is_even(sentence) and not listed:
        return _together(sentence, losses, "sentence", opens=True)
    return take((piece.in_words() for piece in sentence), losses)


def take(said: Iterable[Said], losses: list[Loss]) -> list[str]:
    """Return the texts of `said`, and add what was lost in them to `losses`."""
    texts = []
    for text, more in said:
        texts.append(text)
        losses += more
    return texts


def _is_list(pieces: list[Piece]) -> bool:
    """Whether the pieces are a list of tags rather than a sentence."""
    counts = sorted([piece.words for piece in pieces])
    middle = len(counts) // 2
    median = (counts[middle] + counts[-middle - 1]) / 2
    return len(counts) >= LIST_LENGTH and median <= LIST_WORDS


def in_order(pieces: list[Piece], losses: list[Loss], *, words: bool, may_move: bool) -> list[str]:
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
