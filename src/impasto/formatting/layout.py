"""The canonical layout of a prompt: what stands between its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from impasto.formatting.branches import sure_signs
from impasto.formatting.changes import Change, apply, minimal
from impasto.formatting.gaps import (
    DEPTH,
    FIELD_ENDS,
    FIELD_STARTS,
    OPTION_ENDS,
    OPTION_STARTS,
    Gap,
    gaps_of,
    idle_at_ends,
    idle_at_starts,
)
from impasto.formatting.phrases import without_empty
from impasto.formatting.quotes import Quotes
from impasto.formatting.signs import EXPRESSION, LINE_TAG, Kind, Sign
from impasto.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.syntax.prompt import Prompt


class Style(NamedTuple):
    """What may be changed, which depends on where a prompt stands.

    `lines`: line ends are layout, as they are not within a YAML scalar. `composed`: the prompt is
    put together from phrases, so an empty one reaches no model. `open_ended`: another file may go
    on right before or behind the text.
    """

    lines: bool = False
    composed: bool = False
    open_ended: bool = False


_LINE_END = re.compile(r"[ \t]*\n")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_CLOSING_QUOTES = ("’", "”", "»", "」", "』")


def changes_of(prompt: Prompt, style: Style) -> list[Change]:
    """Return what brings `prompt` into the canonical layout; its text does not end in spaces.

    Where the result would be read in another way there is nothing to change.
    """
    signs = sure_signs(prompt)
    if style.composed:
        signs = without_empty(signs, Quotes(prompt.text), open_ended=style.open_ended)
    found = list(_Layout(prompt.text, signs, style).changes())
    if not found:
        return found
    after = parse(apply(prompt.text, found), recover=True)
    return found if said(signs) == said(sure_signs(after)) else []


def said(signs: list[Sign]) -> list[tuple[Kind, str]]:
    """Return what every layout has to keep: the signs without the spaces."""
    return [(s.kind, s.text) for s in signs if s.kind not in (Kind.SPACE, Kind.DROPPED)]


class _Layout:
    """The layout of one prompt."""

    def __init__(self, text: str, signs: list[Sign], style: Style) -> None:
        self.text = text
        self.style = style
        self.gaps = list(gaps_of(signs))
        self.idle_at_starts = idle_at_starts(self.gaps)
        self.idle_at_ends = idle_at_ends(self.gaps)
        self.has_lines = style.lines and _has_lines(self.gaps)
        self.indent = ""
        self.depth = 0

    def changes(self) -> Iterator[Change]:
        """Yield what is to change, in order."""
        quotes = Quotes(self.text)
        for at, gap in enumerate(self.gaps):
            start = gap.left.end if gap.left else 0
            end = gap.right.start if gap.right else len(self.text)
            old = self.text[start:end]
            new = old if quotes.hold(start, end) else self._laid_out(gap, at)
            if new != old:
                yield minimal(start, old, new)
            self._pass(gap, new)
            if gap.right and not quotes.hold(gap.right.start, gap.right.end):
                yield from self._spelled(gap.right)

    def _spelled(self, sign: Sign) -> Iterator[Change]:
        old = self.text[sign.start : sign.end]
        if old != sign.text:
            yield minimal(sign.start, old, sign.text)

    def _pass(self, gap: Gap, new: str) -> None:
        """Keep count of open brackets, and of the indentation of the line."""
        self.depth += sum([DEPTH.get(sign.kind, 0) for sign in gap.signs])
        if gap.right:
            self.depth += DEPTH.get(gap.right.kind, 0)
        if "\n" in new or gap.left is None or gap.left.kind is Kind.COMMENT:
            line = new.rpartition("\n")[2]
            self.indent = line[: len(line) - len(line.lstrip(" \t"))]

    def _laid_out(self, gap: Gap, at: int) -> str:
        """Return what is to stand in a gap: its brackets and at most one space, or its lines."""
        left, right = gap.kinds
        if Kind.TAG in (left, right) or (left is None and self.style.open_ended):
            return _beside_tag(gap)
        if gap.brackets and (left in OPTION_STARTS or right in OPTION_ENDS):
            return self._at_option_edge(gap)
        if left is None:
            if _hides_hash(gap):
                return " "
            gap = gap.without_first_space()
        if gap.has_line_end or left is Kind.COMMENT:
            return self._lines(gap)
        brackets = gap.brackets
        openers = [place for place, sign in enumerate(brackets) if sign.kind is Kind.OPEN]
        first = openers[0] if openers else len(brackets)
        head = "".join([sign.text for sign in brackets[:first]])
        return head + self._space(gap, at) + "".join([sign.text for sign in brackets[first:]])

    def _at_option_edge(self, gap: Gap) -> str:
        """Return brackets at the edge of an option: a space inside them counts, one outside not."""
        signs = list(gap.signs)
        if gap.kinds[0] in OPTION_STARTS and _is_plain_space(signs[0]):
            del signs[0]
        if gap.kinds[1] in OPTION_ENDS and _is_plain_space(signs[-1]):
            del signs[-1]
        return "".join([" " if _is_plain_space(s) else self._line_ends(s.text, 2) for s in signs])

    def _lines(self, gap: Gap) -> str:
        """Return a gap over several lines: they stay, without spaces at their ends.

        Within a line one space stays before a bracket that opens and behind one that closes.
        """
        pieces: list[str] = []
        starts_line = gap.kinds[0] is Kind.COMMENT
        kinds = [gap.kinds[0], *[sign.kind for sign in gap.signs], gap.kinds[1]]
        for at, sign in enumerate(gap.signs):
            if sign.kind is Kind.SPACE and (starts_line or "\n" in sign.text):
                pieces.append(self._line_ends(sign.text, 1 if starts_line else 2))
            elif sign.kind in (Kind.OPEN, Kind.CLOSE):
                pieces.append(sign.text)
            elif sign.kind is Kind.SPACE and (
                kinds[at] is Kind.CLOSE or kinds[at + 2] is Kind.OPEN
            ):
                pieces.append(" ")
            starts_line = False
        return "".join(pieces)

    def _line_ends(self, space: str, most: int) -> str:
        if not self.style.lines or "\n" not in space:
            return space
        ends = len(_LINE_END.findall(space))
        return "\n" * min(ends, most) + space.rpartition("\n")[2]

    def _space(self, gap: Gap, at: int) -> str:
        """Return the space of a gap within a line: none, one, or a line end at a keyword."""
        if self._is_own_line(gap, at):
            return f"\n{self.indent}"
        return " " if self._is_apart(gap, at) else ""

    def _is_own_line(self, gap: Gap, at: int) -> bool:
        """Whether a keyword begins or ends here that gets a line for itself."""
        left, right = gap.kinds
        if not self.has_lines or left is None or right is None:
            return False
        if left is Kind.KEYWORD:
            beyond = self.gaps[at - 1].left
            inside = self.depth
        elif right is Kind.KEYWORD:
            beyond = self.gaps[at + 1].right
            inside = self.depth + sum([DEPTH.get(sign.kind, 0) for sign in gap.signs])
        else:
            return False
        starts_comment = gap.right is not None and gap.right.text == "#"
        by_a_tag = beyond is not None and beyond.kind is Kind.TAG
        return not inside and not starts_comment and not by_a_tag

    def _is_apart(self, gap: Gap, at: int) -> bool:
        """Whether a space stands between the neighbours of a gap."""
        left, right = gap.kinds
        if left is None or right is None or right is Kind.PART_WEIGHT:
            return False
        if left in OPTION_STARTS or right in OPTION_ENDS:
            return self._is_brace(gap)
        if left in FIELD_STARTS or right in FIELD_ENDS:
            idle = left in FIELD_STARTS and self.idle_at_starts[at]
            idle = idle or (right in FIELD_ENDS and self.idle_at_ends[at])
            return gap.has_space and not idle
        if right is Kind.HOLE_WEIGHT:
            return gap.has_space
        if right is Kind.COMMA:
            return left is Kind.COMMA and gap.has_space
        return gap.has_space or Kind.KEYWORD in (left, right) or self._needs_space(gap)

    def _needs_space(self, gap: Gap) -> bool:
        """Whether a comma is on the left that wants a space: not within Chinese or Japanese."""
        if gap.left is None or gap.left.kind is not Kind.COMMA:
            return False
        start, end = gap.left.start, gap.left.end
        if _WIDE.match(self.text, end) and _WIDE.match(self.text, start - 1):
            return False
        return not self.text.startswith(_CLOSING_QUOTES, end)

    def _is_brace(self, gap: Gap) -> bool:
        """Whether a space keeps a brace apart from what would open Jinja with it."""
        if gap.left is None or gap.right is None or gap.left.text != "{" or gap.brackets:
            return False
        return gap.has_space and self.text[gap.right.start] in f"{{%#{EXPRESSION}"


def _has_lines(gaps: list[Gap]) -> bool:
    """Whether words stand in more than one line."""
    has_words = is_later = False
    for gap in gaps:
        left, right = gap.kinds
        if gap.has_line_end or left is Kind.COMMENT:
            is_later = has_words
        if right is not None and right is not Kind.COMMENT:
            if is_later:
                return True
            has_words = True
    return False


def _hides_hash(gap: Gap) -> bool:
    """Whether a space keeps a "#" at the start of a text from starting a comment."""
    return gap.right is not None and gap.right.text == "#" and gap.has_space and not gap.brackets


def _is_plain_space(sign: Sign) -> bool:
    return sign.kind is Kind.SPACE and "\n" not in sign.text


def _beside_tag(gap: Gap) -> str:
    """Return a gap beside a tag: what the tag writes, and whether, is not known."""
    starts_line = gap.left is None or gap.left.text == LINE_TAG
    pieces: list[str] = []
    for sign in gap.signs:
        piece = _collapsed(sign, gap.kinds[1])
        if starts_line and not pieces and sign.kind is Kind.SPACE:
            pieces.append(sign.text)  # indentation
        elif piece and not (piece == " " and pieces and pieces[-1].isspace()):
            pieces.append(piece)
    return "".join(pieces)


def _collapsed(sign: Sign, right: Kind | None) -> str:
    """Return a sign, a space as one; before a comma as none."""
    if sign.kind is Kind.DROPPED:
        return ""
    if not _is_plain_space(sign):
        return sign.text
    return "" if right is Kind.COMMA else " "
