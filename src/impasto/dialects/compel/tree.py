"""The canonical tree of what compel reads, and what a reader of the text should know."""

from __future__ import annotations

import math
import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic, Edit, Fix
from impasto.dialects.base import Reading
from impasto.dialects.compel.nodes import ONE, SPACES
from impasto.dialects.compel.runs import Fused, Swapped, folded, unescaped
from impasto.dialects.compel.stages import Blend, Parsed
from impasto.syntax.nodes import Group, Node, Part, Reference, Value
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from impasto.dialects.compel.nodes import Piece, Unread
    from impasto.dialects.compel.runs import Fragment
    from impasto.source import Source, Span
    from impasto.syntax.weights import Runs

    Place = Callable[[int, int], Span]

_LEANS: Final = ",.;:!?"
_OTHER_WEIGHT = re.compile(
    r":([ \t]*+[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[ \t]*+)\)(?![-+.0-9])"
)
_LETTER = re.compile(r"(?<![^\s,])[A-Za-z](?:\++|-+)(?=[\s,.)]|\Z)")
_SHOWN: Final = 20
"""So many groups that cannot be read are reported; a text with more is no prompt."""


def reading(parsed: Parsed, source: Source) -> Reading:
    """Return the tree of a conjunction: a part for each prompt, LoRAs at the end of the first."""
    tree = _Tree(parsed)
    parts = [tree.part(prompt, weight) for prompt, weight in weighted_prompts(parsed)]
    loras = tree.loras()
    if len(parts) <= 1:
        nodes = parts[0].children if parts else ()
        mark = parts[0].mark if parts else ""
        parts = [Part(_followed(nodes, loras), mark, 0, len(source.text))]
    elif loras:
        first = parts[0]
        children = _followed(first.children, loras)
        parts[0] = Part(children, first.mark, first.start, first.end)
    return Reading(tuple(parts), tuple(_findings(parsed, tree.marks, source)))


def weighted_prompts(parsed: Parsed) -> list[tuple[list[Fragment], float]]:
    """Return the prompts with their weights; those of a blend as if they were composed."""
    found: list[tuple[list[Fragment], float]] = []
    for prompt, weight in zip(parsed.prompts, parsed.weights, strict=True):
        if isinstance(prompt, Blend):
            found += zip(prompt.prompts, prompt.weights, strict=True)
        else:
            found.append((prompt, weight))
    return found


def runs(prompt: list[Fragment]) -> Runs:
    """Return texts with weights as compel encodes them; of a swap the original."""
    found: Runs = []
    for fused in _originals(prompt):
        if found and found[-1][1] == fused.weight:
            found[-1] = f"{found[-1][0]} {fused.text}", fused.weight
        else:
            found.append((fused.text, fused.weight))
    return found


def _originals(prompt: list[Fragment]) -> list[Fused]:
    """Return the words in order; of a swap those that come first."""
    found: list[Fused] = []
    work = [iter(prompt)]
    while work:
        for fragment in work[-1]:
            if isinstance(fragment, Fused):
                found.append(fragment)
            else:
                work.append(iter(fragment.original))
                break
        else:
            work.pop()
    return found


def _followed(nodes: tuple[Node, ...], loras: list[Node]) -> tuple[Node, ...]:
    if not (nodes and loras):
        return (*nodes, *loras)
    end = nodes[-1].end
    return (*nodes, Value(" ", end, end), *loras)


class _Tree:
    def __init__(self, parsed: Parsed) -> None:
        self.text = parsed.text
        self.parsed = parsed
        self.place = parsed.place
        self.marks: dict[float, str] = {}

    def loras(self) -> list[Node]:
        place = self.place
        return [
            Reference(
                f"<lora:{lora.name}:{number(lora.weight)}>", place(lora.start), place(lora.end)
            )
            for lora in self.parsed.loras
        ]

    def part(self, prompt: list[Fragment], weight: float) -> Part:
        """Return a prompt as texts and groups side by side, spaced like the text that was read."""
        nodes: list[Node] = []
        between = ""
        behind = first = last = -1
        moved = bool(self.parsed.added)
        for fused in _originals(prompt):
            pieces = fused.pieces
            start = begin = pieces[0].start
            text = self._text(pieces)
            gap = self._gap(behind, start, text) if behind >= 0 else ""
            behind = end = pieces[-1].end
            if moved:
                begin, end = self.place(start), self.place(behind)
            if fused.weight == 1:
                first = first if between else begin
                last = end
                between += gap + text
                continue
            if between or gap:
                place = (first, last) if between else (begin, begin)
                nodes.append(Value(between + gap, *place))
                between = ""
            mark = self.marks.get(fused.weight) or self._mark(fused.weight)
            nodes.append(Group("round", (Value(text, begin, end),), mark, begin, end))
        if between:
            nodes.append(Value(between, first, last))
        ends = (nodes[0].start, nodes[-1].end) if nodes else (0, 0)
        return Part(tuple(nodes), "" if weight == 1 else self._mark(weight), *ends)

    def _mark(self, weight: float) -> str:
        self.marks[weight] = f":{number(weight)}"
        return self.marks[weight]

    def _text(self, pieces: list[Piece]) -> str:
        """Return the words without escapes, with the spaces of the source."""
        first = pieces[0]
        if len(pieces) == 1 and "\\" not in first.raw:
            return first.raw if first.kind == ONE else folded(first.raw)
        if any("\\\\" in piece.raw for piece in pieces):
            return Fused(1.0, pieces).text
        texts = [folded(first.raw)]
        for before, piece in pairwise(pieces):
            texts += [self._gap(before.end, piece.start, piece.raw), folded(piece.raw)]
        return unescaped("".join(texts))

    def _gap(self, end: int, start: int, text: str) -> str:
        """Return the space between two words: none where they touch or punctuation leans back."""
        leans = text[:1] in _LEANS and self.text[start - 1] not in SPACES
        return "" if start == end or leans or not text else " "


