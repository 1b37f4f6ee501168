"""A word or a short phrase that lies on the edge of two chunks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView
    from impasto.tokens.token import Token
    from impasto.translate.budget import Reading

SHORT: Final = 12
"""Of so many tokens a phrase is one thought, such as a tag; longer ones are clauses."""
_COMMA = re.compile(r"[,\n，、]")
_SENTENCE = re.compile(r"[.;:!?。]")


class ChunkEdge(Rule):
    """A word or a short phrase that lies on the edge of two chunks.

    ## What it does

    For hosts that read a long prompt in chunks of 75 tokens: finds the words, and the phrases
    between commas of at most 12 tokens, that begin in one chunk and end in the next. Sentences
    may go on in the next chunk.

    ## Why is this bad?

    Each chunk is encoded by itself, so the first half of the phrase never meets the second:
    `wet | street` is something wet, and a street. A1111 moves up to 20 tokens to the next chunk to
    cut at a comma; ComfyUI cuts where the chunk is full.

    ## Example

    ```
    74 tokens and then: golden light        the first chunk ends with "golden"
    ```

    ## Use instead

    ```
    a few words less before it, or BREAK where the host knows it
    ```
    """

    code = "IMP602"
    name = "phrase-on-chunk-edge"
    severity = "info"
    VALID = (
        Case("a red fox, " * 20 + "deep snow", target="stable-diffusion-xl"),
        Case("fox " * 76, target="stable-diffusion-xl"),
        Case("a red fox, deep snow", target="stable-diffusion-xl"),
    )
    INVALID = (Case("fox " * 74 + "hyperrealism", "hyperrealism", target="stable-diffusion-xl"),)

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the edges of the chunks that are read."""
        from impasto.translate.budget import budget, surely_fits  # noqa: PLC0415 - vocabularies

        if surely_fits(view.translation, chunk=True):
            return
        found = budget(view.translation)
        for reading in (found.main, found.main_negative):
            if reading:
                self._edges(reading, check)

    def _edges(self, reading: Reading, check: Check) -> None:
        chunks = reading.chunks[: reading.read]
        for number, (left, right) in enumerate(pairwise(chunks), 1):
            cut = _cut(reading, left, right)
            if not cut:
                continue
            pieces = reading.pieces(cut)
            span = next((piece.span for piece in pieces if piece.span), None)
            text = reading.text
            before = text[cut[0].start : left[-1].end].strip()
            behind = text[right[0].start : cut[-1].end].strip()
            check.report(
                self,
                span or check.source.span(0, 0),
                f'chunk {number} of the prompt ends with "{before}", and the next one begins '
                f'with "{behind}": they are read apart',
                hint="leave out a few words before it, or put it behind a BREAK",
            )


def _cut(reading: Reading, left: tuple[Token, ...], right: tuple[Token, ...]) -> list[Token]:
    """Return the tokens of the phrase, or else of the word, that lies on an edge."""
    if not left or not right or _COMMA.search(reading.text[left[-1].start : right[0].start + 1]):
        return []
    head = _until(reading.text, left[::-1])
    tail = _until(reading.text, right)
    if head and tail and len(head) + len(tail) <= SHORT:
        return [*head[::-1], *tail]
    return _word(reading.text, left, right)


def _until(text: str, tokens: tuple[Token, ...]) -> list[Token]:
    """Return the tokens up to a comma; none in a sentence, which is no short phrase."""
    for at, token in enumerate(tokens[: SHORT + 1]):
        sign = text[token.start : token.end]
        if _SENTENCE.search(sign):
            return []
        if _COMMA.search(sign):
            return list(tokens[:at])
    return list(tokens[:SHORT])


def _word(text: str, left: tuple[Token, ...], right: tuple[Token, ...]) -> list[Token]:
    """Return the tokens of the word that is cut in two, if one is."""
    edge = text[left[-1].end - 1 : right[0].start + 1]
    if left[-1].end != right[0].start or not all(map(_has_case, edge)):
        return []
    head, tail = [left[-1]], [right[0]]
    for token in left[-2::-1]:
        if token.end != head[-1].start:
            break
        head.append(token)
    for token in right[1:]:
        if token.start != tail[-1].end:
            break
        tail.append(token)
    return [*head[::-1], *tail]


def _has_case(character: str) -> bool:
    """Whether a character is a letter of a script that puts spaces between words."""
    return character.lower() != character.upper()
