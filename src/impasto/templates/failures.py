"""Why and where a template failed, in words and with a place."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from impasto.diagnostics import did_you_mean
from impasto.errors import TemplateError, TemplateLimitError, UndefinedVariableError
from impasto.source import Source, Span
from impasto.templates.run import MAX_SOURCE, LimitExceeded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.templates.environment import PromptEnvironment

_TAG = re.compile(r"\{[{%#].*?(?:[%}#]\}|$)")
_NO_NAME = re.compile(r"No (filter|test) named '([^']+)'")
_UNKNOWN_TAG = re.compile(r"unknown tag '([^']+)'")
_TAGS = (
    *("for", "endfor", "if", "elif", "else", "endif", "set", "endset", "macro", "endmacro"),
    *("include", "import", "from", "call", "endcall", "filter", "endfilter", "block", "endblock"),
    *("extends", "raw", "endraw", "with", "endwith", "autoescape", "endautoescape"),
)
_UNDEFINED = re.compile(r"'([^']+)' is undefined")
_NO_PART = re.compile(r'there is no "([^"]+)" in it(?:; (.*))?', re.DOTALL)
_REASONS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError)


def syntax_error(
    error: TemplateSyntaxError, environment: PromptEnvironment, source: Source
) -> TemplateError:
    """Return the error about a template that Jinja does not accept."""
    where = environment.sources.get(error.name or "", source)
    message = (error.message or "the template cannot be read").rstrip(".")
    return _jinja_error(message, environment, where, error.lineno, error)


def _jinja_error(
    message: str, environment: PromptEnvironment, where: Source, line: int, error: Exception
) -> TemplateError:
    """Return what Jinja said, with a hint where it did not know a name."""
    named = _NO_NAME.search(message)
    if named:
        names = environment.filters if named[1] == "filter" else environment.tests
        known = [name for name in names if not name.startswith("_")]
        found = TemplateError(
            f'there is no {named[1]} "{named[2]}"',
            line_span(where, line, named[2]),
            hint=did_you_mean(named[2], known),
        )
        found.__cause__ = error
        return found
    tag = _UNKNOWN_TAG.search(message)
    hint = did_you_mean(tag[1], _TAGS) if tag and tag[1] not in _TAGS else ""
    message = re.sub(r"(unexpected char .*) at \d+$", r"\1", message)
    span = line_span(where, line, tag[1] if tag else "")
    return TemplateError(message[:1].lower() + message[1:], span, hint=hint)


def too_large(source: Source) -> TemplateLimitError:
    """Return the error about a template with too much text."""
    return TemplateLimitError(
        f"the template has {len(source.text):,} characters, more than {MAX_SOURCE:,}",
        source.span(0, 1),
    )


def too_deep(source: Source) -> TemplateLimitError:
    """Return the error about a template whose parts are nested too deep for Python."""
    deepest = max(source.text.split("\n"), key=len) if source.text else ""
    start = source.text.find(deepest)
    return TemplateLimitError(
        "the template nests its loops, conditions or brackets too deep",
        line_span(source, source.text.count("\n", 0, max(start, 0)) + 1),
        hint="take some of it apart, with set or a macro",
    )


def fail(
    error: Exception,
    environment: PromptEnvironment,
    source: Source,
    variables: frozenset[str],
    values: Mapping[str, object],
) -> NoReturn:
    """Raise the error about a render that ended with `error`.

    Errors that are not the template's, raised by a value's own code, pass as they are.
    """
    where, line = _failing_line(error, environment, source)
    if isinstance(error, UndefinedError):
        raise _undefined(str(error), where, line, variables, values) from error
    if isinstance(error, (LimitExceeded, RecursionError, MemoryError)):
        what = {
            RecursionError: "the template calls itself without end",
            MemoryError: "the template needs more memory than there is",
        }.get(type(error), str(error))
        hint = "shorten the loop or the list"
        raise TemplateLimitError(what, line_span(where, line), hint=hint) from error
    if isinstance(error, TemplateSyntaxError):
        raise syntax_error(error, environment, source) from error
    if isinstance(error, SecurityError):
        message = f"not allowed in a template: {error}"
        raise TemplateError(message, line_span(where, line)) from error
    if isinstance(error, TemplateNotFound):
        raise TemplateError(error.message or "", line_span(where, line, "include")) from error
    if isinstance(error, JinjaError):
        message = (error.message or str(error)).removesuffix(" found.").rstrip(".")
        raise _jinja_error(message, environment, where, line, error) from error
    if isinstance(error, _REASONS):
        raise TemplateError(str(error), line_span(where, line)) from error
    raise error


def line_span(source: Source, line: int, name: str = "") -> Span:
    """Return the span of `name` in a Jinja tag of a line, else of the line's first tag or text."""
    start = source.line_starts[max(min(line, len(source.line_starts)), 1) - 1]
    text = source.text[start:].split("\n", 1)[0]
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if name else None
    found = None
    if word:
        inside = (word.search(text, *tag.span()) for tag in _TAG.finditer(text))
        found = next((match for match in inside if match), None) or word.search(text)
    found = found or _TAG.search(text) or re.search(r"\S.*", text)
    begin, end = found.span() if found else (0, len(text))
    return Span(source, start + begin, start + end)


def _failing_line(
    error: Exception, environment: PromptEnvironment, source: Source
) -> tuple[Source, int]:
    """Return the source and the line of the template at which `error` was raised."""
    where, line = source, 1
    for frame, number in traceback.walk_tb(error.__traceback__):
        template: Any = frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(number)
            where = environment.sources.get(template.name, source)
    return where, line


def _undefined(
    said: str, where: Source, line: int, variables: frozenset[str], values: Mapping[str, object]
) -> UndefinedVariableError:
    part = _NO_PART.match(said)
    if part:
        message = f'there is no "{part[1]}" in it'
        return UndefinedVariableError(message, line_span(where, line, part[1]), hint=part[2] or "")
    named = _UNDEFINED.match(said)
    if not named:
        return UndefinedVariableError(said, line_span(where, line))
    name = named[1]
    others = sorted(variables - {name})
    hint = did_you_mean(name, sorted(values)) or f"give it a value: --set {name}=…" + (
        f"; the template also uses {', '.join(others)}" if others else ""
    )
    message = f'the variable "{name}" has no value'
    return UndefinedVariableError(message, line_span(where, line, name), hint=hint)
