"""Open prompts in the syntax of dynamicprompts, weights as A1111 writes them.

Every choice, wildcard, variable and wrapper becomes one mark in the text; A1111's writer sets the
weights around it; then the marks give way to what they stand for, the options written likewise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from impasto.diagnostics import Loss
from impasto.dialects.a1111 import A1111, GROUPED, _Piece
from impasto.dialects.base import Script, ScriptPart, Written
from impasto.source import Span
from impasto.syntax.escapes import literal
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
from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import BREAK, CLOSE, NEXT, OPEN, REFERENCE, TEXT, Run, flatten, merged
from impasto.syntax.walk import children, rebuild, walk_prompt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.source import Source
    from impasto.syntax.prompt import Prompt

_MARK: Final = re.compile("\ue0d0([0-9]+)\ue0d1")
_PRIVATE: Final = re.compile("[\ue0d0\ue0d1]")
_OUTSIDE: Final = re.compile(r"[{$%]")
_INSIDE: Final = re.compile(r"[{}|$%]")
_NAME: Final = re.compile(r"[{#$%(\t]|__")
_COUNT: Final = re.compile(r"(\d*)(-?)(\d*)\$\$(?:(.*)\$\$)?\Z", re.DOTALL)
_SEPARATOR: Final = re.compile(r"[{}#$\n]")
_LIKE_ODDS: Final = re.compile(r"[ \t\r\n]|(?:\d+\.?\d*|\.\d+)::")
_LIKE_NETWORK: Final = re.compile(r"<(?=\w+\s*\Z)")
_ENDS_IN_NUMBER: Final = re.compile(r":\s*+[-+.0-9]*+(?:\s++|\ue0d0[0-9]++\ue0d1)++\Z")
_LIKE_COMMENT: Final = re.compile(r"[ \t\r\n]*/(?=[/*])")

_Pieces: TypeAlias = "list[str | int]"
"""Texts, and numbers of marks that still stand between them."""


class _Weights(A1111):
    """A1111 with colons and bars always escaped, for a schedule may stand around."""

    def _phrases(self, phrases: tuple[Phrase, ...], *, scheduled: bool) -> _Piece:  # noqa: ARG002
        return super()._phrases(phrases, scheduled=True)


class _Mark(NamedTuple):
    """What stands in a mark's place: the texts between the lists of the node, and the lists."""

    node: Node
    lists: tuple[tuple[Node, ...], ...]


def write_open(prompt: Prompt) -> Written:
    """Return the text whose combinations are those of `prompt`, and what was lost."""
    if prompt.dialect == "dynamicprompts":
        return Written(prompt.text)  # what its texts mean is for the parser behind it to say
    return _Writer(prompt.source).prompt(prompt)


def write_closed(script: Script) -> Written:
    """Return the text of a prompt without choices."""
    losses: list[Loss] = []
    parts = tuple(_clean_part(part, losses) for part in script.parts)
    negative = _clean_part(ScriptPart(script.negative), losses).phrases
    found = A1111().write(script._replace(parts=parts, negative=negative))
    losses += found.losses
    text, unwanted = _without_comments([found.text, found.negative], losses)
    return Written(str(text), tuple(losses), str(unwanted))


def _clean_part(part: ScriptPart, losses: list[Loss]) -> ScriptPart:
    phrases = (Phrase(tuple(_clean(phrase.runs, losses, _OUTSIDE))) for phrase in part.phrases)
    return ScriptPart(tuple(phrases), part.weight)


