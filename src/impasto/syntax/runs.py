"""A tree as one flat list: every text with its effective weight, groups dissolved into weights.

This is what dialects write and what styles are merged in: two spellings of one prompt give the
same runs. Schedules and alternations stay, as OPEN, NEXT and CLOSE around their fields.
"""

from __future__ import annotations

import re
from math import copysign, isfinite, isnan
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from impasto.errors import OpenPromptError
from impasto.source import Source, Span
from impasto.syntax.escapes import escape, literal
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Group,
    Node,
    Reference,
    Schedule,
    Text,
    Value,
    Variable,
    Wildcard,
    Wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT: Final = "text"
COMMA: Final = "comma"
BREAK: Final = "break"
REFERENCE: Final = "reference"
OPEN: Final = "open"
NEXT: Final = "next"
CLOSE: Final = "close"

HEAVIEST: Final = 1e9
"""What is written for a weight beyond all measure."""

QUOTED: Final = (
    r'(?:(?<![^\s(\[{|:,，、])"[^"\n]*"(?![\w"])|“[^“”\n]*”|「[^「」\n]*」|『[^『』\n]*』)'
)
"""Words in quotation marks, which are to be seen as they are; 6" is no opening mark."""

_PIECES = re.compile(
    rf"""(?:[^,，、\\"“「『]++|{QUOTED}|\\[\s\S]?|["“「『]|(?<=[0-9]),(?=[0-9]))+|[,，、]"""
)
_PLAIN_PIECES = re.compile(r"(?:[^,，、]++|(?<=[0-9]),(?=[0-9]))+|[,，、]")
"""Texts and the commas between them; a comma between two digits belongs to a number."""

_CLUTTER = re.compile(rf"{QUOTED}|\\[\s\S]?|[\s,，、]+")


class Run(Struct, frozen=True, gc=False):
    """A text without escapes and its effective weight, or a sign between texts.

    `node` is the schedule or alternation of an OPEN; `span` says where the run was written.
    """

    kind: str
    text: str
    weight: float
    span: Span
    node: Schedule | Alternate | None = None


def flatten(nodes: Iterable[Node], source: Source, *, commas: bool = False) -> list[Run]:
    """Return the runs of `nodes`; with `commas`, texts outside schedules are cut at commas.

    Raises:
        OpenPromptError: a choice or a wildcard is still open.
    """
    runs: list[Run] = []
    depth = 0
    work: list[tuple[Node | Run, float]] = [(node, 1.0) for node in reversed(tuple(nodes))]
    while work:
        node, weight = work.pop()
        if isinstance(node, Run):
            depth -= node.kind == CLOSE
            runs.append(node)
        elif isinstance(node, Group):
            inner = weight * node.weight
            work += [(child, inner) for child in reversed(node.children)]
        elif isinstance(node, (Text, Value)) and commas and not depth:
            runs += _cut(node, weight, source)
        elif isinstance(node, Text) and commas:
            span = Span(source, node.start, node.end)
            runs.append(Run(TEXT, literal(_CLUTTER.sub(_squashed, node.value)), weight, span))
        elif isinstance(node, (Schedule, Alternate)):
            depth += 1
            span = Span(source, node.start, node.end)
            runs.append(Run(OPEN, "[", weight, span, node))
            work += reversed(_fields(node, weight, span))
        else:
            run = _leaf(node, weight, Span(source, node.start, node.end))
            if run is not None:
                runs.append(run)
    return runs


def _leaf(node: Node, weight: float, span: Span) -> Run | None:
    match node:
        case Text():
            return Run(TEXT, literal(node.value), weight, span)
        case Value():
            return Run(TEXT, node.value, weight, span)
        case Break():
            return Run(BREAK, "BREAK", weight, span)
        case Reference():
            return Run(REFERENCE, node.value, weight, span)
        case Choice() | Wildcard() | Variable() | Wrap():
            what = _called(node)
            raise OpenPromptError(
                f"{span}: the {what} is still open; compose the prompt with a seed to close it"
            )
        case _:
            return None


