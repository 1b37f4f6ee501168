"""Open prompts in the syntax of dynamicprompts, weights as A1111 writes them.

Every choice, wildcard, variable and wrapper becomes one mark in the text; A1111's writer sets the
weights around it; then the marks give way to what they stand for, the options written likewise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from impasto.diagnostics import Loss
from impasto.dialects.a1111 import A1111
from impasto.dialects.base import Script, ScriptPart, Written
from impasto.dialects.dynamicprompts.cleaning import (
    INSIDE,
    MARK,
    OUTSIDE,
    Pieces,
    clean,
    guarded,
    odds_for,
    stripped,
    without_alternatives,
    without_comments,
)
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
from impasto.syntax.runs import BREAK, TEXT, Run, flatten
from impasto.syntax.walk import children, rebuild, walk_prompt

if TYPE_CHECKING:
    from impasto.source import Source
    from impasto.syntax.prompt import Prompt

_PRIVATE: Final = re.compile("[\ue0d0\ue0d1]")
_NAME: Final = re.compile(r"[{#$%(\t]|__")
_COUNT: Final = re.compile(r"(\d*)(-?)(\d*)\$\$(?:(.*)\$\$)?\Z", re.DOTALL)
_SEPARATOR: Final = re.compile(r"[{}#$\n]")


class _Scheduled(A1111):
    """A1111 for texts around which a schedule stands."""

    in_schedule = True


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
    text, unwanted = without_comments([found.text, found.negative], losses)
    return Written(str(text), tuple(losses), str(unwanted))


def _clean_part(part: ScriptPart, losses: list[Loss]) -> ScriptPart:
    phrases = (Phrase(tuple(clean(phrase.runs, losses, OUTSIDE))) for phrase in part.phrases)
    return ScriptPart(tuple(phrases), part.weight)


class _Writer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.marks: list[_Mark] = []
        self.losses: list[Loss] = []
        self.weights = A1111()

    def prompt(self, prompt: Prompt) -> Written:
        scheduled = any(isinstance(n, (Schedule, Alternate)) for n in walk_prompt(prompt))
        self.weights = _Scheduled() if scheduled else A1111()
        parts: list[ScriptPart] = []
        for part in prompt.parts:
            nodes = rebuild(self.without_weighed_breaks(part.children), self.marked)
            runs = guarded(self.runs(nodes, OUTSIDE))
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
                lists = tuple(stripped(option.children) for option in node.options)
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
        return clean(flatten(nodes, self.source), self.losses, unsafe)

    def weighed(self, script: Script) -> Pieces:
        """Return a text as A1111 writes it, cut at the marks."""
        found = self.weights.write(script)
        self.losses += found.losses
        pieces: Pieces = []
        at = 0
        for mark in MARK.finditer(found.text):
            pieces += [found.text[at : mark.start()], int(mark[1])]
            at = mark.end()
        return without_comments([*pieces, found.text[at:]], self.losses)

    def shown(self, mark: _Mark) -> Pieces:
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

    def inner(self, nodes: tuple[Node, ...]) -> Pieces:
        """Return a list of nodes inside a bracket."""
        runs = without_alternatives(self.runs(nodes, INSIDE), self.losses)
        if not runs:
            return []
        if len(runs) == 1 and runs[0].kind == BREAK:
            return [" BREAK "]
        script = Script((ScriptPart((Phrase(tuple(runs)),)),))
        return self.weighed(script)

    def choice(self, choice: Choice, lists: tuple[tuple[Node, ...], ...]) -> Pieces:
        pieces: Pieces = ["{", choice.sampler, self.count(choice)]
        for at, (option, nodes) in enumerate(zip(choice.options, lists, strict=True)):
            text = self.inner(nodes)
            pieces += [
                "|" if at else "",
                option.mark.strip() or odds_for(text, first=not at),
                *text,
            ]
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

    def assembled(self, text: Pieces, written: list[Pieces]) -> str:
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
