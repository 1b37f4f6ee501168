"""The layout of a YAML file: indentation, spaces around its signs, comments, empty lines."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from impasto.formatting.changes import Change, minimal
from impasto.formatting.yamltokens import COMPLEX_KEY, INDENT, Level, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BARE_COMMENT: Final = re.compile(r"#(?![ \t!#\n]|\Z)")
_CONTINUED: Final = re.compile(r"([ \t]*+)\n(?:[ \t]*+\n)*+([ \t]*+)")
_HEADER: Final = re.compile(r"[|>][-+0-9]*")
_INDENT: Final = re.compile(r"(?:[ ]*+\n)*+([ ]*+)")
NEWLINE: Final = "\n"


def layout_changes(text: str) -> Iterator[Change]:
    """Yield the changes of a YAML file, those inside its texts aside."""
    return _Layout(text).changes()


class _Layout:
    """The layout of one file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shift = 0  # by how much the line of the block before moves

    def changes(self) -> Iterator[Change]:
        """Yield what is to change, in order."""
        found = list(tokens(self.text))
        if any([token.sign == COMPLEX_KEY for token in found]):
            return
        *found, end = found
        before: Token | None = None
        for token in found:
            yield from self._gap(before, token)
            yield from self._inside(token, is_last=token is found[-1])
            before = token
        yield from self._tail(before, end)

    def _gap(self, before: Token | None, token: Token) -> Iterator[Change]:
        start = before.end if before else 0
        old = self.text[start : token.start]
        starts_line = start == 0 or self.text[start - 1] == "\n"
        if not starts_line and "\n" not in old:
            new = _space(before, token, old)
        else:
            column = self._column(before, token)
            levels = (Level(token.column, column), token.level, *_levels(before), *token.ended)
            most = _most_for_comments(before)
            new = _lines(old, levels, starts_line=starts_line, first=start == 0, most=most)
            new += " " * column
        if new != old:
            yield minimal(start, old, new)

    def _column(self, before: Token | None, token: Token) -> int:
        """Return the column of a token that starts a line."""
        if token.in_flow or token.sign in ("]", "}"):
            least = token.level.new + (token.sign not in ("]", "}"))
            return max(token.column + self.shift, least)
        if token.is_key or token.sign == "-":
            column = token.level.new
        elif token.sign in ("---", "..."):
            column = 0
        else:
            column = token.level.new + INDENT if before else max(token.level.new, 0)
        self.shift = column - token.column
        return column

    def _inside(self, token: Token, *, is_last: bool) -> Iterator[Change]:
        """Yield the changes of the lines of a scalar."""
        if token.sign or "\n" not in self.text[token.start : token.end]:
            return
        if token.style in ("|", ">"):
            yield from _Block(self.text, token).changes(is_last=is_last)
        else:
            yield from self._continued(token)

    def _continued(self, token: Token) -> Iterator[Change]:
        """Yield the changes of a scalar in flow style: how its lines are indented says nothing."""
        for line in _CONTINUED.finditer(self.text, token.start, token.end):
            is_escaped = self.text[line.start() - 1] == "\\" and token.style == '"'
            end = line[1] if is_escaped else ""
            column = max(len(line[2]) + self.shift, token.level.new + INDENT)
            new = f"{end}{line[0].count(NEWLINE) * NEWLINE}{' ' * column}"
            if new != line[0]:
                yield minimal(line.start(), line[0], new)

    def _tail(self, last: Token | None, end: Token) -> Iterator[Change]:
        """Yield the changes behind the last token."""
        start = last.end if last else 0
        old = self.text[start:]
        starts_line = not start or self.text[start - 1] == "\n"
        levels = (Level(0, 0), *_levels(last), *end.ended)
        comments = old if old.endswith("\n") else f"{old}\n"
        most = _most_for_comments(last)
        new = _lines(comments, levels, starts_line=starts_line, first=not start, most=most)
        new = new.rstrip("\n")
        new += "\n" if new or not starts_line else ""
        if new != old:
            yield minimal(start, old, new)


