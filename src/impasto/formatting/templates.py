"""Templates: Jinja's tags, and the prompt text around them."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from impasto.formatting.changes import Change, content_end, line_end
from impasto.formatting.jinja import Token, comment_changes, tag_changes, tokens
from impasto.formatting.layout import Style, changes_of
from impasto.formatting.signs import EXPRESSION, LINE_TAG, TAG
from impasto.source import Source
from impasto.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING = ("variable_begin", "block_begin", "comment_begin")
_CLOSING = ("variable_end", "block_end", "comment_end")
_RAW = ("raw_begin", "raw_end")
_MARKS = ("{{", "{%", "{#")


class OwnText(NamedTuple):
    """The text of a template itself, all branches in a row, one character for each tag.

    `pieces` are the offsets of its pieces of text, here and in the template.
    """

    text: str
    pieces: tuple[tuple[int, int], ...]
    has_blocks: bool

    def in_template(self, changes: list[Change]) -> Iterator[Change]:
        """Yield changes of the own text as changes of the template."""
        for start, end, new in changes:
            here, there = self.pieces[bisect_right(self.pieces, start, key=itemgetter(0)) - 1]
            yield Change(start - here + there, end - here + there, new)


def file_changes(source: Source) -> Iterator[Change]:
    """Yield the changes of a template that is a file, or the end of one.

    Raises:
        TemplateError: Jinja does not accept it.
        PromptSyntaxError: the canonical syntax does not allow the text between its tags.
    """
    text = source.text
    body = Source(text[: content_end(text)], parent=source)
    yield from template_changes(body, Style(lines=True, composed=True, open_ended=True))
    yield from line_end(text, required=True)


def template_changes(source: Source, style: Style) -> list[Change]:
    """Return the changes of a template whose text does not end in spaces.

    Raises:
        TemplateError, PromptSyntaxError: as above.
    """
    text = source.text
    if not any(mark in text for mark in _MARKS):
        return changes_of(parse(text, origin=source), style)
    from impasto.templates.template import Template  # noqa: PLC0415 - brings Jinja along

    Template(source)
    found = list(tokens(text))
    own = own_text(found)
    prompt = parse(own.text, recover=True)
    if prompt.diagnostics and not own.has_blocks:
        _refuse(own, source)
    changes = list(own.in_template(changes_of(prompt, style)))
    return sorted([*changes, *_tag_changes(found, text)])


def own_text(found: list[Token]) -> OwnText:
    """Return the text between the tags of a template.

    Where a tag takes the spaces beside it away (`{{- x -}}`), it is no word between others.
    """
    texts: list[str] = []
    pieces: list[tuple[int, int]] = [(0, 0)]
    at = 0
    has_blocks = False
    for token in found:
        if token.kind == "variable_end" and token.text.startswith("-"):
            texts[-1] = TAG
        if token.kind in _CLOSING and token.text.endswith("\n"):
            texts[-1] = LINE_TAG
        if token.kind == "data":
            pieces.append((at, token.start))
            texts.append(token.text)
        elif token.kind in _OPENING or token.kind in _RAW:
            has_blocks = has_blocks or token.kind == "block_begin"
            texts.append(_mark(token))
        else:
            continue
        at += len(texts[-1])
    return OwnText("".join(texts), tuple(pieces), has_blocks)


def _mark(token: Token) -> str:
    """Return the character for a tag that begins with `token`; a raw one is that token alone."""
    if token.kind in _RAW and token.text.endswith("\n"):
        return LINE_TAG
    return EXPRESSION if token.text == "{{" else TAG


def _refuse(own: OwnText, source: Source) -> None:
    """Raise the first syntax error of a template's own text, with its place in the template."""
    anchors = own.pieces
    parse(own.text, origin=Source(own.text, parent=source, anchors=anchors))


def _tag_changes(found: list[Token], text: str) -> Iterator[Change]:
    tag: list[Token] = []
    for token in found:
        if token.kind in _OPENING:
            tag = [token]
        elif token.kind == "comment":
            yield from comment_changes(token)
        elif token.kind in _CLOSING:
            if token.kind != "comment_end":
                yield from tag_changes([*tag, token], text)
            tag = []
        elif tag:
            tag.append(token)
