"""The Jinja environment: sandboxed, strict, bounded, and unable to turn data into syntax."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from jinja2 import Template as JinjaTemplate
from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.runtime import Context, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from impasto.diagnostics import did_you_mean
from impasto.templates import filters
from impasto.templates.blocks import extend
from impasto.templates.draws import DRAWS
from impasto.templates.generator import Generator
from impasto.templates.lexed import OPTIONS, lex, pieces, tokens
from impasto.templates.marks import CAPACITY, PIECE_BASE
from impasto.templates.run import RUN, LimitExceeded, bound, bound_number, bounded, concat
from impasto.templates.shapes import MOST, code_for
from impasto.templates.text import counted, finalize, joined, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2.lexer import Token, TokenStream

    from impasto.source import Source
    from impasto.templates.lexed import Piece
    from impasto.templates.shapes import Code, Shape

# What texts may be asked for: methods that give no more than they were given.
_TEXT_METHODS = frozenset(
    (
        *("capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha"),
        *("isascii", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle"),
        *("isupper", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rfind"),
        *("rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith"),
        *("strip", "swapcase", "title", "upper"),
    )
)
StandIn: TypeAlias = "tuple[JinjaTemplate, frozenset[str]]"
"""A template that stands for all of its shape, and the names that they take from outside."""

_AS_FILTERS: Final = {"replace", "join"}


class _Missing(StrictUndefined):
    """What a name or part without a value gives: an error that knows the names nearby."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint or self._undefined_obj is missing:
            return super()._undefined_message
        here = self._undefined_obj
        known = list(here) if isinstance(here, dict) else dir(here)
        names = [str(name) for name in known if not str(name).startswith("_")]
        near = did_you_mean(str(self._undefined_name), names)
        return f'there is no "{self._undefined_name}" in it' + (f"; {near}" if near else "")


