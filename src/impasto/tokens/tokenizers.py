"""The tokenizers by name, and by the name of the text encoder that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import UnknownNameError
from impasto.tokens.extras import is_installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.tokens.cleaning import Cleaning
    from impasto.tokens.token import Token


class Tokenizer(NamedTuple):
    """A tokenizer.

    `encode` gives the tokens of a text, without the `special` ones that are put around it.
    `is_exact` says whether they are the encoder's own for a text.
    """

    name: str
    special: int
    encode: Callable[[str, Cleaning], list[Token]]
    is_exact: Callable[[str, Cleaning], bool]


ENCODERS: Final = {
    "clip-l": "clip",
    "openclip-bigg": "clip",
    "t5-xxl": "t5",
    "qwen3-4b": "qwen3",
    "qwen2.5-vl-7b": "qwen2.5",
    "llama-3.1-8b": "llama3",
    "mistral-small-3.2": "mistral",
}
"""Text encoder -> its tokenizer."""

_LLM: Final = {
    "qwen2.5": "qwen2.5",
    "qwen3": "qwen3",
    "llama3": "llama3.1",
    "mistral": "mistral_v3",
}
"""Tokenizer of a language model -> its name in splintr."""
NAMES: Final = ("clip", "t5", *_LLM)


def tokenizer(name: str) -> Tokenizer:
    """Return the tokenizer `name`, or that of the text encoder `name`.

    Raises:
        UnknownNameError: there is none.
    """
    name = ENCODERS.get(name, name)
    if name == "clip":
        return Tokenizer(name, 2, _clip, lambda text, cleaning: cleaning.is_sure(text))
    if name == "t5":
        return Tokenizer(name, 1, _t5, lambda _text, _cleaning: True)
    if name not in _LLM:
        raise UnknownNameError("tokenizer", name, (*NAMES, *ENCODERS))
    if not is_installed("splintr"):
        return Tokenizer(name, 0, _clip, lambda _text, _cleaning: False)
    return Tokenizer(name, 0, _llm(_LLM[name]), lambda _text, _cleaning: True)


def _clip(text: str, cleaning: Cleaning) -> list[Token]:
    """Return CLIP's tokens: the best estimate for others, too, right within 8 % on average."""
    from impasto.tokens.clip import encode  # noqa: PLC0415 - reads its vocabulary

    return encode(text, cleaning)


def _t5(text: str, _cleaning: Cleaning) -> list[Token]:
    from impasto.tokens.t5 import encode  # noqa: PLC0415 - reads its vocabulary

    return encode(text)


def _llm(vocabulary: str) -> Callable[[str, Cleaning], list[Token]]:
    from impasto.tokens.llm import encode  # noqa: PLC0415 - an extra

    return lambda text, _cleaning: encode(text, vocabulary)
