"""What dynamicprompts would take for syntax is taken out of texts, or set apart.

It has no escapes. Each change is a loss.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from impasto.diagnostics import Loss
from impasto.dialects.a1111 import GROUPED
from impasto.syntax.nodes import Alternate, Node, Text
from impasto.syntax.runs import CLOSE, NEXT, OPEN, REFERENCE, TEXT, Run, merged

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK: Final = re.compile("\ue0d0([0-9]+)\ue0d1")
OUTSIDE: Final = re.compile(r"[{$%]")
INSIDE: Final = re.compile(r"[{}|$%]")
_LIKE_ODDS: Final = re.compile(r"[ \t\r\n]|(?:\d+\.?\d*|\.\d+)::")
_LIKE_NETWORK: Final = re.compile(r"<(?=\w+\s*\Z)")
_ENDS_IN_NUMBER: Final = re.compile(r":\s*+[-+.0-9]*+(?:\s++|\ue0d0[0-9]++\ue0d1)++\Z")
_UNDERSCORES: Final = re.compile(r"_(?=#*+_)")  # A1111's writer takes out "#"
_LIKE_COMMENT: Final = re.compile(r"[ \t\r\n]*/(?=[/*])")

Pieces: TypeAlias = "list[str | int]"
"""Texts, and numbers of marks that still stand between them."""


def guarded(runs: list[Run]) -> list[Run]:
    """Put a number before a last choice into a group of weight 1.

    Where the choice gives nothing, or a number, A1111 would take it for the weight of the prompt.
    """
    if not runs or runs[-1].kind != TEXT or not _ENDS_IN_NUMBER.search(runs[-1].text):
        return runs
    last = runs[-1]
    before, comma, behind = last.text.rpartition(", ")
    first = [Run(TEXT, before + comma, last.weight, last.span)] if comma else []
    return [*runs[:-1], *first, Run(GROUPED, behind, last.weight, last.span)]


def stripped(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return an option without the spaces at its ends, which its author wrote for the eye."""
    found = list(nodes)
    if found and isinstance(found[0], Text):
        found[0] = Text(found[0].value.lstrip(), found[0].start, found[0].end)
    if found and isinstance(found[-1], Text):
        found[-1] = Text(found[-1].value.rstrip(), found[-1].start, found[-1].end)
    return tuple(found)


def odds_for(text: Pieces, *, first: bool) -> str:
    """Return odds of 1 where the text alone would be read otherwise, or lose its first space."""
    head = next((piece for piece in text if piece != ""), "")
    if not isinstance(head, str):
        return ""
    return "1::" if _LIKE_ODDS.match(head) or (first and head[:1] in ("~", "@", "!")) else ""


def clean(runs: Iterable[Run], losses: list[Loss], unsafe: re.Pattern[str]) -> list[Run]:
    """Return the runs without what dynamicprompts would take for syntax."""
    return [_clean_run(run, losses, unsafe) for run in merged(runs)]


def _clean_run(run: Run, losses: list[Loss], unsafe: re.Pattern[str]) -> Run:
    if run.kind not in (TEXT, REFERENCE):
        return run
    signs = "".join(dict.fromkeys(unsafe.findall(run.text)))
    if signs:
        losses.append(_loss(run, f'dynamicprompts has no escape for "{signs}"', "it was taken out"))
    kept = unsafe.sub("", run.text) if signs else run.text
    apart = _UNDERSCORES.sub("_ ", kept) if "_" in kept else kept
    if apart != kept:
        losses.append(_loss(run, 'dynamicprompts reads "__" as a wildcard', "a space was put in"))
    if unsafe is INSIDE and run.kind == TEXT and _LIKE_NETWORK.search(apart):
        apart = _LIKE_NETWORK.sub("< ", apart)
        losses.append(_loss(run, 'A1111 takes "<name:…>" for a network', "a space was put in"))
    return Run(run.kind, apart.replace("\t", " "), run.weight, run.span)


def _loss(run: Run, message: str, instead: str) -> Loss:
    return Loss("escape", message, MARK.sub("…", run.text).strip(), run.span, "warning", instead)


def without_alternatives(runs: list[Run], losses: list[Loss]) -> list[Run]:
    """Keep the first field of `[a|b]`: a bar inside a choice would end the option."""
    found: list[Run] = []
    brackets: list[list[bool]] = []  # of each open bracket: is it one of bars, is its field dropped
    for run in runs:
        bars = isinstance(run.node, Alternate)
        if run.kind == OPEN:
            brackets.append([bars, any(dropped for _, dropped in brackets)])
            if bars:
                losses.append(
                    Loss(
                        "schedule",
                        "a bar inside a choice ends the option",
                        run.span.text,
                        run.span,
                        "warning",
                        "the first of the alternating texts stays",
                    )
                )
        is_bar = bool(brackets) and brackets[-1][0] and run.kind in (OPEN, NEXT, CLOSE)
        if run.kind == NEXT and is_bar:
            brackets[-1][1] = True
        dropped = any(dropped for _, dropped in brackets[-2:])
        if run.kind == CLOSE:
            was = brackets.pop()
            dropped = bool(brackets) and brackets[-1][1]
            is_bar = was[0]
        if not is_bar and not dropped:
            found.append(run)
    return found


def without_comments(pieces: Pieces, losses: list[Loss]) -> Pieces:
    """Put a space into `//` and `/*` where a text begins: there they open a comment."""
    found: Pieces = []
    for piece in pieces:
        begin = _LIKE_COMMENT.match(piece) if isinstance(piece, str) else None
        if begin and isinstance(piece, str):
            message = "dynamicprompts reads // and /* as a comment where a text begins"
            shown = piece.strip()[:20]
            losses.append(Loss("escape", message, shown, None, "warning", "a space was put in"))
            piece = f"{begin[0]} {piece[begin.end() :]}"  # noqa: PLW2901
        found.append(piece)
    return found
