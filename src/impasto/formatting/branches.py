"""Signs of a template that are sure, whatever branch it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.formatting.gaps import DEPTH
from impasto.formatting.signs import LINE_TAG, TAG, Kind, Sign, signs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.syntax.prompt import Prompt

_STAYING = frozenset((Kind.SPACE, Kind.COMMA, Kind.TAG, Kind.KEYWORD, Kind.COMMENT))


def sure_signs(prompt: Prompt) -> list[Sign]:
    """Return the signs of `prompt`, those apart that a template may make something else of.

    A pair of brackets without a tag inside is one in whatever stands around it; one with a tag
    may be none. `BREAK{% endif %}` may be the beginning of a longer word.
    """
    signs = signs_of(prompt)
    if TAG not in prompt.text and LINE_TAG not in prompt.text:
        return signs
    unsure = _in_brackets(signs).union(_beside_tags(signs))
    return [
        _as_written(sign, prompt.text) if at in unsure or sign.kind is Kind.COMMENT else sign
        for at, sign in enumerate(signs)
    ]


def _in_brackets(signs: list[Sign]) -> set[int]:
    """Return the places of the signs that belong to brackets with a tag inside."""
    found: set[int] = set()
    around: list[list[int]] = []  # for each open bracket the places of its own signs
    tagged: list[bool] = []
    for at, sign in enumerate(signs):
        depth = DEPTH.get(sign.kind, 0)
        if depth > 0:
            around.append([])
            tagged.append(False)
        if around and sign.kind not in _STAYING:
            around[-1].append(at)
        if sign.kind is Kind.TAG and tagged:
            tagged[-1] = True
        if depth < 0:
            own, has_tag = around.pop(), tagged.pop()
            found.update(own if has_tag else ())
            if tagged:
                tagged[-1] = tagged[-1] or has_tag
    return found


def _beside_tags(signs: list[Sign]) -> Iterator[int]:
    """Yield the places of keywords that touch a tag, and of the weights that stand before them."""
    for at, sign in enumerate(signs):
        beside = [s.kind for s in signs[max(at - 1, 0) : at + 2]]
        if sign.kind is not Kind.KEYWORD or Kind.TAG not in beside:
            continue
        yield at
        yield from (place for place in range(at - 2, at) if _is_part_weight(signs, place))


def _is_part_weight(signs: list[Sign], at: int) -> bool:
    return at >= 0 and signs[at].kind is Kind.PART_WEIGHT


def _as_written(sign: Sign, text: str) -> Sign:
    """Return a keyword as a word, a bracket like a tag, a comment with a tag to the last space."""
    written = text[sign.start : sign.end]
    if sign.kind is Kind.COMMENT:
        return sign._replace(text=written) if TAG in written or LINE_TAG in written else sign
    kind = Kind.WORD if sign.kind in (Kind.WORD, Kind.KEYWORD) else Kind.TAG
    return Sign(kind, sign.start, sign.end, written)
