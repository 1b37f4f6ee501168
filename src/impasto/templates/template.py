"""Render a template into prompt text, its values kept apart and its origins known."""

from __future__ import annotations

import re
import traceback
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateNotFound
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.loaders import FunctionLoader
from jinja2.meta import find_undeclared_variables

from impasto.diagnostics import did_you_mean
from impasto.errors import (
    BadValueError,
    TemplateError,
    TemplateLimitError,
    UndefinedVariableError,
)
from impasto.source import Source, Span
from impasto.templates.environment import (
    MAX_OUTPUT,
    RUN,
    LimitExceeded,
    PromptEnvironment,
    Run,
)
from impasto.templates.marks import CAPACITY, PIECE, PIECE_BASE, VALUE, value_index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_SKELETONS = 256
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_V = "[\U00100000-\U0010fff0]"
_NUMERIC = re.compile(
    rf":[ \t]*({_V})[ \t]*(?=[)\]])|:[ \t]*({_V})[ \t]*(?=\sAND\b)|(?<=[{{|$])[ ]*({_V})::"
    rf"|\{{({_V})?-?({_V})?\$\$"
)
_NAMED = re.compile(
    rf"<(?:lora|lyco|hypernet|embedding):[^<>]*{_V}[^<>]*>|__[\w\-./*]*{_V}(?:[\w\-./*]|{_V})*__"
)
_NAME_BREAKERS = re.compile(r"[<>{}|:\n]|__")


class RenderedSource(Source):
    """Text that a template wrote: offsets lead back to the pieces it was made of."""

    def __init__(self, text: str, name: str, origins: list[tuple[int, Source, int]]) -> None:
        super().__init__(text, name)
        self._starts = [at for at, _, _ in origins]
        self._origins = origins

    def locate(self, offset: int) -> tuple[Source, int]:
        """Return the file and the offset there."""
        from bisect import bisect_right  # noqa: PLC0415

        here, source, there = self._origins[max(bisect_right(self._starts, offset) - 1, 0)]
        return source.locate(min(there + offset - here, len(source.text)))


class Skeleton:
    """The text of one render without its values, which stand in it as marks.

    `memory` is for whoever reads the text, so that it is read once for all values.
    """

    __slots__ = ("memory", "source", "text")

    def __init__(self, text: str, source: RenderedSource) -> None:
        self.text = text
        self.source = source
        self.memory: dict[str, Any] = {}


class Rendered(NamedTuple):
    """A skeleton and the values that its marks stand for."""

    skeleton: Skeleton
    values: list[str]


