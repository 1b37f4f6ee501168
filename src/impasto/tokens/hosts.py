"""How the programs that run a model hand its prompt to the text encoders, by the dialect they read.

Facts: docs/tokens.md has the source of each.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.tokens.chunks import at_commas, by_segments, filled
from impasto.tokens.cleaning import FTFY, HF, HF_SLOW, Cleaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from impasto.tokens.chunks import Segment
    from impasto.tokens.token import Token
    from impasto.tokens.tokenizers import Tokenizer

BREAK: Final = (" BREAK ", -1.0)
"""The run that ends a chunk, as `heard` writes it."""
_UNLIMITED: Final = 1 << 62


def heard(runs: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the runs of a prompt with BREAK set apart, so that their texts can be joined."""
    return [BREAK if run == ("BREAK", -1.0) else run for run in runs]


class Host(NamedTuple):
    """How a program reads prompts.

    `cut` makes chunks of segments; `reads_on` says that all of them are read, else it is the
    first one. `breaks` says that BREAK ends a chunk. `embeddings` finds where a text is cut
    before the name of an embedding.
    """

    cleaning: Cleaning
    cut: Callable[[Iterable[Segment], int], list[list[Token]]] = filled
    reads_on: bool = True
    breaks: bool = False
    embeddings: re.Pattern[str] | None = None

    def chunks(
        self, runs: Iterable[tuple[str, float]], tokenizer: Tokenizer, limit: int
    ) -> list[list[Token]]:
        """Return the tokens of runs that `heard` gave, in chunks of at most `limit`.

        Their places are in the texts of all runs joined. A program that reads on cuts for CLIP
        only; other encoders get all tokens at once.
        """
        segments = self._segments(runs, tokenizer)
        if self.reads_on and tokenizer.name != "clip":
            return filled(segments, _UNLIMITED)
        return self.cut(segments, limit)

    def _segments(
        self, runs: Iterable[tuple[str, float]], tokenizer: Tokenizer
    ) -> Iterator[Segment]:
        at = 0
        for text, weight in runs:
            if self.breaks and (text, weight) == BREAK:
                yield None
            else:
                for start, end in self._parts(text):
                    tokens = tokenizer.encode(text[start:end], self.cleaning)
                    yield [
                        t._replace(start=t.start + at + start, end=t.end + at + start)
                        for t in tokens
                    ]
            at += len(text)

    def _parts(self, text: str) -> Sequence[tuple[int, int]]:
        if self.embeddings is None:
            return [(0, len(text))]
        cuts = [0, *[cut.start() for cut in self.embeddings.finditer(text)], len(text)]
        return list(pairwise(cuts))


_A1111: Final = Host(FTFY, at_commas, breaks=True)
_COMFYUI: Final = Host(HF_SLOW, by_segments, embeddings=re.compile(r"[ \n](?=embedding:)"))
_PIPELINE: Final = Host(HF, filled, reads_on=False)
HOSTS: Final = {
    "a1111": _A1111,
    "a1111-strict": _A1111,
    "comfyui": _COMFYUI,
    "comfyui-plain": _COMFYUI,
    "fooocus": _COMFYUI,
    "prompt-control": _COMFYUI._replace(breaks=True),
    "swarmui": _COMFYUI._replace(breaks=True),
    "sd-embed": Host(HF, filled),
    "sdcpp": Host(HF, filled, breaks=True),
    "sdnext": Host(HF, filled, breaks=True),
}
"""Dialect -> host."""


def host(dialect: str) -> Host:
    """Return the host that reads a dialect; one that reads a single chunk if it is not known."""
    return HOSTS.get(dialect, _PIPELINE)
