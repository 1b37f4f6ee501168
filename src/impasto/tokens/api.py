"""Counting the tokens of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from impasto.errors import UnknownNameError
from impasto.tokens.cleaning import CLEANINGS
from impasto.tokens.tokenizers import tokenizer as load_tokenizer

if TYPE_CHECKING:
    from impasto.tokens.token import Token


class TokenCount(Struct, frozen=True):
    """The tokens of a text.

    `tokens` are those of the text alone; the encoder puts `special` more around them. With
    `exact` off they are an estimate: the tokenizer, or ftfy where a host would use it, is not
    installed.
    """

    text: str
    tokenizer: str
    tokens: tuple[Token, ...]
    special: int
    exact: bool

    @property
    def count(self) -> int:
        """How many tokens the text has."""
        return len(self.tokens)

    def to_json(self) -> dict[str, object]:
        """Return the count as a JSON-ready object, format 1."""
        return {
            "format": 1,
            "tokenizer": self.tokenizer,
            "count": self.count,
            "special": self.special,
            "exact": self.exact,
            "tokens": [
                {"id": t.id, "text": self.text[t.start : t.end], "start": t.start, "end": t.end}
                for t in self.tokens
            ],
        }


def count_tokens(
    text: str,
    tokenizer: str = "clip",
    *,
    cleaning: Literal["hf", "hf-slow", "ftfy"] = "hf",
) -> TokenCount:
    """Count the tokens of `text` as it stands: brackets and weights are text.

    Args:
        text: any text.
        tokenizer: "clip", "t5", "qwen2.5", "qwen3", "llama3" or "mistral", or a text encoder as
            model cards name it: "clip-l", "t5-xxl" …
        cleaning: what is done to the text before CLIP: "hf" as diffusers does, "hf-slow" as
            ComfyUI, "ftfy" as A1111.

    Raises:
        UnknownNameError: no tokenizer or no cleaning has the name.
    """
    found = load_tokenizer(tokenizer)
    if cleaning not in CLEANINGS:
        raise UnknownNameError("cleaning", cleaning, tuple(CLEANINGS))
    way = CLEANINGS[cleaning]
    tokens = tuple(found.encode(text, way))
    return TokenCount(text, found.name, tokens, found.special, found.is_exact(text, way))
