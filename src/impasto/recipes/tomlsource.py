"""TOML files read with positions: plain data now, line and column of any part when asked.

`tomllib` says what the data are, and has refused whatever is no TOML before `_scan` looks where
they stand; so the scan needs no grammar, only the signs that open and close things.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.errors import FileError
from impasto.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_TOKEN = re.compile(
    r"(?P<space>[ \t]++|\#[^\n]*+)"
    r'|(?P<text>"""(?s:\\.|[^\\])*?"{3,5}|\'\'\'(?s:.)*?\'{3,5}'
    r"|\"(?:\\.|[^\"\\\n])*+\"|'[^'\n]*+')"
    r"|(?P<sign>[\[\]{},=.\n])"
    r"|(?P<word>[^\s\[\]{},=.\#\"']++)|\r"
)


class Place(NamedTuple):
    """Where a value stands, and its key; for an item of a list the key is the item."""

    key: tuple[int, int]
    value: tuple[int, int]


class TomlDocument:
    """A TOML document: `data`, and where every part of it was written."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data: dict[str, Any] = _parsed(source)
        self._places: dict[Path, Place] | None = None

    def span(self, path: Path = ()) -> Span:
        """Return the span of the value at `path`, or of its deepest part that is there."""
        return self._span(path, key=False)

    def key_span(self, path: Path) -> Span:
        """Return the span of the key at the end of `path`; for a list's item, of the item."""
        return self._span(path, key=True)

    def text(self, path: Path) -> Source:
        """Return the text at `path` as a source whose positions are those of the file.

        Raises:
            KeyError: there is no text at `path`.
        """
        place = self._found().get(path)
        value = _at(self.data, path)
        if place is None or not isinstance(value, str):
            raise KeyError(path)
        start, end = place.value
        raw = self.source.text[start:end]
        return Source(value, parent=self.source, anchors=_anchors(value, raw, start))

    def _span(self, path: Path, *, key: bool) -> Span:
        places = self._found()
        while path and path not in places:
            path = path[:-1]
        if not path:
            return self.source.span(0, 0)
        place = places[path]
        return self.source.span(*(place.key if key else place.value))

    def _found(self) -> dict[Path, Place]:
        if self._places is None:
            self._places = _scan(self.source.text)
        return self._places


def load(source: Source) -> TomlDocument:
    """Read the TOML document in `source`.

    Raises:
        FileError: with the place of what is not TOML.
    """
    return TomlDocument(source)


