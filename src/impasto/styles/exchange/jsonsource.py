"""JSON files read with positions, without recursion: plain data, and where each value stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from impasto.errors import FileError

if TYPE_CHECKING:
    from impasto.source import Source, Span

MAX_DEPTH: Final = 32
"""How deep lists and objects may be nested; no collection of styles needs more than five."""
_MAX_DIGITS: Final = 400
_MAX_KEY: Final = 1000

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    r"|(?P<number>-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][-+]?\d++)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<sign>[\[\]{}:,])"
)
_SPACE = re.compile(r"[ \t\r\n]*+")
_WORDS: Final = {"true": True, "false": False, "null": None}

Path = tuple[str | int, ...]


class JsonDocument:
    """A JSON document: `data`, and the span of the value at a path of keys and indexes.

    Raises:
        FileError: the text is not JSON, or holds more than impasto reads, with the place.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._spans: dict[Path, tuple[int, int]] = {}
        self.data: Any = _Reader(source, self._spans).read()

    def span(self, path: Path = ()) -> Span:
        """Return the span of the value at `path`, or of the deepest part of it that is there."""
        while path and path not in self._spans:
            path = path[:-1]
        return self.source.span(*self._spans.get(path, (0, 0)))


class _Open:
    """A list or object that is being read."""

    __slots__ = ("items", "key", "path")

    def __init__(self, items: list[Any] | dict[str, Any], path: Path) -> None:
        self.items = items
        self.path = path
        self.key = ""

    @property
    def closer(self) -> str:
        return "]" if isinstance(self.items, list) else "}"

    @property
    def inner_path(self) -> Path:
        step = len(self.items) if isinstance(self.items, list) else self.key
        return (*self.path, step)

    def add(self, value: Any) -> None:
        if isinstance(self.items, list):
            self.items.append(value)
        else:
            self.items[self.key] = value


class _Reader:
    def __init__(self, source: Source, spans: dict[Path, tuple[int, int]]) -> None:
        self.source = source
        self.text = source.text
        self.spans = spans
        self.at = 0
        self.stack: list[_Open] = []

    def read(self) -> Any:
        """Return the data of the whole text."""
        data = self._value()
        while self.stack:
            here = self.stack[-1]
            if self._at_end(here):
                self.stack.pop()
                continue
            if isinstance(here.items, dict):
                here.key = self._key(here.items)
            here.add(self._value())
        token = self._token(())
        if token:
            raise self._error("this follows the end of the document", token)
        return data

    def _value(self) -> Any:
        """Return the next value; a list or object is empty as yet, and open."""
        token = self._token(("a value",))
        path = self.stack[-1].inner_path if self.stack else ()
        if token is None:
            raise self._early(("a value",))
        self.spans[path] = token.span()
        kind, text = token.lastgroup, token[0]
        if kind == "string":
            return json.loads(text)
        if kind == "number":
            return self._number(token)
        if kind == "word":
            return _WORDS[text]
        if text not in "[{":
            raise self._error(f'"{text}" stands where a value belongs', token, ("a value",))
        if len(self.stack) >= MAX_DEPTH:
            raise self._error(f"lists and objects are nested deeper than {MAX_DEPTH} here", token)
        items: list[Any] | dict[str, Any] = [] if text == "[" else {}
        self.stack.append(_Open(items, path))
        return items

    def _number(self, token: re.Match[str]) -> float:
        text = token[0]
        if len(text) > _MAX_DIGITS:
            raise self._error(f"a number of {len(text)} characters is too long", token)
        value: float = json.loads(text)
        if value in (float("inf"), float("-inf")):
            raise self._error(f"{text} is beyond all numbers", token)
        return value

    def _at_end(self, here: _Open) -> bool:
        """Go past the comma before the next item, or past the closing bracket."""
        first = not here.items
        expected = ("a value" if first else "','", f"'{here.closer}'")
        token = self._peek(expected)
        if token is None:
            raise self._early(expected)
        if token[0] == here.closer:
            self.at = token.end()
            return True
        if first:
            return False
        if token[0] != ",":
            raise self._error(f"a comma is missing before {_shown(token[0])}", token, expected)
        self.at = token.end()
        follows = self._peek(("a value",))
        if follows and follows[0] == here.closer:
            raise self._error("a comma stands behind the last item", token, hint="take it away")
        return False

    def _key(self, items: dict[str, Any]) -> str:
        token = self._token(("a key in double quotes",))
        if token is None:
            raise self._early(("a key in double quotes",))
        if token.lastgroup != "string":
            raise self._error(f"{_shown(token[0])} is no key", token, ("a key in double quotes",))
        key: str = json.loads(token[0])
        if key in items:
            raise self._error(f"the key {_shown(key)} stands here twice", token)
        if len(key) > _MAX_KEY:
            raise self._error(f"a key of {len(key)} characters is too long", token)
        colon = self._token(("':'",))
        if colon is None:
            raise self._early(("':'",))
        if colon[0] != ":":
            raise self._error(f"a colon is missing before {_shown(colon[0])}", colon, ("':'",))
        return key

    def _token(self, expected: tuple[str, ...]) -> re.Match[str] | None:
        token = self._peek(expected)
        if token:
            self.at = token.end()
        return token

    def _peek(self, expected: tuple[str, ...]) -> re.Match[str] | None:
        """Return the next token without going past it; None at the end of the text."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        if self.at == len(self.text):
            return None
        token = _TOKEN.match(self.text, self.at)
        if token is None:
            raise self._no_token(expected)
        return token

    def _no_token(self, expected: tuple[str, ...]) -> FileError:
        sign = self.text[self.at]
        span = self.source.span(self.at, self.at + 1)
        if sign == '"':
            message = (
                "this string is not closed, or holds a line end or an escape that JSON has not"
            )
            return FileError(message, span, hint=r"write \n for a line end, \" for a quote")
        return FileError(f"{_shown(sign)} is not JSON", span, expected=expected)

    def _early(self, expected: tuple[str, ...]) -> FileError:
        end = self.source.span(len(self.text), len(self.text))
        return FileError("the text ends too early", end, expected=expected)

    def _error(
        self, message: str, token: re.Match[str], expected: tuple[str, ...] = (), hint: str = ""
    ) -> FileError:
        return FileError(message, self.source.span(*token.span()), expected=expected, hint=hint)


def _shown(text: str) -> str:
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
