"""The phrases of a prompt as several rules see them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from impasto.syntax.nodes import Choice, Node, Text, Wildcard

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.source import Span
    from impasto.syntax.nodes import Part
    from impasto.syntax.phrases import Phrase

_BRACKETS = " ()[]"
_NUMERIC = "0123456789.+e "
_OPEN = "\ufffc"
"""Stands for what is not drawn yet, so that no phrase with it equals another one."""


def phrases_of(part: Part, check: Check) -> tuple[Phrase, ...]:
    """Return the phrases of a part that stand in every picture: without what choices may add."""
    assert check.prompt is not None, "nodes are visited in a prompt"
    from impasto.syntax.phrases import split  # noqa: PLC0415 - only where phrases are suspect
    from impasto.syntax.walk import rebuild  # noqa: PLC0415

    nodes = part.children
    if any(sign in check.prompt.text for sign in "{_"):
        nodes = rebuild(nodes, _closed)
    return tuple(p for p in split(nodes, check.prompt.source) if _OPEN not in p.text)


def _closed(node: Node) -> Node:
    if isinstance(node, (Choice, Wildcard)):
        return Text(_OPEN, node.start, node.end)
    return node


def span_in(phrase: Phrase, text: str) -> Span:
    """Return where `text` stands in a phrase; the phrase where it is not written like that."""
    span = phrase.span
    at = span.text.find(text)
    return span.source.span(span.start + at, span.start + at + len(text)) if at >= 0 else span


@lru_cache(maxsize=4)
def keys_in(text: str) -> tuple[str, ...]:
    """Return roughly the keys of the phrases in a text: quick, and good enough to look further."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("、", ",")
    pieces = text.replace("_", " ").replace("-", " ").casefold().split(",")
    return tuple([_without_weight(" ".join(piece.split()).strip(_BRACKETS)) for piece in pieces])


def _without_weight(piece: str) -> str:
    head, colon, weight = piece.rpartition(":")
    while colon and not weight.strip(_NUMERIC):
        piece = head.strip(_BRACKETS)
        head, colon, weight = piece.rpartition(":")
    return piece
