"""Whether a prompt is a list of tags or prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.syntax.phrases import Phrase

LEAST_PHRASES: Final = 3
MOST_WORDS: Final = 4
_END: Final = r"[.!?](?=\s|\Z)|[。！？]"


def is_tag_list(phrases: Sequence[Phrase]) -> bool:
    """Whether phrases are a list of tags, as docs/dialects/plain.md measures it.

    There are at least 3, of at most 4 words in the median, and no sentence ends inside.
    """
    if len(phrases) < LEAST_PHRASES or any(re.search(_END, p.text) for p in phrases[:-1]):
        return False
    if re.search(_END, phrases[-1].text.rstrip(".")):
        return False
    return words(phrases) <= MOST_WORDS


def words(phrases: Sequence[Phrase]) -> float:
    """Return how many words a phrase has, in the median."""
    counts = sorted(len(phrase.text.split()) for phrase in phrases)
    middle = len(counts) // 2  # statistics.median is slow to import
    return (counts[middle] + counts[~middle]) / 2


def sentences(phrases: Sequence[Phrase]) -> int:
    """Return how many sentences end in the phrases."""
    return sum(len(re.findall(_END, phrase.text)) for phrase in phrases)