def _findings(parsed: Parsed, weights: Iterable[float], source: Source) -> Iterator[Diagnostic]:
    """Yield what compel would raise on, what it leaves out, and what reads otherwise elsewhere."""

    def span(start: int, end: int) -> Span:
        return source.span(parsed.place(start), parsed.place(end))

    for mistake in parsed.mistakes:
        where = span(mistake.start, mistake.end)
        yield Diagnostic(
            "IMP513", "compel-raises", "error", mistake.message, where, (), mistake.hint
        )
    for unread in islice(parsed.unread, _SHOWN):
        yield _unread(parsed.text, unread, span(unread.start, unread.start + 1))
    if parsed.rest < len(parsed.text) and parsed.text[parsed.rest :].strip():
        yield Diagnostic(
            "IMP514",
            "text-not-read",
            "warning",
            "compel reads nothing behind .and(…)",
            span(parsed.rest, len(parsed.text)),
            hint="put it into one of the quoted prompts",
        )
    yield from _blends(parsed, span)
    yield from _weights(parsed, weights, span)
    yield from _swaps(parsed, span)
    yield from _foreign(source)


def _unread(text: str, unread: Unread, where: Span) -> Diagnostic:
    """Return the warning for a sign that opens nothing, with what stood in the way."""
    sign = text[unread.start]
    stop = text[unread.stopped : unread.stopped + 1]
    if stop and stop in "+-=":
        reason = f'a group cannot hold a "{stop}" that no word follows at once'
        hint = f'put the "{stop}" outside, or directly before a word'
    elif sign == '"':
        reason = "the quotation does not close on its line, or cannot be read as a group"
        hint = 'write \\" for the character'
    else:
        reason = "it has no partner"
        hint = "write \\( for the character, or close the pair"
    message = f"this {sign} is a character, and no group begins here: {reason}"
    return Diagnostic("IMP515", "no-group", "warning", message, where, (), hint)


def _blends(parsed: Parsed, span: Place) -> Iterator[Diagnostic]:
    if any(isinstance(prompt, Blend) for prompt in parsed.prompts):
        yield Diagnostic(
            "IMP516",
            "blend",
            "warning",
            "only compel mixes prompts into one; elsewhere they are composed with AND, at the"
            " weights as written",
            span(0, len(parsed.text)),
            hint="choose one of the prompts, or write what the mixture should show",
        )


def _swaps(parsed: Parsed, span: Place) -> Iterator[Diagnostic]:
    for prompt, _ in weighted_prompts(parsed):
        for fragment in prompt:
            if isinstance(fragment, Swapped):
                yield Diagnostic(
                    "IMP517",
                    "swap",
                    "warning",
                    "only compel swaps words while it paints; elsewhere the first of the two is"
                    " painted",
                    span(fragment.node.start, fragment.node.end),
                    hint="write the words that the picture should show in the end",
                )


def _weights(parsed: Parsed, weights: Iterable[float], span: Place) -> Iterator[Diagnostic]:
    """Yield errors for weights without bound, and warnings for "C++" and the like."""
    bounded = all(map(math.isfinite, weights))
    if bounded and not _LETTER.search(parsed.text):
        return
    letters = {found.start(): found.end() for found in _LETTER.finditer(parsed.text)}
    for prompt, outer in weighted_prompts(parsed):
        if not math.isfinite(outer):
            yield _no_number(outer, span(0, len(parsed.text)))
        for fused in _originals(prompt):
            first = fused.pieces[0]
            if not math.isfinite(fused.weight):
                yield _no_number(fused.weight, span(first.start, fused.pieces[-1].end))
            elif letters and fused.weight != 1:
                found = next((p for p in fused.pieces if p.start in letters), None)
                if found:
                    where = span(found.start, letters[found.start])
                    yield _letter(found.raw, fused.weight, where)


def _no_number(weight: float, where: Span) -> Diagnostic:
    message = f"the weight is {weight}: compel computes with it, and the picture is lost"
    hint = "write a number from 0 to 2"
    return Diagnostic("IMP503", "weight-not-a-number", "error", message, where, (), hint)


def _letter(letter: str, weight: float, where: Span) -> Diagnostic:
    signs = where.text[1:]
    message = f'"{signs}" is no text here: it gives "{letter}" the weight {number(weight)}'
    hint = f'put a space before it where the signs are meant: "{letter} {signs}"'
    return Diagnostic("IMP518", "sign-is-a-weight", "warning", message, where, (), hint)


def _foreign(source: Source) -> Iterator[Diagnostic]:
    """Yield a warning for the first weight that is written as in A1111 or ComfyUI."""
    found = _OTHER_WEIGHT.search(source.text)
    if found:
        edit = Edit(source.span(*found.span()), f"){found[1].strip().lstrip('+')}")
        yield Diagnostic(
            "IMP519",
            "foreign-weight",
            "warning",
            f'compel reads "{found[0]}" as text; other backends take it for a weight',
            edit.span,
            hint=f'write the weight behind the parenthesis: "{edit.text}"',
            fix=Fix("write the weight as compel reads it", (edit,), safe=False),
        )
