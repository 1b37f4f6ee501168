"""The stages in which A1111 reads a prompt: networks, AND, schedule, attention.

Facts: modules/extra_networks.py and modules/prompt_parser.py at 28bd8e1 of
AUTOMATIC1111/stable-diffusion-webui; Forge has the same.
"""

from __future__ import annotations

import re
from math import isinf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.dialects.a1111.emphasis import (
    CLOSING,
    ReadError,
    Run,
    Stacks,
    around_breaks,
    merged,
    weighted,
)
from impasto.dialects.a1111.schedule import brackets, slices, steps_of

if TYPE_CHECKING:
    from impasto.dialects.a1111.schedule import Bracket

TEXT, OPENER, NUMBER, CLOSER, ESCAPE = range(1, 6)
"""The groups of a pattern of attention."""


def pattern(
    space: str = r"\s*+", digit: str = r"\d", escapes: str = r"()\[\]\\"
) -> re.Pattern[str]:
    """Return the tokens of attention: `space` may stand around a weight, `escapes` be escaped."""
    return re.compile(
        rf"([^\\()\[\]:]++)|([(\[])|:{space}([+-]?[.{digit}]++){space}\)|([)\]])"
        rf"|(\\[{escapes}]?+)|(:)"
    )


class Grammar(NamedTuple):
    """What differs between versions: the tokens, and how schedules count."""

    tokens: re.Pattern[str]
    old: bool = False


MODERN: Final = Grammar(pattern())
STRICT: Final = Grammar(pattern(space=""), old=True)
"""Up to version 1.5: no spaces around a weight; a schedule's number below 1 is a fraction."""

_NETWORK = re.compile(r"<(\w++):([^>]+)>")
_AND = re.compile(r"\bAND\b")
_PART_WEIGHT = re.compile(r"\s*+([-+]?(?:\d++\.?(?!\d)|\d*+\.\d++))")


class Network(NamedTuple):
    """A network's tag: its kind, its arguments, and its place in the source."""

    kind: str
    arguments: str
    start: int
    end: int


class Subprompt(NamedTuple):
    """One of the prompts between ANDs: its text [start, end), its weight, where it all ends."""

    start: int
    end: int
    weight: float
    behind: int


def attention(text: str) -> list[list[Any]]:
    """Return [[text, weight], …] as the attention parser does.

    Raises:
        ReadError: a weight is no number, such as `1.2.3`.
    """
    return [[run.text, run.weight] for run in emphasis(text)]


def parts(text: str) -> list[list[Any]]:
    """Return [[subprompt, weight], …]: what stands between ANDs, and the number behind it."""
    return [[text[part.start : part.end], part.weight] for part in subprompts(text)]


def networks(text: str) -> dict[str, Any]:
    """Return the prompt without its networks, and [[kind, [positional], {named}], …]."""
    found: dict[str, list[list[Any]]] = {}
    clean, tags = without_networks(text)
    for tag in tags:
        items = [item.split("=") for item in tag.arguments.split(":")]
        positional = ["=".join(item) for item in items if len(item) != 2]
        named = {item[0]: item[1] for item in items if len(item) == 2}
        found.setdefault(tag.kind, []).append([tag.kind, positional, named])
    return {"prompt": clean, "networks": [tag for kind in found.values() for tag in kind]}


def schedule(text: str, steps: int = 20) -> list[list[Any]]:
    """Return [[until, text], …]: what the prompt says up to each step.

    Raises:
        ReadError: the number of a step is beyond all measure.
    """
    found = brackets(text)
    if not found:
        return [[steps, text]]
    return [[step, at_step(text, found, step, steps)] for step in steps_of(found, steps)]


def at_step(text: str, found: list[Bracket], step: int, steps: int, *, old: bool = False) -> str:
    """Return what the prompt says at one step."""
    return "".join([text[a:b] for a, b in slices(found, len(text), step, steps, old=old)])


def without_networks(text: str) -> tuple[str, list[Network]]:
    """Return the text without its networks, and these."""
    last = text.rfind(">")
    if last < 0 or "<" not in text:
        return text, []
    found: list[Network] = []
    pieces: list[str] = []
    at = 0
    for tag in _NETWORK.finditer(text, 0, last + 1):
        pieces.append(text[at : tag.start()])
        found.append(Network(tag[1], tag[2], *tag.span()))
        at = tag.end()
    pieces.append(text[at:])
    return "".join(pieces), found


def subprompts(text: str) -> list[Subprompt]:
    """Return the subprompts of a text without networks."""
    found = []
    start = 0
    ends = [(word.start(), word.end()) for word in _AND.finditer(text)] if "AND" in text else []
    for end, behind in (*ends, (len(text), len(text))):
        found.append(_subprompt(text, start, end))
        start = behind
    return found


def _subprompt(text: str, start: int, end: int) -> Subprompt:
    """Take a number behind a last colon off, and the spaces at the end."""
    last = start + len(text[start:end].rstrip())
    if last > start and (text[last - 1].isdigit() or text[last - 1] == "."):
        colon = text.rfind(":", start, last)
        number = _PART_WEIGHT.fullmatch(text, colon + 1, last) if colon >= 0 else None
        if number:
            bare = start + len(text[start:colon].rstrip())
            return Subprompt(start, bare, float(number[1]), end)
    return Subprompt(start, last, 1.0, end)


def emphasis(
    text: str, tokens: re.Pattern[str] = MODERN.tokens, problems: list[ReadError] | None = None
) -> list[Run]:
    """Return the runs of a text. What the real parser raises on goes to `problems`.

    Raises:
        ReadError: the real parser raises, and no `problems` are asked for.
    """
    runs: list[Run] = []
    weights: list[float] = []
    stacks = Stacks()
    with_breaks = "BREAK" in text
    for token in tokens.finditer(text):
        group = token.lastindex
        piece = token[0]
        start, end = token.span()
        if group == TEXT:
            if with_breaks and "BREAK" in piece:
                for nth, (part, first, last) in enumerate(around_breaks(piece, start)):
                    runs.append(Run(part, 1.0, first, last))
                    weights.append(-1.0 if nth % 2 else 1.0)
                continue
        elif group == OPENER:
            stacks.open[piece].append(len(runs))
            continue
        elif group == NUMBER:
            if stacks.open["("]:
                stacks.close("(", len(runs), factor_of(token, problems))
                continue
        elif group == CLOSER:
            bracket = "(" if piece == ")" else "["
            if stacks.close(bracket, len(runs), CLOSING[bracket]):
                continue
        elif group == ESCAPE:
            piece = piece[1:]
        runs.append(Run(piece, 1.0, start, end))
        weights.append(1.0)
    weights = weighted(weights, stacks.close_all(len(runs)))
    return merged(
        Run(text, weight, start, end)
        for (text, _, start, end), weight in zip(runs, weights, strict=True)
    )


def factor_of(token: re.Match[str], problems: list[ReadError] | None) -> float:
    """Return the number of a weight; without `problems`, what the real parser raises is raised."""
    digits = token[NUMBER]
    try:
        factor = float(digits)
    except ValueError:
        error = ReadError(f'"{digits}" is no number', *token.span(NUMBER))
        if problems is None:
            raise error from None
        problems.append(error)
        return 1.0
    if problems is not None and isinf(factor):
        message = f'"{digits[:12]}…" is beyond all measure'
        problems.append(ReadError(message, *token.span(NUMBER)))
    return factor
