"""How a style is asked for: `pack/style(option=value):0.7`, wherever styles are named."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import StyleError
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.source import Span

Value = str | list[str]
"""What an option is given: a text, or a list of texts. The option's type says what it means."""

_SPACE: Final = re.compile(r"\s*")
_NAME: Final = re.compile(r"[^\s:()=,\"'][^:()=,\"']*")
_OPTION: Final = re.compile(r"[^\W\d]\w*")
_BARE: Final = re.compile(r"[^\s,()\[\]=\"'][^,()\[\]=]*")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([\\\"'])")
_NUMBER: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_PLAIN: Final = re.compile(r"[^\W_](?:[\w .+-]*\w)?")
_EXAMPLE: Final = ('a name such as "noir", "noir:0.7" or "film-still(stock=portra):0.7"',)


class Option(NamedTuple):
    """An option of a style, and where its name and its value were written."""

    name: str
    value: Value
    name_span: Span
    span: Span


class Reference(NamedTuple):
    """A style as somebody asked for it; a weight of None is the style's own."""

    name: str
    options: tuple[Option, ...]
    weight: float | None
    span: Span

    @property
    def values(self) -> dict[str, Value]:
        """The options by name."""
        return {option.name: option.value for option in self.options}


def parse_reference(text: str | Source) -> Reference:
    """Read "style", "pack/style", "style:0.7", "style(option=value, other='a, b'):0.7".

    A value is bare, or in quotes in which a backslash stands before a quote or a backslash, or a
    list of such: `[a, b]`.

    Raises:
        StyleError: anything else, with the place in `text`.
    """
    return _Reader(text if isinstance(text, Source) else Source(text, "style")).reference()


def write_reference(
    name: str, options: Mapping[str, object] | None = None, weight: float | None = None
) -> str:
    """Return the text that `parse_reference` reads as this style, with these options."""
    given = ", ".join(f"{key}={write_value(value)}" for key, value in (options or {}).items())
    inner = f"({given})" if given else ""
    return f"{name}{inner}" if weight is None else f"{name}{inner}:{_decimal(weight)}"


def _decimal(weight: float) -> str:
    """Return a weight without an exponent, which no reference has."""
    text = str(weight)
    return text if "e" not in text else f"{weight:.20f}".rstrip("0")


def write_value(value: object) -> str:
    """Return the text that `parse_reference` reads as the value of an option."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(write_value(item) for item in value)}]"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Reader:
    """Reads one reference from left to right, every character once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0

    def reference(self) -> Reference:
        self._skip()
        name = _NAME.match(self.text, self.at)
        if not name:
            raise self._wrong(f'"{self.text}" names no style', 0, _EXAMPLE)
        end = name.start() + len(name[0].rstrip())
        span = self.source.span(name.start(), end)
        self.at = name.end()
        options = self._options() if self._takes("(") else ()
        weight = self._weight() if self._takes(":") else None
        if self.at < len(self.text):
            raise self._wrong("this is no part of the name of a style", self.at, _EXAMPLE)
        return Reference(name[0].rstrip(), options, weight, span)

    def _options(self) -> tuple[Option, ...]:
        start = self.at - 1
        found: dict[str, Option] = {}
        more = not self._takes(")")
        while more:
            option = self._option(start)
            if option.name in found:
                raise StyleError(f'the option "{option.name}" is there twice', option.name_span)
            found[option.name] = option
            more = self._takes(",")
            if not more and not self._takes(")"):
                raise self._unclosed("(", ")", start)
        return tuple(found.values())

    def _option(self, start: int) -> Option:
        name = self._option_name(start)
        self._skip()
        begin = self.at
        value = self._list() if self._takes("[") else self._text()
        span = self.source.span(begin, begin + len(self.text[begin : self.at].rstrip()))
        return Option(name.text, value, name, span)

    def _option_name(self, start: int) -> Span:
        """Return where the name of an option stands, and step over it and the sign behind it."""
        self._skip()
        at = self.at
        name = _OPTION.match(self.text, at)
        if name:
            self.at = name.end()
            if self._takes("="):
                return self.source.span(*name.span())
        if self.at == len(self.text):
            raise self._unclosed("(", ")", start)
        expected = ("an option such as stock=portra",)
        raise self._wrong("an option is written name=value", at, expected)

    def _list(self) -> list[str]:
        start = self.at - 1
        found: list[str] = []
        more = not self._takes("]")
        while more:
            self._skip()
            if self.at == len(self.text):
                raise self._unclosed("[", "]", start)
            found.append(self._text())
            more = self._takes(",")
            if not more and not self._takes("]"):
                raise self._unclosed("[", "]", start)
        return found

    def _text(self) -> str:
        quoted = _QUOTED.match(self.text, self.at)
        if quoted:
            self.at = quoted.end()
            return _ESCAPE.sub(r"\1", quoted[0][1:-1])
        bare = _BARE.match(self.text, self.at)
        if bare:
            self.at = bare.end()
            return bare[0].rstrip()
        sign = self.text[self.at : self.at + 1]
        if sign and sign in "\"'":
            raise self._unclosed(sign, sign, self.at)
        raise self._wrong("the option has no value", self.at, ('a text, such as "portra 400"',))

    def _weight(self) -> float:
        self._skip()
        text = self.text[self.at :].rstrip()
        if not _NUMBER.match(text) or math.isinf(float(text)):
            said = f', not "{text}"' if text else ""
            expected = ("a number such as 0.7",)
            raise self._wrong(f"the weight of a style is a number{said}", self.at, expected)
        self.at = len(self.text)
        return float(text)

    def _takes(self, sign: str) -> bool:
        """Step over `sign` and the spaces before it, if it is next."""
        self._skip()
        found = self.text.startswith(sign, self.at)
        self.at += found
        return found

    def _skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def _unclosed(self, opener: str, closer: str, start: int) -> StyleError:
        """Return the error about a bracket or quote that ends nowhere, or where it should not."""
        if self.at < len(self.text) and opener != closer:
            expected = (f'"," or "{closer}"',)
            return self._wrong("the value goes on where none can", self.at, expected)
        hint = f"add {closer}; in a list of YAML put the whole style in quotes"
        return self._wrong(f"{opener} is never closed", start, (), hint)

    def _wrong(
        self, message: str, at: int, expected: tuple[str, ...], hint: str = ""
    ) -> StyleError:
        span = self.source.span(at, max(len(self.text.rstrip()), at))
        return StyleError(message, span, expected=expected, hint=hint)
