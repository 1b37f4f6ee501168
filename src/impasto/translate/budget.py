"""What the text encoders of a model read of a translation, token by token, and what falls off."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from impasto.dialects import dialect as load_dialect
from impasto.dialects.api import read
from impasto.dialects.base import Dialect
from impasto.errors import UnknownNameError
from impasto.models.card import Encoder
from impasto.models.registry import load_model
from impasto.tokens import hosts
from impasto.tokens.hosts import HOSTS
from impasto.tokens.tokenizers import tokenizer
from impasto.translate.api import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.compose.composition import Composition
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs
    from impasto.tokens.token import Token
    from impasto.translate.origins import Origins, Piece
    from impasto.translate.translation import Translation

_CLIP = Encoder("clip-l", 77, "sequence")
POOLED = "pooled"
"""The role of an encoder that gives one vector for the whole prompt: it loses no words."""


class Reading(Struct, frozen=True, dict=True):
    """How text encoders read a prompt; `names` are those that read it alike.

    `text` is what they hear, without syntax; the places of tokens are in it. `limit` is how many
    tokens one chunk has room for, the encoder's own markers aside. Chunks from `read` on are not
    read. With `exact` off the tokens are an estimate.
    """

    names: tuple[str, ...]
    role: str
    tokenizer: str
    text: str
    chunks: tuple[tuple[Token, ...], ...]
    limit: int
    special: int
    read: int
    exact: bool
    translation: Translation
    negative: bool

    @cached_property
    def origins(self) -> Origins:
        """Where the words of the text were written."""
        from impasto.translate.origins import origins  # noqa: PLC0415 - if a word falls off

        return origins(self.translation, self.text, negative=self.negative)

    @property
    def count(self) -> int:
        """How many tokens the text has."""
        return sum(map(len, self.chunks))

    @property
    def lost(self) -> tuple[Token, ...]:
        """The tokens that are not read."""
        return tuple(token for chunk in self.chunks[self.read :] for token in chunk)

    @property
    def lost_pieces(self) -> list[Piece]:
        """What is not read, and where it was written."""
        return self.pieces(self.lost)

    def pieces(self, tokens: Sequence[Token]) -> list[Piece]:
        """Return the text of neighbouring tokens in pieces, with where each was written."""
        return self.origins.pieces(tokens[0].start, tokens[-1].end) if tokens else []

    def to_json(self) -> dict[str, object]:
        """Return the reading as a JSON-ready object."""
        return {
            "encoders": list(self.names),
            "role": self.role,
            "tokenizer": self.tokenizer,
            "exact": self.exact,
            "count": self.count,
            "limit": self.limit,
            "special": self.special,
            "text": self.text,
            "chunks": [self._chunk(at) for at in range(len(self.chunks))],
            "lost": [piece.to_json() for piece in self.lost_pieces],
        }

    def _chunk(self, at: int) -> dict[str, object]:
        chunk = self.chunks[at]
        return {
            "count": len(chunk),
            "read": at < self.read,
            "pieces": [piece.to_json() for piece in self.pieces(chunk)],
            "tokens": [
                {"id": t.id, "text": self.text[t.start : t.end], "start": t.start, "end": t.end}
                for t in chunk
            ],
        }


class Budget(Struct, frozen=True, dict=True):
    """What the text encoders of a model read of a prompt.

    There are no `readings` for a model that does not say how it counts. `main` is the one that
    decides what the picture shows: it has the most room.
    """

    model: str
    backend: str
    dialect: str
    readings: tuple[Reading, ...]
    negative: tuple[Reading, ...]
    characters: int
    max_characters: int | None

    @cached_property
    def main(self) -> Reading | None:
        """The reading of the positive prompt that decides which words count."""
        return _main(self.readings)

    @cached_property
    def main_negative(self) -> Reading | None:
        """The same of the negative prompt."""
        return _main(self.negative)

    def to_json(self) -> dict[str, object]:
        """Return the budget as a JSON-ready object, format 1."""
        return {
            "format": 1,
            "model": self.model,
            "backend": self.backend,
            "dialect": self.dialect,
            "characters": self.characters,
            "max_characters": self.max_characters,
            "prompt": [reading.to_json() for reading in self.readings],
            "negative_prompt": [reading.to_json() for reading in self.negative],
        }


def _main(readings: tuple[Reading, ...]) -> Reading | None:
    words = [reading for reading in readings if reading.role != POOLED]
    return max(words, key=lambda reading: reading.limit, default=None)


def token_budget(
    source: str | Prompt | Composition,
    model: str | None = None,
    backend: str | None = None,
    **options: Any,
) -> Budget:
    """Say what the text encoders of a model read of a prompt, and what falls off.

    Takes what `translate` takes, and raises what it raises.
    """
    return budget(translate(source, model, backend, **options))


def budget(translation: Translation) -> Budget:
    """Return what the text encoders of its model read of a translation.

    For a translation into a dialect, for no model, that is CLIP where its hosts run CLIP.
    """
    encoders: tuple[Encoder, ...]
    if translation.model:
        card = load_model(translation.model).for_backend(translation.backend or None)
        encoders, most = card.encoders, card.max_chars
    else:
        encoders, most = (_CLIP,) if translation.dialect in HOSTS else (), None
    known = [encoder for encoder in encoders if _is_known(encoder)]
    return Budget(
        translation.model,
        translation.backend,
        translation.dialect,
        _readings(translation, known, negative=False),
        _readings(translation, known, negative=True),
        len(translation.prompt),
        most,
    )


def surely_fits(translation: Translation, *, chunk: bool = False) -> bool:
    """Whether no word can fall off, told without counting; with `chunk`, whether one will do.

    A token of CLIP is at least a byte, and T5 has one more for a space.
    """
    texts = (translation.prompt, translation.negative_prompt)
    host = hosts.host(translation.dialect)
    if host.reads_on and not chunk:
        return True
    if not translation.model or not all(map(str.isascii, texts)):
        return False
    encoders = load_model(translation.model).for_backend(translation.backend or None).encoders
    room = min((encoder.tokens for encoder in encoders if encoder.role != POOLED), default=None)
    return room is None or 2 * max(map(len, texts)) < room


def _is_known(encoder: Encoder) -> bool:
    try:
        tokenizer(encoder.name)
    except UnknownNameError:
        return False
    return True


def _readings(
    translation: Translation, encoders: list[Encoder], *, negative: bool
) -> tuple[Reading, ...]:
    text = translation.negative_prompt if negative else translation.prompt
    if not text or not encoders:
        return ()
    alike: dict[tuple[str, int, bool], list[Encoder]] = {}
    for encoder in encoders:
        key = (tokenizer(encoder.name).name, encoder.tokens, encoder.role == POOLED)
        alike.setdefault(key, []).append(encoder)
    runs = _heard(text, translation.dialect)
    return tuple(_reading(group, runs, translation, negative=negative) for group in alike.values())


def _heard(text: str, dialect: str) -> Runs:
    """Return the texts that are encoded: of all steps and parts the longest."""
    if type(load_dialect(dialect)).read is Dialect.read:
        return [(text, 1.0)]
    stretches = [runs for _, _, runs in read(text, dialect).schedule()]
    runs = max(stretches, key=lambda runs: sum(len(text) for text, _ in runs), default=[])
    return hosts.heard(runs)


def _reading(
    encoders: list[Encoder], runs: Runs, translation: Translation, *, negative: bool
) -> Reading:
    first = encoders[0]
    host = hosts.host(translation.dialect)
    counter = tokenizer(first.name)
    limit = first.tokens - counter.special
    chunks = host.chunks(runs, counter, limit)
    return Reading(
        tuple(encoder.name for encoder in encoders),
        first.role,
        counter.name,
        "".join([text for text, _ in runs]),
        tuple(map(tuple, chunks)),
        limit,
        counter.special,
        len(chunks) if host.reads_on else 1,
        all(counter.is_exact(text, host.cleaning) for text, _ in runs),
        translation,
        negative,
    )