class _Block:
    """A scalar in block style: its lines move together, for their indentation is the scalar's."""

    def __init__(self, text: str, token: Token) -> None:
        self.start = token.start
        self.text = text[token.start : token.end]
        header = _HEADER.match(self.text)
        assert header is not None, "a block scalar begins with its sign"
        self.header = header[0]
        self.keeps_ends = "+" in self.header
        self.body = self.text.index("\n") + 1
        first = _INDENT.match(self.text, self.body)
        self.indent = len(first[1]) if first else 0
        self.end = len(self.text) if self.keeps_ends else self._content_end()
        if any([sign.isdigit() for sign in self.header]):
            self.shift = token.level.new - token.level.old
        else:
            self.shift = token.level.new + INDENT - self.indent

    def _content_end(self) -> int:
        """Return where the empty lines at the end begin; spaces beyond the indentation count."""
        lines = self.text.split("\n")
        while len(lines) > 1 and not lines[-1].strip(" ") and len(lines[-1]) <= self.indent:
            lines.pop()
        return sum([len(line) + 1 for line in lines]) - 1

    def changes(self, *, is_last: bool) -> Iterator[Change]:
        """Yield what is to change, in order."""
        yield from self._header(is_last=is_last)
        yield from self._lines()
        ends = self.text[self.end :]
        new = NEWLINE * min(ends.count(NEWLINE), 1 if is_last else 2)
        if new != ends and not self.keeps_ends:
            yield minimal(self.start + self.end, ends, new)

    def _header(self, *, is_last: bool) -> Iterator[Change]:
        """Yield the change of the first line.

        Where the file ends without a line end, so does the value, and that has to be said.
        """
        new = self.header
        if is_last and not self.text.endswith(NEWLINE) and "-" not in new:
            new = new.replace("+", "") + "-"
        old = self.text[: self.body - 1]
        new += _comment_behind(old[len(self.header) :])
        if new != old:
            yield minimal(self.start, old, new)

    def _lines(self) -> Iterator[Change]:
        at = self.body
        while at < self.end:
            stop = self.text.find("\n", at, self.end)
            stop = self.end if stop < 0 else stop
            line = self.text[at:stop]
            new = self._moved(line)
            if new != line:
                yield minimal(self.start + at, line, new)
            at = stop + 1

    def _moved(self, line: str) -> str:
        """Return a line in its new place; spaces alone count only beyond the indentation."""
        if not line.strip(" ") and len(line) <= self.indent:
            return ""
        return " " * self.shift + line if self.shift >= 0 else line[-self.shift :]


def _levels(token: Token | None) -> tuple[Level, ...]:
    return (token.level,) if token else ()


def _most_for_comments(before: Token | None) -> int | None:
    """Return the last column in which a comment behind `before` is none of its lines."""
    return max(before.level.new, 0) if before and before.style in ("|", ">") else None


def _space(before: Token | None, token: Token, old: str) -> str:
    """Return what stands between two tokens of a line."""
    left = before.sign if before else ""
    if token.sign in (",", "]", "}"):
        return old if left == ":" else ""
    if left in ("[", "{") or token.sign == ":":
        return ""
    if left in (",", ":", "-"):
        return " "
    return old


def _lines(
    old: str, levels: Sequence[Level], *, starts_line: bool, first: bool, most: int | None
) -> str:
    """Return comments and empty lines: how the line before ends, whole lines, no indentation."""
    head, _, rest = ("", "", old) if starts_line else old.partition("\n")
    found = [] if starts_line else [_comment_behind(head), "\n"]
    was_empty = first
    for line in rest.split("\n")[:-1]:
        if line.strip():
            column = _comment_column(line, levels)
            column = column if most is None else min(column, most)
            found += [" " * column, _spaced(line.strip()), "\n"]
        elif not was_empty:
            found.append("\n")
        was_empty = not line.strip()
    return "".join(found)


def _comment_behind(text: str) -> str:
    comment = text.strip()
    return f"  {_spaced(comment)}" if comment else ""


def _comment_column(line: str, levels: Sequence[Level]) -> int:
    """Return where a comment is to begin, which moves with the block that it belongs to."""
    column = len(line) - len(line.lstrip())
    fits = [level for level in levels if level.old == column]
    if fits:
        return max(fits[0].new, 0)
    outer = [level for level in levels if level.old < column]
    base = max(outer, key=attrgetter("old"), default=Level(0, 0))
    return max(column + base.new - base.old, 0)


def _spaced(comment: str) -> str:
    return _BARE_COMMENT.sub("# ", comment, count=1) if _BARE_COMMENT.match(comment) else comment