class Template:
    """A template; `render` is cheap to repeat, for skeletons are kept.

    Raises:
        TemplateError: Jinja does not accept the template; file, line and column are given.
    """

    def __init__(self, source: Source, folder: Path | None = None) -> None:
        self.source = source
        self._environment = environment = _environment(folder)
        key = environment.register(source)
        try:
            tree = environment._parse(source.text, key, key)  # noqa: SLF001 - parsed once, used twice
            self.variables: frozenset[str] = frozenset(find_undeclared_variables(tree))
            code = environment.compile(source.text, key, key)
        except TemplateSyntaxError as error:
            raise _syntax_error(error, environment, source) from error
        self._jinja = JinjaTemplate.from_code(environment, code, environment.globals)
        self._skeletons: OrderedDict[str, Skeleton] = OrderedDict()

    def render(self, values: Mapping[str, object]) -> Rendered:
        """Render with `values`.

        Raises:
            UndefinedVariableError: a variable has no value.
            TemplateLimitError: the template runs, loops or writes too much.
            TemplateError: anything else that fails in the template.
        """
        run = Run()
        token = RUN.set(run)
        try:
            context = self._jinja.new_context(values)  # type: ignore[arg-type]
            raw = "".join(self._jinja.root_render_func(context))
            if len(raw) > MAX_OUTPUT:
                raise LimitExceeded(f"the template writes more than {MAX_OUTPUT:,} characters")  # noqa: TRY301
        except Exception as error:  # noqa: BLE001 - every failure of a template gets a place
            self._fail(error, values)
        finally:
            RUN.reset(token)
        skeleton = self._skeletons.get(raw)
        if skeleton is None:
            skeleton = self._skeleton(raw, run.values)
        return Rendered(skeleton, run.values)

    def _skeleton(self, raw: str, values: list[str]) -> Skeleton:
        """Return the skeleton of what Jinja wrote, kept unless it holds a value itself."""
        text, origins = _strip(raw, self._environment, self.source)
        inserted = _insertions(text, values, origins, self.source.name)
        if inserted:
            text, origins = _insert(text, inserted, origins)
        skeleton = Skeleton(text, RenderedSource(text, self.source.name, origins))
        if not inserted:
            self._skeletons[raw] = skeleton
            if len(self._skeletons) > _MAX_SKELETONS:
                self._skeletons.popitem(last=False)
        return skeleton

    def _fail(self, error: Exception, values: Mapping[str, object]) -> NoReturn:
        span = _failing_span(error, self._environment, self.source)
        if isinstance(error, UndefinedError):
            raise _undefined(error, span, self.variables, values) from error
        if isinstance(error, (LimitExceeded, RecursionError, MemoryError)):
            what = (
                "the template calls itself without end"
                if isinstance(error, RecursionError)
                else str(error)
            )
            raise TemplateLimitError(what, span, hint="shorten the loop or the list") from error
        if isinstance(error, TemplateSyntaxError):
            raise _syntax_error(error, self._environment, self.source) from error
        if isinstance(error, TemplateNotFound):
            raise TemplateError(f'there is no template "{error.name}"', span) from error
        if isinstance(error, SecurityError):
            raise TemplateError(f"not allowed in a template: {error}", span) from error
        if isinstance(error, (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)):
            raise TemplateError(str(error), span) from error
        raise error


def _strip(
    raw: str, environment: PromptEnvironment, source: Source
) -> tuple[str, list[tuple[int, Source, int]]]:
    """Take the piece marks out of `raw`; return the text and where each piece was written."""
    head, *pairs = PIECE.split(raw)
    texts = [head]
    origins: list[tuple[int, Source, int]] = [(0, source, 0)]
    at = len(head)
    for mark, text in zip(pairs[::2], pairs[1::2], strict=True):
        piece, offset = environment.pieces[ord(mark) - PIECE_BASE]
        origins.append((at, piece, offset))
        texts.append(text)
        at += len(text)
    return "".join(texts), origins


class _Insertion(NamedTuple):
    start: int
    end: int
    text: str


def _insertions(
    text: str, values: list[str], origins: list[tuple[int, Source, int]], name: str
) -> list[_Insertion]:
    """Return the values that stand where syntax needs a number or a name, checked."""
    found: list[_Insertion] = []
    if not values:
        return found
    source = RenderedSource(text, name, origins)
    for match in _NUMERIC.finditer(text):
        for group in range(1, len(match.groups()) + 1):
            if match[group]:
                value = values[value_index(match[group])]
                found.append(_number(value, source.span(*match.span(group))))
    for match in _NAMED.finditer(text):
        for mark in VALUE.finditer(text, *match.span()):
            value = values[value_index(mark[0])]
            found.append(_name(value, source.span(*mark.span())))
    return sorted(set(found))


def _number(value: str, span: Span) -> _Insertion:
    if not _NUMBER.match(value.strip()):
        raise BadValueError(
            f'"{value}" stands where a weight or a count must stand',
            span,
            expected=("a number",),
            hint=r"write \: before it if the colon is text",
        )
    return _Insertion(span.start, span.end, value.strip())


def _name(value: str, span: Span) -> _Insertion:
    bad = _NAME_BREAKERS.search(value)
    if bad or not value.strip():
        what = f"a name without {bad[0]!r}" if bad else "a name"
        raise BadValueError(f'"{value}" cannot be part of a name', span, expected=(what,))
    return _Insertion(span.start, span.end, value)