class _Writer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.marks: list[_Mark] = []
        self.losses: list[Loss] = []
        self.weights = A1111()

    def prompt(self, prompt: Prompt) -> Written:
        scheduled = any(isinstance(n, (Schedule, Alternate)) for n in walk_prompt(prompt))
        self.weights = _Weights() if scheduled else A1111()
        parts: list[ScriptPart] = []
        for part in prompt.parts:
            nodes = rebuild(self.without_weighed_breaks(part.children), self.marked)
            runs = _guarded(self.runs(nodes, _OUTSIDE))
            parts.append(ScriptPart((Phrase(tuple(runs)),) if runs else (), part.weight))
        text = self.weighed(Script(tuple(parts)))
        written = [self.shown(mark) for mark in self.marks]
        return Written(self.assembled(text, written), tuple(self.losses))

    def without_weighed_breaks(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """Put a comma for each chunk break in a choice in a group: A1111 would weigh the word."""
        weighed: set[int] = set()
        work = [(node, False, False) for node in nodes]
        while work:
            node, in_group, is_weighed = work.pop()
            if isinstance(node, Break) and is_weighed:
                weighed.add(id(node))
            if isinstance(node, (Choice, Variable, Wrap)):
                is_weighed = in_group
            in_group = in_group or (isinstance(node, Group) and node.weight != 1)
            work += [(child, in_group, is_weighed) for part in children(node) for child in part]
        if not weighed:
            return nodes

        def change(node: Node) -> Node:
            if id(node) not in weighed:
                return node
            span = Span(self.source, max(node.start, 0), max(node.end, 0))
            self.losses.append(
                Loss(
                    "break",
                    "A1111 knows no chunk break inside a weighted group",
                    "BREAK",
                    span,
                    "warning",
                    "a comma was put there",
                    "put the weights inside the choice, around the texts beside the BREAK",
                )
            )
            return Text(", ", node.start, node.end)

        return rebuild(nodes, change)

    def marked(self, node: Node) -> Node | tuple[Node, ...]:
        """Put a mark for a node that is open; the ones inside it have theirs already."""
        match node:
            case Choice():
                lists = tuple(_stripped(option.children) for option in node.options)
            case Wildcard():
                lists = ()
            case Variable():
                lists = (node.children,)
            case Wrap():
                lists = (node.wrapper, node.inner)
            case Text() | Value() | Reference() if _PRIVATE.search(node.value):
                return replace(node, value=_PRIVATE.sub("", node.value))
            case _:
                return node
        self.marks.append(_Mark(node, lists))
        return Value(f"\ue0d0{len(self.marks) - 1}\ue0d1", node.start, node.end)

    def runs(self, nodes: tuple[Node, ...], unsafe: re.Pattern[str]) -> list[Run]:
        return _clean(flatten(nodes, self.source), self.losses, unsafe)

    def weighed(self, script: Script) -> _Pieces:
        """Return a text as A1111 writes it, cut at the marks."""
        found = self.weights.write(script)
        self.losses += found.losses
        pieces: _Pieces = []
        at = 0
        for mark in _MARK.finditer(found.text):
            pieces += [found.text[at : mark.start()], int(mark[1])]
            at = mark.end()
        return _without_comments([*pieces, found.text[at:]], self.losses)

    def shown(self, mark: _Mark) -> _Pieces:
        """Return what stands in the place of a mark."""
        match mark.node:
            case Wildcard():
                return [self.wildcard(mark.node)]
            case Choice():
                return self.choice(mark.node, mark.lists)
            case Variable():
                name, sign = mark.node.name, mark.node.mark
                return [f"${{{name}{sign}", *self.inner(mark.lists[0]), "}"]
            case _:
                wrapper, inner = (self.inner(part) for part in mark.lists)
                return ["%{", *wrapper, "$$", *inner, "}"]

    def inner(self, nodes: tuple[Node, ...]) -> _Pieces:
        """Return a list of nodes inside a bracket."""
        runs = _without_alternatives(self.runs(nodes, _INSIDE), self.losses)
        if not runs:
            return []
        if len(runs) == 1 and runs[0].kind == BREAK:
            return [" BREAK "]
        script = Script((ScriptPart((Phrase(tuple(runs)),)),))
        return self.weighed(script)

    def choice(self, choice: Choice, lists: tuple[tuple[Node, ...], ...]) -> _Pieces:
        pieces: _Pieces = ["{", choice.sampler, self.count(choice)]
        for at, (option, nodes) in enumerate(zip(choice.options, lists, strict=True)):
            text = self.inner(nodes)
            pieces += ["|" if at else "", option.mark.strip() or _guard(text, first=not at), *text]
        return [*pieces, "}"]

    def count(self, choice: Choice) -> str:
        """Return the count of a choice; dynamicprompts counts from 1 where the least is left out."""
        found = _COUNT.match(choice.mark)
        if not found:
            return ""
        low, dash, high, separator = found.groups()
        count = f"{low or 0}-{high}" if dash else low or "0"
        return f"{count}$${self.separator(choice, ', ' if separator is None else separator)}$$"

    def separator(self, choice: Choice, separator: str) -> str:
        wanted = literal(separator)
        text = _SEPARATOR.sub("", wanted) or " "
        if text != wanted:
            self.lose(choice, f'dynamicprompts cannot put "{wanted}" between options', text)
        run = Run(TEXT, text, 1.0, Span(self.source, max(choice.start, 0), max(choice.end, 0)))
        found = self.weights.write(Script((ScriptPart((Phrase((run,)),)),)))
        self.losses += found.losses
        return found.text

    def wildcard(self, node: Wildcard) -> str:
        name = literal(node.name)
        text = _NAME.sub("_", name)
        if text != name:
            self.lose(node, f"dynamicprompts cannot read the name of {node.value}", text)
        return f"__{node.sampler}{text}{node.parameters}__"

    def lose(self, node: Node, message: str, instead: str) -> None:
        span = Span(self.source, max(node.start, 0), max(node.end, 0))
        self.losses.append(
            Loss("escape", message, span.text, span, "error", f'"{instead}" instead')
        )

    def assembled(self, text: _Pieces, written: list[_Pieces]) -> str:
        """Return the text with all marks replaced."""
        done: list[str] = []
        work = text[::-1]
        while work:
            piece = work.pop()
            if isinstance(piece, str):
                if piece:
                    done.append(piece)
                continue
            is_wildcard = isinstance(self.marks[piece].node, Wildcard)
            if is_wildcard and done and done[-1].endswith("_") and not done[-1].endswith("__"):
                self.lose(
                    self.marks[piece].node, "an underscore before a wildcard joins its name", " "
                )
                done.append(" ")
            work += reversed(written[piece])
        return "".join(done)


def _guarded(runs: list[Run]) -> list[Run]:
    """Put a number before a last choice into a group of weight 1.

    Where the choice gives nothing, or a number, A1111 would take it for the weight of the prompt.
    """
    if not runs or runs[-1].kind != TEXT or not _ENDS_IN_NUMBER.search(runs[-1].text):
        return runs
    last = runs[-1]
    before, comma, behind = last.text.rpartition(", ")
    first = [Run(TEXT, before + comma, last.weight, last.span)] if comma else []
    return [*runs[:-1], *first, Run(GROUPED, behind, last.weight, last.span)]


def _stripped(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return an option without the spaces at its ends, which its author wrote for the eye."""
    found = list(nodes)
    if found and isinstance(found[0], Text):
        found[0] = Text(found[0].value.lstrip(), found[0].start, found[0].end)
    if found and isinstance(found[-1], Text):
        found[-1] = Text(found[-1].value.rstrip(), found[-1].start, found[-1].end)
    return tuple(found)


def _guard(text: _Pieces, *, first: bool) -> str:
    """Return odds of 1 where the text alone would be read otherwise, or lose its first space."""
    head = next((piece for piece in text if piece != ""), "")
    if not isinstance(head, str):
        return ""
    return "1::" if _LIKE_ODDS.match(head) or (first and head[:1] in ("~", "@", "!")) else ""


def _clean(runs: Iterable[Run], losses: list[Loss], unsafe: re.Pattern[str]) -> list[Run]:
    """Return the runs without what dynamicprompts would take for syntax."""
    return [_clean_run(run, losses, unsafe) for run in merged(runs)]


def _clean_run(run: Run, losses: list[Loss], unsafe: re.Pattern[str]) -> Run:
    if run.kind not in (TEXT, REFERENCE):
        return run
    signs = "".join(dict.fromkeys(unsafe.findall(run.text)))
    if signs:
        losses.append(_loss(run, f'dynamicprompts has no escape for "{signs}"', "it was taken out"))
    kept = unsafe.sub("", run.text) if signs else run.text
    apart = re.sub("_(?=_)", "_ ", kept) if "__" in kept else kept
    if apart != kept:
        losses.append(_loss(run, 'dynamicprompts reads "__" as a wildcard', "a space was put in"))
    if unsafe is _INSIDE and run.kind == TEXT and _LIKE_NETWORK.search(apart):
        apart = _LIKE_NETWORK.sub("< ", apart)
        losses.append(_loss(run, 'A1111 takes "<name:…>" for a network', "a space was put in"))
    return Run(run.kind, apart.replace("\t", " "), run.weight, run.span)


def _loss(run: Run, message: str, instead: str) -> Loss:
    return Loss("escape", message, _MARK.sub("…", run.text).strip(), run.span, "warning", instead)


def _without_alternatives(runs: list[Run], losses: list[Loss]) -> list[Run]:
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


def _without_comments(pieces: _Pieces, losses: list[Loss]) -> _Pieces:
    """Put a space into `//` and `/*` where a text begins: there they open a comment."""
    found: _Pieces = []
    for piece in pieces:
        begin = _LIKE_COMMENT.match(piece) if isinstance(piece, str) else None
        if begin and isinstance(piece, str):
            message = "dynamicprompts reads // and /* as a comment where a text begins"
            shown = piece.strip()[:20]
            losses.append(Loss("escape", message, shown, None, "warning", "a space was put in"))
            piece = f"{begin[0]} {piece[begin.end() :]}"  # noqa: PLW2901
        found.append(piece)
    return found
