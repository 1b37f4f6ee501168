r"""How SD.Next's own parser ("native") reads a prompt.

A line break is a BREAK; so is `##`. A colon that begins no weight vanishes. Every text loses the
signs before its first word and the spaces at its ends; texts of equal weight are joined by a
space behind a letter or digit, and by nothing behind anything else. An escaped sign is glued to
the text before it, whatever bracket that was in, unless a space stands before. Weights are
rounded to three places at every bracket.

Facts: parse_prompt_attention in modules/prompt_parser.py at 058a7f0cf3 of vladmandic/sdnext.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from impasto.dialects.a1111.emphasis import CLOSING, ReadError, Run, Stacks, merged, weighted
from impasto.dialects.a1111.stages import CLOSER, ESCAPE, NUMBER, OPENER, pattern

if TYPE_CHECKING:
    from impasto.dialects.a1111.emphasis import Place

TOKENS = pattern(space="", escapes=r"()\[\]\\:")
_BREAK = re.compile(r"\bBREAK\b|##")
_LEADING = re.compile(r"\W+")
_SPACES = re.compile(r"\s+")
LINE_BREAK = " BREAK "


class _Section:
    """A text that may still grow by escaped signs."""

    __slots__ = ("end", "pieces", "start", "weight")

    def __init__(self, text: str, weight: float, start: int, end: int) -> None:
        self.pieces = [text]
        self.weight = weight
        self.start = start
        self.end = end


def runs_of(text: str, problems: list[ReadError]) -> list[Run]:
    """Return the runs; what the real parser fails on, or passes over, goes to `problems`.

    Offsets are those of the text with its line breaks written out, see `place_of`.
    """
    text = text.replace("\n", LINE_BREAK)
    sections: list[_Section] = []
    stacks = Stacks()
    for token in TOKENS.finditer(text):
        group, piece = token.lastindex, token[0]
        if group == ESCAPE:
            _escape(sections, text, token)
        elif group == OPENER:
            stacks.open[piece].append(len(sections))
        elif group == NUMBER and stacks.open["("]:
            stacks.close("(", len(sections), _factor(token, problems))
        elif group == CLOSER and stacks.close(
            "(" if piece == ")" else "[", len(sections), CLOSING["(" if piece == ")" else "["]
        ):
            continue
        else:
            _text(sections, piece, token.start())
    weights = weighted(
        [section.weight for section in sections], stacks.close_all(len(sections)), _times
    )
    runs = [
        Run("".join(section.pieces), weight, section.start, section.end)
        for section, weight in zip(sections, weights, strict=True)
    ]
    _look_for_crash(runs, problems)
    return merged(runs, glue)


def glue(text: str) -> str:
    """Return what SD.Next puts between a text and the one behind it."""
    return " " if text[-1:].isalnum() else ""


def _times(weight: float, factor: float) -> float:
    return round(weight * factor, 3)


def _escape(sections: list[_Section], text: str, token: re.Match[str]) -> None:
    start, end = token.span()
    sign = token[0][1:]
    if sections and text[start - 1] != " ":
        sections[-1].pieces.append(sign)
        sections[-1].end = end
    else:
        sections.append(_Section(sign, 1.0, start, end))


def _text(sections: list[_Section], piece: str, start: int) -> None:
    at = 0
    for word in _BREAK.finditer(piece):
        _part(sections, piece[at : word.start()], start + at)
        sections.append(_Section("BREAK", -1.0, start + word.start(), start + word.end()))
        at = word.end()
    _part(sections, piece[at:], start + at)


def _part(sections: list[_Section], part: str, start: int) -> None:
    leading = _LEADING.match(part)
    first = leading.end() if leading else 0
    bare = part[first:].rstrip()
    if bare:
        text = _SPACES.sub(" ", bare)
        sections.append(_Section(text, 1.0, start + first, start + first + len(bare)))


def _factor(token: re.Match[str], problems: list[ReadError]) -> float:
    """Return the number; SD.Next writes a bad one to its log and takes 1."""
    try:
        return float(token[NUMBER])
    except ValueError:
        problems.append(ReadError(f'"{token[NUMBER]}" is no number', *token.span(NUMBER)))
        return 1.0


def _look_for_crash(runs: list[Run], problems: list[ReadError]) -> None:
    """Note an empty text that SD.Next would join to another: it looks at its last character."""
    joined = False
    for run, after in pairwise(runs):
        if run.weight == after.weight and not run.text and not joined:
            problems.append(Crash("a lone backslash leaves an empty text", run.start, run.end))
        joined = run.weight == after.weight


class Crash(ReadError):  # noqa: N818 - what happens to the program
    """SD.Next raises IndexError."""


def place_of(source: str) -> Place:
    """Return the way from the text with its line breaks written out back to the source."""
    grown = len(LINE_BREAK) - 1
    lines = [at + grown * nth for nth, at in enumerate(_line_breaks(source))]

    def place(at: int, end: bool) -> int:
        nth = bisect_right(lines, at - end)
        if nth and at - end < lines[nth - 1] + len(LINE_BREAK):
            return lines[nth - 1] - grown * (nth - 1) + end
        return at - grown * nth

    return place


def _line_breaks(source: str) -> list[int]:
    return [at for at, sign in enumerate(source) if sign == "\n"]