def _insert(
    text: str, insertions: list[_Insertion], origins: list[tuple[int, Source, int]]
) -> tuple[str, list[tuple[int, Source, int]]]:
    """Put the inserted values into the text and move the origins with it."""
    pieces: list[str] = []
    moved: list[tuple[int, Source, int]] = []
    at = shift = 0
    pending = list(origins)
    for item in insertions:
        pieces += [text[at : item.start], item.text]
        while pending and pending[0][0] <= item.start:
            here, source, there = pending.pop(0)
            moved.append((here + shift, source, there))
        at = item.end
        shift += len(item.text) - (item.end - item.start)
    moved += [(here + shift, source, there) for here, source, there in pending]
    pieces.append(text[at:])
    return "".join(pieces), moved


# Environments: one for each folder that includes are looked up in.

_environments: OrderedDict[Path | None, Environment] = OrderedDict()


class Environment(PromptEnvironment):
    """A prompt environment that reads included files from one folder."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(loader=FunctionLoader(self._load) if folder else None)
        self._folder = folder

    def register(self, source: Source) -> str:
        """Return the name under which Jinja knows `source`."""
        key = f"{len(self.sources)}:{source.name}"
        self.sources[key] = source
        return key

    def _load(self, name: str) -> str | None:
        assert self._folder is not None
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            return None
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        self.sources[name] = Source(text, str(path))
        return text

    @property
    def is_full(self) -> bool:
        """Whether another template could run out of marks."""
        return len(self.pieces) > CAPACITY // 2


def _environment(folder: Path | None) -> Environment:
    found = _environments.get(folder)
    if found is None or found.is_full:
        found = _environments[folder] = Environment(folder)
        if len(_environments) > 16:
            _environments.popitem(last=False)
    return found


# Where and why a template failed.


def _syntax_error(
    error: TemplateSyntaxError, environment: PromptEnvironment, source: Source
) -> TemplateError:
    where = environment.sources.get(error.name or "", source)
    message = (error.message or "the template cannot be read").rstrip(".")
    never_closed = re.search(r"end of template, expected 'end of (print|statement)", message)
    if never_closed:
        opener, closer = ("{{", "}}") if never_closed[1] == "print" else ("{%", "%}")
        return TemplateError(
            f"'{opener}' is never closed", _line_span(where, error.lineno), expected=(f"'{closer}'",)
        )
    return TemplateError(message[:1].lower() + message[1:], _line_span(where, error.lineno))


def _line_span(source: Source, line: int, name: str = "") -> Span:
    """Return the span of `name` in a line of `source`, else of the line's first Jinja tag."""
    start = source.line_starts[min(line, len(source.line_starts)) - 1]
    text = source.text[start:].split("\n", 1)[0]
    found = re.search(rf"\b{re.escape(name)}\b", text) if name else None
    found = found or re.search(r"\{[{%#].*?(?:[%}#]\}|$)", text) or re.search(r"\S.*", text)
    begin, end = found.span() if found else (0, len(text))
    return Span(source, start + begin, start + end)


def _failing_span(error: Exception, environment: PromptEnvironment, source: Source) -> Span:
    """Return the place in the template at which `error` was raised."""
    line, where = 1, source
    for frame, _ in traceback.walk_tb(error.__traceback__):
        template: Any = frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(_line_of(error, frame))
            where = environment.sources.get(template.name, source)
    named = re.search(r"'([^']+)' is undefined", str(error))
    return _line_span(where, line, named[1] if named else "")


def _line_of(error: Exception, frame: Any) -> int:
    for found, line in traceback.walk_tb(error.__traceback__):
        if found is frame:
            return line
    return 1


def _undefined(
    error: UndefinedError, span: Span, variables: frozenset[str], values: Mapping[str, object]
) -> UndefinedVariableError:
    named = re.match(r"'([^']+)' is undefined", str(error))
    if not named:
        return UndefinedVariableError(str(error), span)
    hint = did_you_mean(named[1], sorted(values)) or (
        f"give it a value; the template uses {', '.join(sorted(variables))}"
    )
    return UndefinedVariableError(f'the variable "{named[1]}" has no value', span, hint=hint)
