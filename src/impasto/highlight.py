"""Colours for prompts and `.prompt` files in everything that uses Pygments: rich, Sphinx, IPython.

Only Pygments imports this, through the entry points "pygments.lexers". The parser itself says
what is what: the colours are those of the tree, and what no node holds (brackets, weights, odds)
is its punctuation. Linear in the text.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final

from pygments.lexer import Lexer
from pygments.lexers.data import YamlLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

from impasto.syntax import nodes
from impasto.syntax.parser import parse
from impasto.syntax.walk import walk_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.token import _TokenType

_FRONT: Final = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_TAG: Final = re.compile(
    r"""(?P<comment>\{\#(?:(?!\#\}).)*+(?:\#\}|\Z))
      | (?P<raw>\{%[-+]?\s*raw\s*[-+]?%\})(?:(?!\{%[-+]?\s*endraw).)*+
      | (?P<value>\{\{(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|(?!\}\}).)*+(?:\}\}|\Z))
      | (?P<block>\{%(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|(?!%\}).)*+(?:%\}|\Z))""",
    re.DOTALL | re.VERBOSE,
)
_IN_TAG: Final = re.compile(
    r"""(?P<edge>\A\{[{%][-+]?|[-+]?[%}]\}\Z)
      | (?P<space>\s+)
      | (?P<string>"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<filter>(?<=\|\s)[^\W\d]\w*|(?<=\|)[^\W\d]\w*)
      | (?P<word>(?:and|or|not|is|in|if|elif|else|for|set|block|macro|call|filter|include|import
          |from|extends|with|raw|do|end\w+|without|context|ignore|missing|recursive)\b)
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)
_TAG_COLOURS: Final[dict[str, _TokenType]] = {
    "edge": Comment.Preproc,
    "space": Whitespace,
    "string": String,
    "number": Number,
    "filter": Name.Function,
    "word": Keyword.Reserved,
    "name": Name.Variable,
    "sign": Operator,
}
_VALUE: Final = "1"
"""Stands for every character of `{{ … }}`: text where text may be, a number where one must be."""
_SILENT: Final = "\ue000"
"""Stands for every character of a tag that writes nothing itself."""

_ESCAPE: Final = re.compile(r"\\(?:[()\[\]{}<>:|\\_#$,]|(?=(?:BREAK|AND)(?![0-9A-Za-z_])))")
_SYNTAX: Final = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))|(?P<word>AND)|(?P<sign>[()\[\]{}:|$]+|-)|(?P<space>\s+)"
)
_SYNTAX_COLOURS: Final[dict[str, _TokenType]] = {
    "number": Number,
    "word": Keyword,
    "sign": Punctuation,
    "space": Whitespace,
}
_REFERENCE: Final = re.compile(
    r"(?P<sign>[<>:])|(?P<word>(?<=<)\w+)|(?P<number>(?<=:)[+-]?[0-9.]+(?=[:>]))|(?P<name>[^:>])"
)
_REFERENCE_COLOURS: Final[dict[str, _TokenType]] = {
    "sign": Punctuation,
    "word": Keyword.Type,
    "number": Number,
    "name": Name.Class,
}

_Colours = list["_TokenType"]


class PromptLexer(Lexer):
    """One prompt in the canonical syntax, without Jinja."""

    name = "impasto prompt"
    aliases: ClassVar[list[str]] = ["impasto-text"]
    url = ""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"stripnl": False, **options})

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield (offset, kind, text) for the whole of `text`; there are no errors."""
        yield from _grouped(text, _prompt_colours(text), 0)


class PromptFileLexer(PromptLexer):
    """A `.prompt` file: YAML between dashes, then a prompt with Jinja in it."""

    name = "impasto"
    aliases: ClassVar[list[str]] = ["impasto", "prompt"]
    filenames: ClassVar[list[str]] = ["*.prompt"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield (offset, kind, text) for the whole of `text`; there are no errors."""
        front = _FRONT.match(text)
        start = front.end() if front else 0
        if front:
            yield from YamlLexer().get_tokens_unprocessed(text[:start])  # type: ignore[no-untyped-call]
        yield from _grouped(text[start:], _template_colours(text[start:]), start)


def _grouped(text: str, colours: _Colours, start: int) -> Iterator[tuple[int, _TokenType, str]]:
    at = 0
    for colour, group in groupby(colours):
        length = sum(1 for _ in group)
        yield start + at, colour, text[at : at + length]
        at += length


def _template_colours(text: str) -> _Colours:
    """Return the colour of every character of a prompt with Jinja in it."""
    pieces: list[str] = []
    tags: list[tuple[int, _Colours]] = []
    at = 0
    for found in _TAG.finditer(text):
        kind = found.lastgroup or ""
        start, end = found.span(kind)
        stand_in = _VALUE if kind == "value" else _SILENT
        pieces += [text[at:start], stand_in * (end - start)]
        tags.append((start, _tag_colours(found[kind], kind)))
        at = end
    colours = _prompt_colours("".join([*pieces, text[at:]]))
    for start, painted in tags:
        colours[start : start + len(painted)] = painted
    return colours


def _tag_colours(tag: str, kind: str) -> _Colours:
    if kind == "comment":
        return [Comment.Multiline] * len(tag)
    colours: _Colours = [Operator] * len(tag)
    _paint(colours, tag, 0, _IN_TAG, _TAG_COLOURS)
    return colours


def _prompt_colours(text: str) -> _Colours:
    """Return the colour of every character of a prompt."""
    colours: _Colours = [Text] * len(text)
    at = 0
    for node in walk_prompt(parse(text, recover=True)):
        leaf = _LEAVES.get(type(node))
        if leaf is None:
            continue
        _paint(colours, text[at : node.start], at, _SYNTAX, _SYNTAX_COLOURS)
        colours[node.start : node.end] = [leaf] * (node.end - node.start)
        if isinstance(node, nodes.Text):
            _paint(colours, node.value, node.start, _ESCAPE, {None: String.Escape})
        elif isinstance(node, nodes.Reference):
            _paint(colours, node.value, node.start, _REFERENCE, _REFERENCE_COLOURS)
        at = node.end
    _paint(colours, text[at:], at, _SYNTAX, _SYNTAX_COLOURS)
    return colours


_LEAVES: Final[dict[type, _TokenType]] = {
    nodes.Text: Text,
    nodes.Break: Keyword,
    nodes.Reference: Name.Class,
    nodes.Wildcard: Name.Variable.Global,
    nodes.Comment: Comment.Single,
}


def _paint(
    colours: _Colours,
    text: str,
    start: int,
    pattern: re.Pattern[str],
    kinds: dict[str, _TokenType] | dict[None, _TokenType],
) -> None:
    """Colour what `pattern` finds in `text`, which stands at `start`."""
    for found in pattern.finditer(text):
        length = found.end() - found.start()
        at = start + found.start()
        colours[at : at + length] = [kinds[found.lastgroup]] * length  # type: ignore[index]
