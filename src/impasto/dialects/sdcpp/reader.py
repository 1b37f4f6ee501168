r"""How stable-diffusion.cpp reads a prompt.

Only `\(` is an escape; a backslash before another bracket stays, with the bracket, in the text.
No spaces around a weight, ASCII digits, and of `1.2.3` the beginning. `:1.2)` without an open
bracket vanishes. BREAK is one wherever no letter, digit or `_` follows, also inside a word
(DAYBREAK). Numbers are 32-bit floats.

Facts: parse_prompt_attention in src/core/util.cpp at 97d2990807 of leejet/stable-diffusion.cpp.
"""

from __future__ import annotations

import re
from struct import Struct
from typing import Final

from impasto.dialects.a1111.emphasis import ReadError, Run, Stacks, merged, weighted
from impasto.dialects.a1111.stages import CLOSER, ESCAPE, NUMBER, OPENER

BREAK: Final = r"BREAK(?![0-9A-Za-z_])"
TOKENS = re.compile(
    rf"((?:[^\\()\[\]:B]++|B(?!{BREAK[1:]}))++)|([(\[])|:([+-]?[.0-9]++)\)|([)\]])"
    rf"|(\\[()\[\]\\]?+)|(:)|({BREAK})"
)
_BREAK = 7
_PREFIX = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_SINGLE = Struct("<f")


def single(value: float) -> float:
    """Return the nearest 32-bit float.

    Raises:
        OverflowError: there is none.
    """
    return float(_SINGLE.unpack(_SINGLE.pack(value))[0])


_UP: Final = single(1.1)
_CLOSING: Final = {"(": _UP, "[": single(1 / _UP)}


def runs_of(text: str, problems: list[ReadError]) -> list[Run]:
    """Return the runs; what the real parser throws on goes to `problems`."""
    runs: list[Run] = []
    stacks = Stacks()
    for token in TOKENS.finditer(text):
        group, piece = token.lastindex, token[0]
        if group == OPENER:
            stacks.open[piece].append(len(runs))
            continue
        if group == NUMBER:
            if stacks.open["("]:
                stacks.close("(", len(runs), _factor(token, problems))
            continue
        bracket = "(" if piece == ")" else "["
        if group == CLOSER and stacks.close(bracket, len(runs), _CLOSING[bracket]):
            continue
        if group == ESCAPE and piece == r"\(":
            piece = "("
        runs.append(Run(piece, -1.0 if group == _BREAK else 1.0, *token.span()))
    factors = stacks.close_all(len(runs), _CLOSING)
    weights = weighted([run.weight for run in runs], factors, _times)
    return merged(run._replace(weight=weight) for run, weight in zip(runs, weights, strict=True))


def _times(weight: float, factor: float) -> float:
    try:
        return single(weight * factor)
    except OverflowError:
        return float("inf") if weight * factor > 0 else float("-inf")


def _factor(token: re.Match[str], problems: list[ReadError]) -> float:
    """Return the number at the beginning of the weight, as std::stof does."""
    number = _PREFIX.match(token[NUMBER])
    try:
        if number:
            return single(float(number[0]))
        message = f'"{token[NUMBER]}" is no number'
    except OverflowError:
        message = f'"{token[NUMBER]}" is too large'
    problems.append(ReadError(message, *token.span(NUMBER)))
    return 1.0
