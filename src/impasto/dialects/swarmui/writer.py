r"""Writing for SwarmUI: schedules stay, colons and bars in them are escaped.

SwarmUI takes a layer of backslashes off a field only if the field holds a bracket. A field that
needs an escape gets an empty bracket at its end for that, which leaves no text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from impasto.diagnostics import Loss
from impasto.dialects.round_brackets import EMBEDDING, VERBATIM, RoundBrackets, glimpse
from impasto.syntax.escapes import literal
from impasto.syntax.nodes import Alternate, Schedule
from impasto.syntax.runs import CLOSE, NEXT, OPEN, TEXT, Run, number

if TYPE_CHECKING:
    from collections.abc import Sequence

NEVER: Final = "10000"
"""A step beyond the last: SwarmUI takes no more steps than that."""

_SQUARE = re.compile(r"[\[\]]")
_SLASH = re.compile(r"\\(?![\[\]])")
_SIGN = re.compile(r"[:|]")
_TAG = re.compile(r"<(?=\w+(?:\[[^\[\]<>]*+\])?+:|break>)", re.IGNORECASE)


class _Open:
    """A bracket that is being written: its node, its fields, the parts of the field at hand."""

    __slots__ = ("fields", "node", "parts")

    def __init__(self, node: Schedule | Alternate | None) -> None:
        self.node = node
        self.fields: list[str] = []
        self.parts: list[tuple[str, bool]] = []

    def end_field(self) -> None:
        self.fields.append(_field(self.parts))
        self.parts = []

    def text(self) -> str:
        self.end_field()
        if isinstance(self.node, Schedule):
            before, after = self.fields
            return f"[{before}:{after}:{_when(self.node)}]"
        return "[" + "|".join(self.fields) + "]" if len(self.fields) > 1 else "".join(self.fields)


class SwarmUIWriter(RoundBrackets):
    """The writing half of the dialect."""

    name = "swarmui"
    program = "SwarmUI"
    embedding: ClassVar[str] = "<embed:{}>"
    chunk: ClassVar[str] = "<break>"
    deepest: ClassVar[int] = 6  # each level doubles the backslashes

    def reference(self, run: Run) -> Run:
        """Keep LoRAs; SwarmUI writes the weight for the picture first."""
        kind, *arguments = run.text[1:-1].split(":")
        name = literal(arguments[0])
        if kind != "lora" or not name.strip() or set(name) & set("<>:"):
            return super().reference(run)
        weights = "".join(f":{weight.strip()}" for weight in reversed(arguments[1:3]))
        return Run(VERBATIM, f"<lora:{name}{weights}>", 1.0, run.span)

    def printed(self, runs: Sequence[Run], losses: list[Loss]) -> str:
        """Return prepared runs as text, brackets from the inside out."""
        stack = [_Open(None)]
        for at, run in enumerate(runs):
            if run.kind == OPEN:
                stack.append(_Open(run.node))
            elif run.kind == NEXT:
                stack[-1].end_field()
            elif run.kind == CLOSE:
                inner = stack.pop().text()
                stack[-1].parts.append((inner, True))
            elif run.kind == TEXT:
                last = len(stack) == 1 and at + 1 == len(runs)
                stack[-1].parts.append((self._text(run, losses, last=last), False))
            elif run.kind == EMBEDDING:
                name = self.embedding.format(run.text)
                text = self.weighed(name, run, losses, bare=run.weight == 1)
                stack[-1].parts += _embedding(text, name)
            else:
                stack[-1].parts.append((run.text, True))
        return "".join(text for text, _ in stack[0].parts)

    def escaped(self, text: str) -> str:
        """Return a text whose brackets, round and square, are characters."""
        return _SQUARE.sub(r"\\\g<0>", super().escaped(text))

    def safe(self, run: Run, losses: list[Loss]) -> str:
        """Return the text without the beginning of a tag."""
        text = super().safe(run, losses)
        if "<" not in text or not _TAG.search(text):
            return text
        losses.append(
            Loss(
                "escape",
                "SwarmUI resolves <name:…> as a tag",
                glimpse(text),
                run.span,
                "info",
                'a space was put behind "<"',
                'leave out the "<"',
            )
        )
        return _TAG.sub("< ", text)


def _embedding(text: str, name: str) -> list[tuple[str, bool]]:
    """Return a weighed embedding in parts: the colon of its tag separates nothing."""
    before, _, after = text.partition(name)
    return [(before, False), (name, True), (after, False)]


def _field(parts: list[tuple[str, bool]]) -> str:
    """Return a field whose signs separate nothing."""
    plain = "".join(text for text, _ in parts)
    slashed = [(_SLASH.sub(r"\\\\", text), nested) for text, nested in parts]
    text = "".join(t if nested else _SIGN.sub(r"\\\g<0>", t) for t, nested in slashed)
    has_bracket = any(nested and text[:1] == "[" for text, nested in parts)
    return text if text == plain or has_bracket else f"{text}[]"


def _when(node: Schedule) -> str:
    """Return the number of a schedule: below 1 a part of the steps, else a step."""
    mark = node.mark[1:]
    value = float(mark)
    if "." not in mark:
        return str(max(int(value), 0))
    if value >= 1:
        return NEVER
    return number(min(max(value, 0.0), 0.999999))
