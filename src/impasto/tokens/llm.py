"""Tokenizers of language models, by the package splintr (`pip install "impasto[tokens]"`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from itertools import accumulate
from typing import Any

from impasto.tokens.nfc import nfc
from impasto.tokens.text import Cleaned
from impasto.tokens.token import Token


def encode(text: str, vocabulary: str) -> list[Token]:
    """Return the tokens of `text` with their places in it."""
    splintr = _loaded(vocabulary)
    cleaned = nfc(Cleaned(text.encode("utf-8", "replace").decode()))
    ids: list[int] = splintr.encode(cleaned.text)
    sizes = [len(splintr.decode_token_bytes(token)) for token in ids]
    places = [at for at, c in enumerate(cleaned.text) for _ in c.encode()]
    return [
        Token(token, *cleaned.origin(places[end - size], places[end - 1] + 1))
        for token, size, end in zip(ids, sizes, accumulate(sizes), strict=True)
    ]


@cache
def _loaded(vocabulary: str) -> Any:
    return import_module("splintr").Tokenizer.from_pretrained(vocabulary)