class _Origins(Extension):
    """Put a character that says where it was written before every piece of text and data.

    In code that templates share, the character stands for the text, too.
    """

    environment: PromptEnvironment

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Mark the data tokens of a template and its expressions."""
        from jinja2.lexer import Token  # noqa: PLC0415 - the name is only typed above

        name = stream.name or ""
        shared = name in self.environment.sharing
        marks = self.environment.marks(name)
        for token in stream:
            is_text = token.type == "data"
            if is_text or token.type == "variable_begin":
                text = token.value if is_text and not shared else ""
                yield Token(token.lineno, "data", next(marks) + text)
            if not is_text:
                yield token


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for prompts; `pieces` says where each marked piece of text was written.

    `bases` are the files that front matters extend, by the names of the files; `extending` are
    those whose templates take the text of theirs; `sharing` those that are compiled for all of
    their shape.
    """

    code_generator_class = Generator
    intercepted_binops = frozenset(("+", "*", "**", "%"))
    plain = staticmethod(plain)
    bounded = staticmethod(bounded)
    concat = staticmethod(concat)

    def __init__(self, **options: Any) -> None:
        super().__init__(
            undefined=_Missing,
            autoescape=True,
            finalize=finalize,
            extensions=[_Origins],
            **OPTIONS,
            **options,
        )
        self.pieces: list[Piece] = []
        self.sources: dict[str, Source] = {}
        self.bases: dict[str, str] = {}
        self.extending: set[str] = set()
        self.sharing: set[str] = set()
        self._stand_ins: dict[Shape, StandIn] = {}
        self._lock = Lock()
        self.filters = {**filters.FILTERS, **DRAWS, "_turns": _turns}
        self.globals.pop("lipsum")
        self.globals.update(DRAWS)

    def marks(self, name: str) -> Iterator[str]:
        """Return the characters for the pieces of a template, in order."""
        found = pieces(self.sources[name])
        with self._lock:
            first = 0 if name in self.sharing else len(self.pieces)
            if first + len(found) > CAPACITY:
                raise LimitExceeded(f"a template of more than {CAPACITY:,} pieces")
            if name not in self.sharing:
                self.pieces += found
        return map(chr, range(PIECE_BASE + first, PIECE_BASE + first + len(found)))

    def _lexed(self, name: str) -> list[tuple[int, str, str]]:
        try:
            return list(tokens(lex(self.sources[name])))
        except TemplateSyntaxError as error:
            error.name = error.filename = name
            raise

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        """Return the tokens for the parser, from those that are lexed already."""
        if name is None or state is not None or source != self.sources[name].text:
            return super()._tokenize(source, name, filename, state)
        from jinja2.lexer import TokenStream as Stream  # noqa: PLC0415 - only typed above

        stream = Stream(self.lexer.wrap(self._lexed(name), name, filename), name, filename)
        for extension in self.iter_extensions():
            stream = Stream(extension.filter_stream(stream), name, filename)
        return stream

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, and count the turns of every loop."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For) if "for" in source else ():
            loop.iter = nodes.Filter(loop.iter, "_turns", [], [], None, None, lineno=loop.lineno)
        base = self.bases.get(name or "")
        if base and name and extend(tree, base, name, self):
            self.extending.add(name)
        return tree

    def compiled(self, tree: nodes.Template, name: str) -> Code:
        """Return the code of a template, and the names that it takes from outside."""
        generator = Generator(self, name, name, optimized=self.optimized)
        generator.visit(tree)
        source = generator.stream.getvalue()  # type: ignore[attr-defined]
        return self._compile(source, name), frozenset(generator.undeclared)

    def stand_in(self, shape: Shape, name: str) -> StandIn:
        """Return what stands for all templates of a shape, which the template `name` has."""
        found = self._stand_ins.get(shape)
        if found is None:
            code, names = code_for(shape, lambda: self._common_code(name))
            template = JinjaTemplate.from_code(self, code, self.globals)
            template.name = None  # what fails in it is the template that is rendered
            if len(self._stand_ins) >= MOST:
                self._stand_ins.clear()
            found = self._stand_ins[shape] = template, names - self.globals.keys()
        return found

    def _common_code(self, name: str) -> Code:
        """Return code for all templates of the shape that the template `name` has."""
        self.sharing.add(name)
        try:
            return self.compiled(self._parse(self.sources[name].text, name, name), name)
        finally:
            self.sharing.discard(name)

    def watched(self, value: Any) -> Any:
        """Return a value that took some time to make, unless the render runs too long."""
        RUN.get().watch()
        return value

    def compared(self, value: Any) -> Any:
        """Return what is compared, as plain text: looking through a long list takes time."""
        return self.watched(plain(value))

    def concatenated(self, parts: tuple[object, ...]) -> str:
        """Return `a ~ b`: data as long as every part is, else template text."""
        return joined("", parts)

    def wrap_str_format(self, _value: Any) -> None:
        """Let nobody format: `is_safe_attribute` refuses it as it refuses other methods."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse what the sandbox refuses, and methods that make much from nothing."""
        if isinstance(obj, str) and hasattr(Markup, attr):
            return attr in _TEXT_METHODS
        if isinstance(obj, (bytes, bytearray, int, float, complex)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """Return what raises an error as soon as it is used."""
        named = f'"{attribute}" is not open to templates'
        if isinstance(obj, str) and attribute in _AS_FILTERS:
            named += f"; use the filter: | {attribute}(…)"
        return self.undefined(named, obj=obj, name=attribute, exc=SecurityError)

    def call(self, context: Context, function: Any, *args: Any, **named: Any) -> Any:
        """Call a macro or function, counted and with bounded arguments."""
        run = RUN.get()
        run.turn()
        run.watch()
        bounded(args)
        bounded(named)
        return bounded(super().call(context, function, *args, **named))

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> JinjaTemplate:  # noqa: A002 - Jinja's name
        """Return an included template, counted."""
        RUN.get().turn()
        if self.loader is None:
            raise TypeError("only a template in a file can include others; this text has no folder")
        return super().get_template(name, parent, globals)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Bound what an operator can produce."""
        RUN.get().watch()
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return joined("", (left, right))
        if operator == "+":
            bound(_length(left) + _length(right))
        elif operator == "*":
            bound(_length(left) * _count(right) + _length(right) * _count(left))
            bound_number(_bits(left) + _bits(right))
        elif operator == "**":
            bound_number(_bits(left) * abs(_count(right)))
        elif operator == "%" and isinstance(left, (str, bytes)):
            raise SecurityError("% formats texts in Python; join them with ~ instead")
        return bounded(super().call_binop(context, operator, left, right))


def _length(value: object) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple)) else 0


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _bits(value: object) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _turns(items: Iterable[Any]) -> Iterator[Any]:
    """Yield `items`, every turn counted."""
    if isinstance(items, Undefined):
        iter(items)  # raises with the name
    if not isinstance(items, Iterable):
        what = "nothing" if items is None else f'"{items}"'
        raise TypeError(f"a loop needs a list, and {what} is none")
    return counted(items)
