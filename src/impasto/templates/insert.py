"""Values where syntax needs a number or a name: put in as they are, once they are checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from impasto.errors import BadValueError
from impasto.templates.marks import VALUE, value_index
from impasto.templates.origins import Origin, RenderedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Span

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_ODDS = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_COUNT = re.compile(r"[0-9]{1,9}\Z")
_V = "[\U00100000-\U0010fff0]"
_COLON = r"(?<!\\):[ \t]*"
_NUMERIC = re.compile(
    rf"{_COLON}(?P<weight>{_V})[ \t]*(?=[)\]])|{_COLON}(?P<part>{_V})[ \t]*(?=\sAND\b|\s*\Z)"
    rf"|(?<=[{{|$])[ ]*(?P<odds>{_V})(?=::)"
    rf"|(?<=\{{)[ ]*(?:(?P<least>{_V})|[0-9]*)(?:-(?:(?P<most>{_V})|[0-9]*))?(?=\$\$)"
)
_MAYBE_NUMERIC = re.compile(rf"[:{{|$-][ \t]*{_V}")
_NAMED = re.compile(
    rf"(?<!\\)<(?:lora|lyco|hypernet|embedding):[^<>]*{_V}[^<>]*>"
    rf"|(?<!\\)__[\w\-./*]*{_V}(?:[\w\-./*]|{_V})*__"
)
_AND = re.compile(r"(?<![0-9A-Za-z_\\])AND(?![0-9A-Za-z_])")
_WILDCARD = re.compile(r"[\w\-./*]+\Z")
_NAME_BREAKERS = re.compile(r"[<>:\n\r]")


class Insertion(NamedTuple):
    """A value that takes the place of its mark."""

    start: int
    end: int
    text: str


def insertions(text: str, values: list[str], origins: list[Origin], name: str) -> list[Insertion]:
    """Return the values that stand where syntax needs a number or a name.

    Raises:
        BadValueError: a value is none.
    """
    if not values or not ("__" in text or "<" in text or _MAYBE_NUMERIC.search(text)):
        return []
    source = RenderedSource(text, name, origins)
    found = set(_numbers(text, values, source))
    for match in _NAMED.finditer(text):
        check = _in_wildcard if match[0].startswith("_") else _in_reference
        for mark in VALUE.finditer(text, *match.span()):
            value = values[value_index(mark[0])]
            found.add(Insertion(*mark.span(), check(value, source.written(mark.start()))))
    return sorted(found)


def _numbers(text: str, values: list[str], source: RenderedSource) -> Iterator[Insertion]:
    for match in _NUMERIC.finditer(text):
        for kind, mark in match.groupdict().items():
            if not mark or (kind == "part" and not _AND.search(text)):
                continue
            span = match.span(kind)
            value = values[value_index(mark)].strip()
            start = match.start() if kind == "least" else span[0]  # spaces are for Jinja alone
            yield Insertion(start, span[1], _number(kind, value, source.written(span[0])))


def _number(kind: str, value: str, span: Span) -> str:
    if kind in ("least", "most"):
        fits, expected = _COUNT, "a whole number"
    elif kind == "odds":
        fits, expected = _ODDS, "a number"
    else:
        fits, expected = _NUMBER, "a number"
    if not fits.match(value):
        what = "a weight" if kind in ("weight", "part") else "a count or odds"
        hint = r"write \: before it if the colon is text" if what == "a weight" else ""
        message = f'"{value}" stands where {what} must stand'
        raise BadValueError(message, span, expected=(expected,), hint=hint)
    return value


def _in_reference(value: str, span: Span) -> str:
    """Return the name of a network or embedding: folders may be in it, signs of syntax not."""
    bad = _NAME_BREAKERS.search(value)
    if bad or not value.strip():
        raise _no_name(value, f"a name without {bad[0]!r}" if bad else "a name", span)
    return value.replace("\\", "\\\\")


def _in_wildcard(value: str, span: Span) -> str:
    if not _WILDCARD.match(value) or "__" in value or value[0] == "_" or value[-1] == "_":
        raise _no_name(value, "letters, digits and - . / * _", span)
    return value


def _no_name(value: str, expected: str, span: Span) -> BadValueError:
    return BadValueError(f'"{value}" cannot be part of a name', span, expected=(expected,))


def insert(text: str, found: list[Insertion], origins: list[Origin]) -> tuple[str, list[Origin]]:
    """Put the values into the text and move the origins with it."""
    pieces: list[str] = []
    moved: list[Origin] = []
    at = shift = done = 0
    for item in found:
        pieces += [text[at : item.start], item.text]
        while done < len(origins) and origins[done].at <= item.start:
            moved.append(replace(origins[done], at=origins[done].at + shift))
            done += 1
        at = item.end
        shift += len(item.text) - (item.end - item.start)
    moved += [replace(origin, at=origin.at + shift) for origin in origins[done:]]
    pieces.append(text[at:])
    return "".join(pieces), moved