def _parsed(source: Source) -> dict[str, Any]:
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = _AT.search(said)
        message = _AT.sub("", said)
        start = len(source.text.rstrip())
        if at and at[1]:
            start = min(source.line_starts[int(at[1]) - 1] + int(at[2]) - 1, len(source.text))
        what = f"this is no TOML: {message[:1].lower()}{message[1:]}"
        raise FileError(what, source.span(start, start + 1)) from None
    except (RecursionError, ValueError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise FileError(f"this TOML cannot be read: {reason}", source.span(0, 0)) from None


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _anchors(value: str, raw: str, start: int) -> tuple[tuple[int, int], ...]:
    """Return where the lines of a text begin, here and in the file; escapes may shift a column."""
    quotes = 3 if raw.startswith(('"""', "'''")) else 1
    begin = quotes
    if quotes == 3:
        begin += raw[begin : begin + 2].startswith("\r\n") or raw[begin : begin + 1] == "\n"
        begin += raw[begin - 1 : begin] == "\r"
    pairs = [(0, start + begin)]
    here, there = 0, begin
    for line in value.split("\n")[:-1]:
        here += len(line) + 1
        there = raw.find("\n", there) + 1
        if there <= 0:  # the line end is an escape
            break
        pairs.append((here, start + there))
    return tuple(pairs)


class _Frame:
    """Something that is open: a table in braces, a list, or the lines below a head."""

    __slots__ = ("items", "key", "path", "sign", "start")

    def __init__(self, sign: str, path: Path, start: int, key: tuple[int, int]) -> None:
        self.sign = sign
        self.path = path
        self.start = start
        self.key = key
        self.items = 0


def _scan(text: str) -> dict[Path, Place]:
    """Return the place of every value in a TOML text that is known to be one."""
    return _Scan(text).places


class _Scan:
    """One pass over the tokens; `stack` has what is open, lists and tables alike."""

    def __init__(self, text: str) -> None:
        self.text = text = f"{text}\n"
        self.places: dict[Path, Place] = {}
        self.stack = [_Frame("", (), 0, (0, 0))]
        self.lists: dict[Path, int] = {}
        self.keys: list[tuple[str, tuple[int, int]]] = []
        self.behind_equals = False
        self.value: tuple[int, int] | None = None
        tokens = _tokens(text)
        for token in tokens:
            kind, start, end = token
            if kind == "sign":
                self._sign(text[start], start, tokens)
            elif self._takes_value:
                self.value = (self.value[0] if self.value else start, end)
            else:
                self.keys.append((_key(text[start:end]), (start, end)))
        self._finish()

    @property
    def _takes_value(self) -> bool:
        return self.behind_equals or self.stack[-1].sign == "["

    def _sign(self, sign: str, at: int, tokens: Iterator[tuple[str, int, int]]) -> None:
        if sign in "[{" and self._takes_value:
            path, key = self._target(at)
            self.stack.append(_Frame(sign, path, at, key))
            self.keys, self.behind_equals, self.value = [], False, None
        elif sign == "[":
            self._head(at, tokens)
        elif sign in "]}":
            self._finish()
            frame = self.stack.pop()
            self._close(frame, at + 1)
        elif sign == "=":
            self.behind_equals = True
        elif sign == "," or (sign == "\n" and self.stack[-1].sign != "["):
            self._finish()
            self.stack[-1].items += sign == ","
        elif sign == "." and self.value:
            self.value = (self.value[0], at + 1)

    def _target(self, at: int) -> tuple[Path, tuple[int, int]]:
        """Return the path of the value that begins here, and where its key stands."""
        frame = self.stack[-1]
        if frame.sign == "[":
            return (*frame.path, frame.items), (at, at)
        path = (*frame.path, *(name for name, _ in self.keys))
        return path, self.keys[-1][1] if self.keys else (at, at)

    def _finish(self) -> None:
        """Note the scalar that ends here, if there is one."""
        if self.value is not None:
            path, key = self._target(self.value[0])
            self._note(path, key if self.stack[-1].sign != "[" else self.value, self.value)
        self.keys, self.behind_equals, self.value = [], False, None

    def _close(self, frame: _Frame, end: int) -> None:
        value = (frame.start, end)
        is_item = frame.key[0] == frame.key[1]
        self._note(frame.path, value if is_item else frame.key, value)
        self.value, self.behind_equals, self.keys = None, False, []

    def _note(self, path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
        self.places[path] = Place(key, value)
        for size in range(1, len(path)):  # tables that dots made stand where they first do
            self.places.setdefault(path[:size], Place(key, key))

    def _head(self, at: int, tokens: Iterator[tuple[str, int, int]]) -> None:
        """Read `[a.b]` or `[[a.b]]`: what follows stands below it."""
        self._finish()
        names: list[tuple[str, tuple[int, int]]] = []
        is_item = False
        for kind, start, end in tokens:
            if kind != "sign":
                names.append((_key(self.text[start:end]), (start, end)))
            elif self.text[start] == "[":
                is_item = True
            elif self.text[start] == "\n":
                break
        path: Path = ()
        for left, (name, _) in zip(range(len(names) - 1, -1, -1), names, strict=True):
            path = (*path, name)
            if is_item and not left:
                self.lists[path] = self.lists.get(path, -1) + 1
            if path in self.lists:
                path = (*path, self.lists[path])
        spot = names[-1][1]
        self._note(path, spot, spot)
        self.stack = [_Frame("", path, at, spot)]


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the kind, start and end of every token that is no space."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind and kind != "space":
            yield kind, found.start(), found.end()


def _key(written: str) -> str:
    """Return the name that a key stands for."""
    if not written.startswith(('"', "'")):
        return written
    return next(iter(tomllib.loads(f"{written} = 0")))
