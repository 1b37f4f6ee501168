"""Jinja's tags in their canonical spelling: `{{ name | filter(1) }}`, `{% if a == b %}`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.formatting.changes import Change, minimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2.lexer import Lexer


class Token(NamedTuple):
    """A token of Jinja's lexer: [start, end) of the template."""

    kind: str
    text: str
    start: int
    end: int


_OPENERS: Final = ("(", "[", "{")
_CLOSERS: Final = (")", "]", "}")
_KEYWORDS: Final = frozenset(("and", "or", "not", "in", "is", "if", "elif", "else"))
_UNARY_AFTER: Final = frozenset(("(", "[", "{", ",", ":", "="))
_BINARY: Final = frozenset(
    ("|", "~", "+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", ">", "<=", ">=")
)


@cache
def _lexer() -> Lexer:
    from jinja2 import Environment  # noqa: PLC0415 - prompts need no templates

    return Environment(trim_blocks=True, lstrip_blocks=True).lexer  # noqa: S701 - it only lexes


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a template that Jinja accepts; spaces that it takes out are in none."""
    at = 0
    for _line, kind, token in _lexer().tokeniter(text, "template"):
        start = text.index(token, at)
        at = start + len(token)
        yield Token(kind, token, start, at)


def tag_changes(tag: list[Token], text: str) -> Iterator[Change]:
    """Yield the changes inside one tag, from its opening token to its closing one.

    A space that holds a line end stays as it is.
    """
    inner = [token for token in tag if token.kind != "whitespace"]
    around: list[str] = []
    for at in range(1, len(inner)):
        left, right = inner[at - 1], inner[at]
        if left.text in _OPENERS:
            around.append(left.text)
        elif left.text in _CLOSERS and around:
            around.pop()
        old = text[left.end : right.start]
        if "\n" in old:
            continue
        new = _space(inner, at, around[-1] if around else "", old)
        if new != old:
            yield minimal(left.end, old, new)


def comment_changes(comment: Token) -> Iterator[Change]:
    """Yield the changes of a comment within a line: one space at least at both ends."""
    words = comment.text.strip("-+ \t")
    if "\n" in comment.text or not words:
        return
    if not comment.text.startswith(("-", "+", " ", "\t", "#")):
        yield Change(comment.start, comment.start, " ")
    if not comment.text.endswith(("-", "+", " ", "\t", "#")):
        yield Change(comment.end, comment.end, " ")


def _space(inner: list[Token], at: int, around: str, old: str) -> str:
    """Return what stands before token `at` of a tag, inside the bracket `around`."""
    left, right = inner[at - 1], inner[at]
    if at == 1 or at == len(inner) - 1:
        return " "
    if _is_tight(left, right, around):
        return ""
    if left.text in _BINARY and left.kind == "operator" and _is_unary(inner, at - 1):
        return ""
    if left.text == "," or _is_binary(left) or _is_binary(right):
        return " "
    if left.text in _KEYWORDS or right.text in _KEYWORDS:
        return " "
    return " " if old else ""


def _is_binary(token: Token) -> bool:
    return token.kind == "operator" and (token.text in _BINARY or token.text in ("=", ":"))


def _is_tight(left: Token, right: Token, around: str) -> bool:
    """Whether no space stands between two tokens whatever they are."""
    if left.kind == "operator" and (left.text in _OPENERS or left.text == "."):
        return True
    if right.kind != "operator":
        return left.kind == "operator" and _is_glue(left.text, around)
    if right.text in _CLOSERS or right.text in (",", ".") or right.text == ":":
        return True
    return _is_glue(right.text, around) or (left.kind == "operator" and _is_glue(left.text, around))


def _is_glue(sign: str, around: str) -> bool:
    """Whether a sign binds what is beside it: a keyword argument's, a slice's."""
    return (sign == "=" and around == "(") or (sign == ":" and around == "[")


def _is_unary(inner: list[Token], at: int) -> bool:
    """Whether the operator at `at` has nothing on its left to work on."""
    sign, before = inner[at], inner[at - 1]
    if sign.text not in ("+", "-", "*", "**"):
        return False
    if at == 1 or before.text in _KEYWORDS:
        return True
    return before.kind == "operator" and (before.text in _UNARY_AFTER or before.text in _BINARY)
