r"""Reading prompt-control's brackets in one pass.

The real parser tries one rule after the other and goes back; its rules fail together: where one
open bracket cannot go on, none around it can, and all of them are text. What is inside them is
read as if they were not there. So one stack is enough, emptied at once where something fails.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.dialects.comfyui.switches import Item, Piece, Switch
from impasto.dialects.prompt_control.brackets import Brackets, Nested, Open
from impasto.dialects.prompt_control.numbers import PromptControlError, network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.source import Source

_TOKENS = re.compile(
    r"(?P<text>[^:\[\]()|\\<>#]++)|(?P<escape>\\[\\\[\]:#()])|(?P<comment>#[^\n]*+)"
    r"|<emb:(?P<embedding>[^:<>]++)>|(?P<load><lora(?:ctl)?:[^:<>]++:)|(?P<sign>.)",
    re.DOTALL,
)
_OUTSIDE = re.compile(r"[^\[\\#<]++")
_SYNTAX = re.compile(r"[\[<#\\]")
_SHOWN = re.compile(r"\\([\\\[\]:#])")

_DOUBTFUL = re.compile(r"[\[:,@][-+]?(?:\.|[0-9.]*+[^\0-\x7f])")
"""What may look like a number to the real parser and be none."""

DEEPEST: Final = 60
"""Brackets in brackets; prompt-control runs out of Python's stack or of time before that."""


class Parsed(NamedTuple):
    """A prompt as items, its switches (inner before outer), and what prompt-control fails on."""

    items: list[Item]
    switches: list[Switch]
    problems: list[PromptControlError]


@lru_cache(maxsize=4)
def parse(source: Source) -> Parsed:
    """Read a prompt; nothing is raised.

    The last few are remembered, for a text that was read is mostly asked for its weights next.
    """
    text = source.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return Parsed([], [], [])
    if not _SYNTAX.search(text):
        return Parsed([Piece(text[start:end], start, end)], [], [])
    return _Reader(source, start, end).run()


class _Reader(Brackets):
    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, end)
        self.at = start
        self.top: list[Nested] = []
        self.opened: list[Open] = []
        self.here = self.top
        self.switches: list[Switch] = []
        self.doubtful = _DOUBTFUL.search(self.text) is not None
        self.depth = 0

    def run(self) -> Parsed:
        end = len(self.text)
        while self.at < end:
            text = None if self.opened else _OUTSIDE.match(self.text, self.at)
            if text is not None:
                self.top.append(Piece(text[0], self.at, text.end()))
                self.at = text.end()
                continue
            token = _TOKENS.match(self.text, self.at)
            assert token is not None
            self.at = token.end()
            self._take(token)
        self._fail()
        for switch in self.switches:
            switch.fields = [_flat(field, self.text) for field in switch.fields]
        self.problems.sort(key=lambda problem: problem.span.start if problem.span else 0)
        return Parsed(_flat(self.top, self.text), self.switches, self.problems)

    def _take(self, token: re.Match[str]) -> None:
        start, end = token.span()
        match token.lastgroup:
            case "text":
                self.here.append(Piece(token[0], start, end))
            case "escape":
                self.here.append(Piece(_SHOWN.sub(r"\1", token[0]), start, end))
            case "comment":
                self.here.append(Piece("", start, end))
            case "embedding":
                self.here.append(Piece(f"embedding:{token['embedding']}", start, end))
            case "load":
                self._load(token)
            case _:
                self._sign(token[0], start)

    def _sign(self, sign: str, at: int) -> None:
        """Open, separate, close; what cannot go on here is text, and so is all that is open."""
        inner = self.opened[-1] if self.opened else None
        piece = Piece(sign, at, at + 1)
        match sign:
            case "[" if self.depth >= DEEPEST:
                self.problem("brackets are nested too deep for prompt-control", at, at + 1)
                self._fail()
                self.here.append(piece)
            case "[":
                self.depth += 1
                self.here = []
                self.opened.append(Open(at, self.here))
            case "(":
                self.here.append(piece)
                self.opened.append(Open(at, self.here, is_round=True))
            case ")" if inner and inner.round:
                self.here.append(piece)
                self.opened.pop()
            case ":" if inner is None or inner.round:
                self.here.append(piece)
            case ":" | "|" if inner and not inner.round:
                self.here = []
                inner.fields.append(inner.items)
                inner.items = self.here
                inner.signs.append(at)
            case "]" if inner and not inner.round:
                self._close(inner, at)
            case _:
                self._fail()
                self.here.append(piece)

    def _close(self, inner: Open, at: int) -> None:
        found = self.resolved(inner, at)
        if found is None:
            self._fail(len(self.opened) - 1)
            self.here.append(Piece("]", at, at + 1))
            return
        if isinstance(found, Switch):
            self.switches.append(found)
        self.opened.pop()
        self.depth -= 1
        self.here = self.opened[-1].items if self.opened else self.top
        self.here.append(found)

    def _fail(self, tried: int = -1) -> None:
        """Make text of all that is open; only the number `tried` was looked at before."""
        for place, opened in enumerate(self.opened):
            if opened.round:
                continue
            if place != tried and self.doubtful:
                self.resolved(opened, -1)
            self.top.append(Piece("[", opened.start, opened.start + 1))
            for field, sign in zip(opened.fields, opened.signs, strict=True):
                self.top += [field, Piece(self.text[sign], sign, sign + 1)]
            self.top.append(opened.items)
        self.opened.clear()
        self.depth = 0
        self.here = self.top

    def _load(self, token: re.Match[str]) -> None:
        """Read a network; where it is none, its angle bracket is text."""
        kind, name, _ = token[0].split(":")
        control = kind == "<loractl"
        model, stop = self.weights(token.end(), control=control)
        clip = model
        if model and self.text.startswith(":", stop):
            second, later = self.weights(stop + 1, control=control)
            clip, stop = (second, later) if second else (model, stop)
        if not model or not self.text.startswith(">", stop):
            self.at = token.start() + 1
            self._fail()
            self.here.append(Piece("<", token.start(), self.at))
            return
        self.at = stop + 1
        self.here.append(network(name, model, clip, (token.start(), self.at), control=control))


def _flat(nested: Sequence[Nested], text: str) -> list[Item]:
    """Return the items of nested lists in order, neighbouring stretches of the text joined."""
    found: list[Item] = []
    work: list[Nested] = list(reversed(nested))
    joins = -1  # where a stretch of the text ends that the next piece may continue
    while work:
        item = work.pop()
        if isinstance(item, list):
            work += reversed(item)
            continue
        if not isinstance(item, Piece):
            found.append(item)
            joins = -1
        elif len(item.text) != item.end - item.start:
            if item.text:
                found.append(item)
            joins = -1
        elif item.start == joins:
            last = found[-1]
            assert isinstance(last, Piece)
            found[-1] = Piece("", last.start, item.end)
            joins = item.end
        else:
            found.append(item)
            joins = item.end
    return [
        Piece(text[item.start : item.end], item.start, item.end)
        if isinstance(item, Piece) and not item.text
        else item
        for item in found
    ]
