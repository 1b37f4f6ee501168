"""CLIP's byte-pair encoding, with the place of every token in the text.

Equal to the `CLIPTokenizer`s of transformers, which diffusers, ComfyUI and A1111 use. OpenCLIP's
bigG of SDXL has the same vocabulary.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from heapq import heappop, heappush
from typing import Final

from impasto.tokens.cleaning import HF, Cleaning
from impasto.tokens.token import Token
from impasto.tokens.vocabulary import BYTES, clip_merges

START: Final = 49406
END: Final = 49407
COMMA: Final = 267
LENGTH: Final = 77
"""How many tokens CLIP reads at once, `START` and `END` among them."""


_SPECIAL: Final = {"<|startoftext|>": START, "<|endoftext|>": END}
_MARKER = re.compile("|".join(map(re.escape, _SPECIAL)))
_WORD = re.compile(
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[a-zL]+|[0-9]|[^\sa-zL0-9]+",
    re.ASCII,
)
_SYMBOLS: Final = {byte: at for at, byte in enumerate(BYTES)}


class _Kinds(dict[int, str]):
    """What a character beyond ASCII counts as: a letter L, a digit, a space or a sign."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kind = unicodedata.category(character)[0]
        found = {"L": "L", "N": "0"}.get(kind, " " if character.isspace() else "!")
        self[code] = found
        return found


_KINDS: Final = _Kinds({code: chr(code) for code in range(128)})
_FOLDED: Final = _Kinds({**_KINDS, ord("ſ"): "s", 0x345: " "})
"""With case folded "ſ" is an "s", and the mark U+0345 falls through the pattern's classes."""


def encode(text: str, cleaning: Cleaning = HF) -> list[Token]:
    """Return the tokens of `text` with their places in it, without those around it."""
    if "<|" not in text:
        return _encode(text, cleaning)
    found: list[Token] = []
    at = 0
    for marker in _MARKER.finditer(text):
        found += _shifted(_encode(text[at : marker.start()], cleaning), at)
        at = marker.end()
        found.append(Token(_SPECIAL[marker[0]], marker.start(), at))
    return found + _shifted(_encode(text[at:], cleaning), at)


def _shifted(tokens: list[Token], by: int) -> list[Token]:
    return [Token(token, start + by, end + by) for token, start, end in tokens]


def _encode(given: str, cleaning: Cleaning) -> list[Token]:
    cleaned = cleaning.clean(given)
    text = cleaned.text
    kinds = text if text.isascii() else text.translate(_FOLDED if cleaning.folds else _KINDS)
    found: list[Token] = []
    for word in _WORD.finditer(kinds):
        at = word.start()
        pieces = _pieces(text[at : word.end()])
        if pieces[0].id >= START and not cleaning.folds:  # not in capitals
            pieces = _spelled(text[at : word.end()])
        found += [Token(token, at + start, at + end) for token, start, end in pieces]
    if cleaned.starts is None:
        return found
    return [Token(token, *cleaned.origin(start, end)) for token, start, end in found]


@lru_cache(maxsize=16384)
def _pieces(word: str) -> tuple[Token, ...]:
    """Return the tokens of one word, with ranges of its characters."""
    if word in _SPECIAL:
        return (Token(_SPECIAL[word], 0, len(word)),)
    raw = word.encode("utf-8", "replace")
    symbols = [_SYMBOLS[byte] for byte in raw]
    symbols[-1] += len(BYTES)
    merged = _merged(symbols)
    places = _characters(word, len(raw))
    ends = [*[at for at, _ in merged[1:]], len(raw)]
    return tuple(
        Token(symbol, places[at], places[end - 1] + 1)
        for (at, symbol), end in zip(merged, ends, strict=True)
    )


def _spelled(marker: str) -> tuple[Token, ...]:
    """Return the tokens of a marker that is none: its signs, its word, its signs."""
    parts = ((0, 2), (2, len(marker) - 2), (len(marker) - 2, len(marker)))
    return tuple(
        Token(token, at + start, at + end)
        for at, stop in parts
        for token, start, end in _pieces(marker[at:stop])
    )


def _characters(word: str, size: int) -> range | list[int]:
    """Return for each byte of a word which character it belongs to."""
    if len(word) == size:
        return range(size)
    return [at for at, c in enumerate(word) for _ in c.encode("utf-8", "replace")]


def _merged(symbols: list[int]) -> list[tuple[int, int]]:
    """Merge pairs, the lowest id first and from the left; return (place, id) of what remains."""
    merges = clip_merges()
    count = len(symbols)
    after = list(range(1, count + 1))
    before = list(range(-1, count - 1))
    heap: list[tuple[int, int]] = []

    def consider(left: int) -> None:
        if left >= 0 and after[left] < count:
            whole = merges.get(symbols[left] << 16 | symbols[after[left]])
            if whole is not None:
                heappush(heap, (whole, left))

    for at in range(count - 1):
        consider(at)
    while heap:
        whole, left = heappop(heap)
        right = after[left]
        if right >= count or merges.get(symbols[left] << 16 | symbols[right]) != whole:
            continue  # one of the two has merged with another since
        symbols[left], symbols[right] = whole, -1
        after[left] = after[right]
        if after[left] < count:
            before[after[left]] = left
        consider(left)
        consider(before[left])
    return [(at, symbol) for at, symbol in enumerate(symbols) if symbol >= 0]
