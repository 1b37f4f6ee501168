"""The Jinja environment: sandboxed, strict, bounded, and unable to turn data into syntax."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.filters import FILTERS
from jinja2.runtime import Context, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context
from markupsafe import Markup

from impasto.templates import filters
from impasto.templates.marks import CAPACITY, PIECE_BASE, SLOT, clean, value_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2.lexer import Token, TokenStream

    from impasto.source import Source

MAX_SECONDS: Final = 2.0
MAX_LOOPS: Final = 100_000
MAX_OUTPUT: Final = 1_000_000
"""Bounds of one render: wall time, turns of all loops together, characters written."""

_KEPT_FILTERS = [
    "abs",
    "batch",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "sum",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
    "wordcount",
]
_PADDING_METHODS = frozenset(
    ("center", "expandtabs", "format", "format_map", "ljust", "replace", "rjust", "zfill", "join")
)


class LimitExceeded(Exception):  # noqa: N818 - becomes a TemplateLimitError with a place
    """A render went past one of its bounds."""


class Run:
    """What one render counts and gathers."""

    __slots__ = ("deadline", "loops", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self.loops = 0
        self.deadline = time.monotonic() + MAX_SECONDS

    def keep(self, value: str) -> str:
        """Store a value and return the character that stands for it."""
        index = len(self.values)
        if index >= CAPACITY:
            raise LimitExceeded(f"the template inserts more than {CAPACITY:,} values")
        self.values.append(value)
        return value_mark(index)

    def turn(self) -> None:
        """Count one turn of a loop."""
        self.loops += 1
        if self.loops > MAX_LOOPS:
            raise LimitExceeded(f"the loops turn more than {MAX_LOOPS:,} times")
        if not self.loops % 1024:
            self.check_time()

    def check_time(self) -> None:
        """Raise once the time is over."""
        if time.monotonic() > self.deadline:
            raise LimitExceeded(f"the template runs longer than {MAX_SECONDS:g} seconds")


RUN: ContextVar[Run] = ContextVar("impasto_render")


class Slot:
    """The prompt that a style wraps."""

    __slots__ = ()


SLOT_VALUE = Slot()


def data(value: object) -> str:
    """Return the character that stands for `value`; a list gives one for each item."""
    if value.__class__ is str:
        return RUN.get().keep(clean(value))
    if isinstance(value, Slot):
        return SLOT
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(data(item) for item in value)
    if isinstance(value, (str, int, float)):
        return RUN.get().keep(clean(str(value)))
    if isinstance(value, StrictUndefined):
        str(value)  # raises with the name
    raise TypeError(f"a {type(value).__name__} cannot be put into a prompt")


@pass_context
def finalize(_context: Context, value: object) -> str:
    """Template text (the output of macros and blocks) passes, everything else is data."""
    return value if isinstance(value, Markup) else data(value)


class _Generator(CodeGenerator):
    """Jinja's compiler without HTML escapes: `finalize` alone decides what is text."""

    def _output_child_pre(self, _node: nodes.Expr, _frame: Frame, _finalize: Any) -> None:
        self.write("environment.finalize(context, ")

    def _output_child_post(self, _node: nodes.Expr, _frame: Frame, _finalize: Any) -> None:
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.concatenated((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class _Origins(Extension):
    """Put a character that says where it was written before every piece of template text."""

    environment: PromptEnvironment

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Mark the data tokens of a template."""
        from jinja2.lexer import Token  # noqa: PLC0415 - the name is only typed above

        offsets = iter(self.environment.data_offsets(stream.name or ""))
        source = self.environment.source_of(stream.name or "")
        for token in stream:
            if token.type == "data":
                mark = self.environment.piece(source, next(offsets))
                yield Token(token.lineno, "data", mark + token.value)
            else:
                yield token


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for prompts; `pieces` says where each marked piece of text was written."""

    code_generator_class = _Generator
    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=finalize,
            extensions=[_Origins],
            **options,
        )
        self.pieces: list[tuple[Source, int]] = []
        self.sources: dict[str, Source] = {}
        self.filters = {name: FILTERS[name] for name in _KEPT_FILTERS}
        self.filters.update(filters.FILTERS)
        self.filters["_turns"] = _turns
        self.globals.pop("lipsum")

    def source_of(self, name: str) -> Source:
        """Return the source of the template `name`."""
        return self.sources[name]

    def piece(self, source: Source, offset: int) -> str:
        """Return the character for the piece of text at `offset` of `source`."""
        self.pieces.append((source, offset))
        return chr(PIECE_BASE + len(self.pieces) - 1)

    def data_offsets(self, name: str) -> list[int]:
        """Return where the pieces of text of a template begin, in order."""
        source = self.source_of(name).text
        offsets, at = [], 0
        for _line, kind, text in self.lexer.tokeniter(source, name):
            at = source.index(text, at)
            if kind == "data":
                offsets.append(at)
            at += len(text)
        return offsets

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, and count the turns of every loop."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_turns", [], [], None, None, lineno=loop.lineno)
        return tree

    def concatenated(self, parts: tuple[object, ...]) -> str:
        """Return `a ~ b`: data as long as every part is, else template text."""
        return joined("", parts)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse what the sandbox refuses, and methods that make long texts from nothing."""
        if isinstance(obj, str) and attr in _PADDING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Bound what an operator can produce."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return joined("", (left, right))
        if operator == "*":
            bound(_length(left) * _count(right) + _length(right) * _count(left))
        if operator == "**" and _count(right) > 64:
            raise LimitExceeded("an exponent above 64")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("% formats texts in Python; join them with ~ instead")
        return super().call_binop(context, operator, left, right)


def joined(separator: str, parts: Iterable[object]) -> str:
    """Join texts: data as long as every part is, else template text with data marked."""
    texts = list(parts)
    is_text = any(isinstance(part, Markup) for part in texts)
    joined = separator.join(
        data(p) if is_text and not isinstance(p, Markup) else str(p) for p in texts
    )
    bound(len(joined))
    return Markup(joined) if is_text else joined  # noqa: S704 - no HTML here


def _length(value: object) -> int:
    return len(value) if isinstance(value, (str, list, tuple)) else 0


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def bound(length: int) -> None:
    """Refuse a text of `length` characters where that is too long."""
    if length > MAX_OUTPUT:
        raise LimitExceeded(f"a text of more than {MAX_OUTPUT:,} characters")


def _turns(items: Iterable[Any]) -> Iterator[Any]:
    """Yield `items`, every turn counted."""
    if isinstance(items, StrictUndefined):
        iter(items)  # raises with the name
    run = RUN.get()
    return _counted(items, run)


def _counted(items: Iterable[Any], run: Run) -> Iterator[Any]:
    for item in items:
        run.turn()
        yield item
