"""How hosts cut the tokens of a prompt into the chunks that CLIP reads one after another.

Facts: backend/text_processing/classic_engine.py at dfdcbab of stable-diffusion-webui-forge (the
same as A1111's modules/sd_hijack_clip.py), comfy/sd1_clip.py at a125cd8 of ComfyUI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from impasto.tokens.clip import COMMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.tokens.token import Token

Segment: TypeAlias = "Sequence[Token] | None"
"""The tokens of a text with one weight; None where a chunk has to end."""

BACKTRACK: Final = 20
"""How many tokens A1111 moves to the next chunk at most, to begin it behind a comma."""
SMALL: Final = 8
"""A segment of fewer tokens stays in one chunk in ComfyUI."""


def at_commas(segments: Iterable[Segment], size: int) -> list[list[Token]]:
    """Return the chunks of A1111: full ones end at their last comma if it is near the end."""
    return _windows(segments, size, BACKTRACK)


def filled(segments: Iterable[Segment], size: int) -> list[list[Token]]:
    """Return chunks that are full, whatever they cut."""
    return _windows(segments, size, 0)


def _windows(segments: Iterable[Segment], size: int, backtrack: int) -> list[list[Token]]:
    chunks: list[list[Token]] = [[]]
    comma = -1
    for segment in segments:
        if segment is None:
            chunks.append([])
            comma = -1
            continue
        for token in segment:
            chunk = chunks[-1]
            if len(chunk) == size:
                near = token.id != COMMA and comma >= 0 and size - comma <= backtrack
                moved = chunk[comma + 1 :] if near else []
                del chunk[size - len(moved) :]
                chunk = moved
                chunks.append(chunk)
                comma = -1
            if token.id == COMMA:
                comma = len(chunk)
            chunk.append(token)
    return chunks[:-1] if len(chunks) > 1 and not chunks[-1] else chunks


def by_segments(segments: Iterable[Segment], size: int) -> list[list[Token]]:
    """Return the chunks of ComfyUI: small segments stay whole, large ones are cut anywhere."""
    chunks: list[list[Token]] = [[]]
    for segment in segments:
        if segment is None:
            chunks.append([])
            continue
        at = 0
        is_small = len(segment) < SMALL
        while len(segment) - at > size - len(chunks[-1]):
            room = 0 if is_small else size - len(chunks[-1])
            chunks[-1] += segment[at : at + room]
            at += room
            chunks.append([])
        chunks[-1] += segment[at:]
    return chunks
