"""Templates in parts, text and tags, lexed once for all who want them.

Jinja's lexer reads each tag that is written anew; one that stood in another template before, or
twice in this one, is known. What makes a tag depend on its surroundings (signs that take spaces
away, braces and backslashes inside) is left to Jinja with the whole template.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from jinja2 import Environment, TemplateSyntaxError
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jinja2.lexer import Lexer

    from impasto.source import Source

OPTIONS = {"trim_blocks": True, "lstrip_blocks": True}
"""How all templates are lexed."""

TEXT: Final = "data"
EXPRESSION: Final = "variable_begin"
STATEMENT: Final = "block_begin"
COMMENT: Final = "comment_begin"
_LONG: Final = (EXPRESSION, STATEMENT, COMMENT)

_INSIDE = r"""(?:[^{}'"\\%#]++|'[^'\\{}%#]*+'|"[^"\\{}%#]*+")*+"""
_TAG = "|".join(
    (
        rf"\{{\{{(?![-+]){_INSIDE}(?<![-+])\}}\}}",
        rf"\{{%(?![-+]){_INSIDE}(?<![-+])%\}}\n?",
        r"\{#(?![-+])[^#]*+(?<![-+])#\}\n?",
    )
)
_STEP = re.compile(rf"([^{{]*+(?:\{{(?![{{%#])[^{{]*+)*+)({_TAG})?")
_LONGEST: Final = 200
"""Longer tags are not remembered."""

_LOADERS = frozenset(("include", "import", "extends", "from"))
_SHARED = frozenset(("if", "elif", "else", "endif", "for", "endfor", "set"))


class Token(NamedTuple):
    """A token of a tag: how many lines and characters behind its begin, kind and text."""

    line: int
    at: int
    kind: str
    text: str


class Name(NamedTuple):
    """A name in a tag, so many characters behind its begin; `is_filter`: it follows a bar."""

    at: int
    text: str
    is_filter: bool


class Tag:
    """What a tag is, wherever it stands.

    `kind` is what it begins with, a kind of Jinja's tokens. `names` are those that stand alone or
    name a filter. `loads`: it brings in other files. `takes_text`: with it, text of the template
    may be a value.
    """

    __slots__ = ("kind", "loads", "names", "takes_text", "tokens")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.kind = tokens[0].kind
        names: list[Name] = []
        self.loads = self.takes_text = False
        before = ""
        for _line, at, kind, text in tokens:
            if kind == "whitespace":
                continue
            if kind == "name":
                first = before == STATEMENT
                self.loads = self.loads or (first and text in _LOADERS)
                odd = text == "recursive" or (first and text not in _SHARED)
                self.takes_text = self.takes_text or odd
                if before != ".":
                    names.append(Name(at, text, before == "|"))
            before = kind if kind == STATEMENT else text
        self.names = tuple(names)


class Part(Struct, frozen=True, gc=False):
    """Text of a template, or a tag of it, which begins at `start` in `line`."""

    line: int
    start: int
    text: str
    tag: Tag | None = None


class Piece(Struct, frozen=True, gc=False):
    """Text of a template, or else an expression, at [start, end) of `source`."""

    source: Source
    start: int
    end: int
    is_text: bool


@lru_cache(maxsize=8)
def lex(source: Source) -> tuple[Part, ...]:
    """Return the parts of a template.

    Raises:
        TemplateSyntaxError: Jinja cannot lex it.
    """
    found = _quick(source.text)
    return tuple(_whole(source) if found is None else found)


def tokens(parts: Iterable[Part]) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and text of every token, as Jinja's lexer does."""
    for part in parts:
        if part.tag is None:
            yield part.line, TEXT, part.text
        else:
            yield from ((part.line + t.line, t.kind, t.text) for t in part.tag.tokens)


def pieces(source: Source) -> list[Piece]:
    """Return the pieces of text and the expressions of a template, in order.

    Raises:
        TemplateSyntaxError: Jinja cannot lex it.
    """
    return [
        Piece(source, part.start, part.start + len(part.text), part.tag is None)
        for part in lex(source)
        if part.tag is None or part.tag.kind == EXPRESSION
    ]


@lru_cache(maxsize=1)
def _lexer() -> Lexer:
    return Environment(**OPTIONS).lexer  # type: ignore[arg-type] # noqa: S701 - it only lexes


def _quick(text: str) -> list[Part] | None:
    """Return the parts of a template of known tags; None where it takes Jinja to tell them."""
    if "\r" in text:
        return None
    text = text.removesuffix("\n")  # as Jinja does
    parts: list[Part] = []
    line, at, step = 1, 0, _STEP.match
    is_line_start = True
    while True:
        found = step(text, at)
        assert found, "it may be empty"
        data, written = found.groups()
        start, at = at, found.end()
        tag = _known(written) if written else None
        if written and tag is None:
            return None
        kept = _left(data, is_line_start) if tag and tag.kind != EXPRESSION else data
        if kept:
            parts.append(Part(line, start, kept))
        if tag is None:
            break
        line += data.count("\n")
        parts.append(Part(line, found.start(2), written, tag))
        line += written.count("\n")
        is_line_start = written[-1] == "\n"
    return parts if at == len(text) else None


def _left(data: str, is_line_start: bool) -> str:
    """Return the text before a statement or comment, without what indents that."""
    at = data.rfind("\n") + 1
    indents = (at > 0 or is_line_start) and data[at:].isspace()
    return data[:at] if indents else data


def _known(written: str) -> Tag | None:
    return _tag(written) if len(written) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _tag(written: str) -> Tag | None:
    """Return a tag by itself, or None where Jinja cannot tell it without what follows."""
    try:
        *found, _text = _lexer().tokeniter(f"{written}x", None)
    except TemplateSyntaxError:
        return None
    return Tag(_placed(found, 1))


def _placed(found: Iterable[tuple[int, str, str]], line: int) -> tuple[Token, ...]:
    """Return the tokens of a tag that begins in a line."""
    placed: list[Token] = []
    at = 0
    for its_line, kind, text in found:
        placed.append(Token(its_line - line, at, kind, text))
        at += len(text)
    return tuple(placed)


def _whole(source: Source) -> Iterator[Part]:
    """Yield the parts of a template as Jinja reads the whole of it.

    Raises:
        TemplateSyntaxError: it cannot.
    """
    text, at = source.text, 0
    gathered: list[tuple[int, str, str]] = []
    for token in _lexer().tokeniter(text, source.name):
        if not gathered:
            at = text.index(token[2], at)
        gathered.append(token)
        if gathered[0][1] not in _LONG or token[1].endswith("_end"):
            yield _part(gathered, at)
            at += sum(len(text) for _line, _kind, text in gathered)
            gathered = []
    if gathered:  # a tag without an end, which the parser refuses
        yield _part(gathered, at)


def _part(found: Sequence[tuple[int, str, str]], at: int) -> Part:
    line, kind, _begin = found[0]
    text = "".join([text for _line, _kind, text in found])
    return Part(line, at, text, None if kind == TEXT else Tag(_placed(found, line)))