def _called(node: Choice | Wildcard | Variable | Wrap) -> str:
    match node:
        case Wildcard():
            return f"wildcard {node.value}"
        case Variable():
            return f"variable {node.name}"
        case _:
            return "choice" if isinstance(node, Choice) else "wrapper"


def _cut(node: Text | Value, weight: float, source: Source) -> list[Run]:
    """Return the text in pieces, each comma a run of its own.

    The text of a `Value` may be shorter than its span, where escapes were taken off it.
    """
    found = []
    has_escapes = isinstance(node, Text)
    exact = len(node.value) == node.end - node.start
    for piece in (_PIECES if has_escapes else _PLAIN_PIECES).finditer(node.value):
        text = piece[0]
        kind = COMMA if text in ",，、" else TEXT
        at, end = (piece.start(), piece.end()) if exact else (0, node.end - node.start)
        span = Span(source, node.start + at, node.start + end)
        found.append(Run(kind, literal(text) if has_escapes else text, weight, span))
    return found


def _squashed(clutter: re.Match[str]) -> str:
    """Return one comma for several, no space before it, one space for several."""
    text = clutter[0]
    comma = next((sign for sign in text if sign in ",，、"), "")
    if text[0] in '\\"“「『' or not (comma or text.isspace()):
        return text
    return comma + (" " if text[-1].isspace() else "")


def _fields(
    node: Schedule | Alternate, weight: float, span: Span
) -> list[tuple[Node | Run, float]]:
    """Return what stands inside the bracket: fields, signs between them, the closing."""
    sign, end = ("|", "]") if isinstance(node, Alternate) else (":", f"{node.mark}]")
    fields = node.fields if isinstance(node, Alternate) else (node.before, node.after)
    found: list[tuple[Node | Run, float]] = []
    for at, field in enumerate(fields):
        if at:
            found.append((Run(NEXT, sign, weight, span), weight))
        found += [(child, weight) for child in field]
    found.append((Run(CLOSE, end, weight, span), weight))
    return found


def merged(runs: Iterable[Run]) -> list[Run]:
    """Return the runs with neighbouring texts of equal weight joined, empty ones left out."""
    found: list[Run] = []
    group: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if group and run.kind == TEXT == group[0].kind and run.weight == group[0].weight:
            group.append(run)
            continue
        if group:
            found.append(_joined(group))
        group = [run]
    if group:
        found.append(_joined(group))
    return found


def _joined(group: list[Run]) -> Run:
    """Return equal neighbours as one run."""
    first = group[0]
    if len(group) == 1:
        return first
    text = "".join([run.text for run in group])
    return Run(TEXT, text, first.weight, _cover(first.span, group[-1].span))


def _cover(first: Span, second: Span) -> Span:
    """Return the span of both where they are of one source, else the first."""
    if first.source is not second.source:
        return first
    return Span(first.source, first.start, max(first.end, second.end))


def print_runs(runs: Iterable[Run]) -> str:
    """Return the canonical text of `runs`."""
    pieces: list[str] = []
    depth = 0
    for run in merged(runs):
        if run.kind == TEXT:
            text = escape(run.text, in_brackets=depth > 0)
            pieces.append(text if run.weight == 1 else weigh(text, run.weight))
        elif run.kind == BREAK:
            pieces.append(" BREAK ")
        else:
            depth += (run.kind == OPEN) - (run.kind == CLOSE)
            pieces.append(run.text)
    return "".join(pieces).strip()


def weigh(text: str, weight: float) -> str:
    """Return `(text:weight)`, the spaces around the text left outside."""
    inner = text.strip()
    if not inner:
        return text
    head = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :]
    return f"{head}({inner}:{number(weight)}){tail}"


def number(value: float) -> str:
    """Return a weight as short as six decimals allow: 1.2, 0.909091, -0.5.

    There is no infinite number in any syntax: one beyond all measure is `HEAVIEST`.
    """
    if not isfinite(value):
        value = 0.0 if isnan(value) else copysign(HEAVIEST, value)
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
