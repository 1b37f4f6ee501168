"""T5's unigram model, with the place of every token in the text.

Equal to the `T5TokenizerFast` of transformers over the vocabulary of google/t5-v1_1-xxl, which
FLUX, SD3 and others read. Only places may differ where characters are replaced or removed: here
they are those of the characters.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from impasto.tokens.graphemes import graphemes, has_clusters
from impasto.tokens.text import Cleaned
from impasto.tokens.token import Token
from impasto.tokens.vocabulary import t5_charsmap, t5_pieces

END: Final = 1
UNKNOWN: Final = 2
_UNKNOWN_PENALTY = 10.0  # below the worst piece, as in sentencepiece
_LONGEST_REPLACED = 6  # bytes of a grapheme from which on its characters are replaced one by one
_MARKERS = re.compile(r"<pad>|</s>|<unk>|<extra_id_[1-9]?[0-9]>")
_WORD = re.compile(r"( +|▁|(?<!.))([^ ▁]*)", re.DOTALL)


def encode(text: str) -> list[Token]:
    """Return the tokens of `text` with their places in it, without the one at the end."""
    if "<" not in text:
        return _encode(text, 0)
    pieces = t5_pieces()
    found: list[Token] = []
    at = 0
    for marker in _MARKERS.finditer(text):
        found += _encode(text[at : marker.start()], at)
        at = marker.end()
        found.append(Token(pieces[marker[0]][0], marker.start(), at))
    return found + _encode(text[at:], at)


def _encode(given: str, offset: int) -> list[Token]:
    cleaned = _normalized(given)
    text = cleaned.text.rstrip()
    found: list[Token] = []
    for word in _WORD.finditer(text):
        at = word.start(2) - 1  # where the sign for a space stands
        if word[0]:
            pieces = _pieces(f"▁{word[2]}")
            found += [Token(token, at + start, at + end) for token, start, end in pieces]
    if found and found[0].start < 0:  # the sign before the first word, which nobody wrote
        found[0] = Token(found[0].id, 0, max(found[0].end, 1))
    if cleaned.starts is None and not offset:
        return found
    places = (cleaned.origin(start, end) for _, start, end in found)
    return [
        Token(token.id, start + offset, end + offset)
        for token, (start, end) in zip(found, places, strict=True)
    ]


def _normalized(text: str) -> Cleaned:
    if text.isascii() and text.isprintable():
        return Cleaned(text)
    table = t5_charsmap()
    if not has_clusters(text):
        return Cleaned(text).each(lambda c: table.get(c, c))
    found: list[tuple[str, int, int]] = []
    for start, end in graphemes(text):
        whole = _replaced(text[start:end], table)
        if whole is not None:
            found.append((whole, start, end))
        else:
            found += [(table.get(text[at], text[at]), at, at + 1) for at in range(start, end)]
    return Cleaned(text).pieces(found)


def _replaced(grapheme: str, table: dict[str, str]) -> str | None:
    """Return what a short grapheme is replaced by: its shortest beginning that has an entry."""
    if len(grapheme) == 1 or len(grapheme.encode("utf-8", "replace")) >= _LONGEST_REPLACED:
        return None
    keys = (grapheme[:size] for size in range(1, len(grapheme) + 1))
    return next((table[key] for key in keys if key in table), None)


@lru_cache(maxsize=16384)
def _pieces(word: str) -> tuple[Token, ...]:
    """Return the most probable pieces of one word, unknown neighbours as one."""
    starts, ids = _best(word)
    found: list[Token] = []
    end = len(word)
    while end:
        start = starts[end]
        if ids[end] == UNKNOWN and found and found[-1].id == UNKNOWN:
            found[-1] = Token(UNKNOWN, start, found[-1].end)
        else:
            found.append(Token(ids[end], start, end))
        end = start
    return tuple(reversed(found))


def _best(word: str) -> tuple[list[int], list[int]]:
    """Return for each end the start and the id of the last piece on the best way there."""
    pieces = t5_pieces()
    longest, unknown = _extremes()
    size = len(word)
    scores = [0.0, *[float("-inf")] * size]
    starts = [0] * (size + 1)
    ids = [UNKNOWN] * (size + 1)
    for start in range(size):
        before = scores[start]
        for end in range(start + 1, min(start + longest, size) + 1):
            piece = pieces.get(word[start:end])
            if piece is None:
                if end > start + 1:
                    continue
                piece = UNKNOWN, unknown
            score = before + piece[1]
            if score > scores[end]:
                scores[end], starts[end], ids[end] = score, start, piece[0]
    return starts, ids


@cache
def _extremes() -> tuple[int, float]:
    """Return the length of the longest piece, and the score of what is no piece."""
    pieces = t5_pieces()
    worst = min(score for _, score in pieces.values())
    return max(map(len, pieces)), worst - _UNKNOWN_PENALTY
