r"""Compel's grammar: a text as words, groups, swaps and LoRA calls.

Compel reads by trying: a parenthesis that cannot be read as a group is no group, and a text of
its own begins with it. What was tried at a place is remembered, and what is open stands on a
stack, so reading is linear and nesting has no limit. Facts, established by running compel 2.5.1
(damian0815/compel, src/compel/prompt_parser.py) with pyparsing 3.3.3:

* At the top, words are what stands between spaces. One that begins with `(` or `"` may be a group;
  one whose beginning up to `+` or `-` is free of `( ) " , . =` and followed by a space, the end,
  or another of these signs is a weighted word.
* In a group, `,` and `.` are words of their own; `=` cannot stand there, nor `+` or `-` before a
  space, the end or another sign. Such a group is no group.
* A quotation ends at the next `"` of its line without a backslash, or at the last one of the line
  where all have one. Nothing in it is quoted again.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from impasto.dialects.compel import terminals as terms
from impasto.dialects.compel.nodes import (
    INSIDE,
    ONE,
    TOP,
    Group,
    Item,
    Mistake,
    Piece,
    Swap,
    Unread,
)
from impasto.dialects.compel.words import Found, Words


class _Need(NamedTuple):
    """What must be read before the item at `back` can be: a group, or the arguments of a swap."""

    at: int
    back: int
    is_swap: bool


class _Frame:
    """A group or an argument list that is being read."""

    __slots__ = ("items", "need")

    def __init__(self, need: _Need) -> None:
        self.need = need
        self.items: list[Item] = []


_Inner: TypeAlias = tuple[list[Item], int]
_Swapped: TypeAlias = tuple[list[Item], dict[str, float | str], int]


class Scanner(Words):
    """One text, or the inside of a quotation that begins at `base`."""

    def __init__(self, text: str, mistakes: list[Mistake], base: int = 0) -> None:
        super().__init__(text, mistakes, base)
        self.unread: list[Unread] = []
        self._top = TOP if terms.ODD_SPACES.search(text) else ONE
        self._groups: dict[int, _Inner | None] = {}
        self._quotes: dict[int, _Inner | None] = {}
        self._swaps: dict[int, _Swapped | None] = {}
        self._stopped: dict[int, int] = {}

    def prompt(self, at: int) -> _Inner:
        """Return the items from `at` on, and where no more can be read: the end, as a rule."""
        text = self.text
        items: list[Item] = []
        while True:
            if not self._calls:
                at = self._quickly(at, items)
            at = self.skip(at)
            sign = text[at : at + 1]
            if not sign or sign in "\x0b\x0c":
                passed = terms.FORM_FEED.match(text, at)
                if passed is None:
                    return items, at
                at = passed.end()
                continue
            found = self._certain(at)
            if found is None:
                self._note(at)
                found = self._free(at)
            items.append(found[0])
            at = found[1]

    def _quickly(self, at: int, items: list[Item]) -> int:
        """Add the plain words and flat groups from `at` on; return where something else begins."""
        text, base = self.text, self.base
        while True:
            found = terms.STRETCH.match(text, at)
            assert found is not None
            words, inner, signs, factor = found.groups()
            if words:
                start = found.start(1)
                if "\\\\" in words:
                    items += map(self._piece, terms.FREE.finditer(text, start, found.end(1)))
                else:
                    items.append(Piece(words, base + start, base + found.end(1), self._top))
            if inner is None:
                return found.end()
            if not inner.isspace() and inner:
                start = base + found.start(2)
                weight = float(factor) if factor else self._power(found, 3) if signs else 1.0
                kind = self._inside(inner)
                items.append(Piece(inner, start, start + len(inner), kind, weight))
            at = found.end()

    def _inside(self, inner: str) -> int:
        """Return the kind of words in a group: final if their spaces are as they should be."""
        odd = "," in inner or "." in inner or inner[0] == " " or inner[-1] == " "
        return INSIDE if odd or self._top == TOP else ONE

    def _certain(self, at: int) -> Found | None:
        """Return the item at `at`, at the top, where a plain word is none."""
        while True:
            found = self._item(at, is_top=True)
            if not isinstance(found, _Need):
                return found
            self._descend(found)

    def _free(self, at: int) -> Found:
        found = terms.FREE.match(self.text, at)
        assert found is not None
        return self._piece(found), found.end()

    def _note(self, at: int) -> None:
        """Remember a sign that could have begun a group."""
        if self.text[at] in '("':
            self.unread.append(Unread(at, self._stopped.get(at, len(self.text))))

    def whole(self) -> list[Item] | None:
        """Return the items of a text that is read like the inside of a group; None if it is not."""
        at = 0
        items: list[Item] = []
        while True:
            at = self.skip(at)
            found = self._item(at) or self._mark(at)
            if isinstance(found, _Need):
                self._descend(found)
            elif found is None:
                return items if at == len(self.text) else None
            else:
                items.append(found[0])
                at = found[1]

    def group(self, at: int) -> _Inner | None:
        """Return what stands in the parentheses that open at `at`, and their end."""
        if at not in self._groups:
            self._descend(_Need(at, at, is_swap=False))
        return self._groups[at]

    def _descend(self, need: _Need) -> None:
        """Read a group or a list of arguments and remember what came of it."""
        text, groups = self.text, self._groups
        stack = [_Frame(need)]
        at = need.at + 1
        while stack:
            at = self.skip(at)
            frame = stack[-1]
            if text.startswith("(", at) and at not in groups:
                stack.append(_Frame(_Need(at, at, is_swap=False)))
                at += 1
                continue
            found = self._item(at)
            if found is None and not frame.need.is_swap:
                found = self._mark(at)
            if found is None:
                at = self._close(stack, at)
            elif isinstance(found, _Need):
                stack.append(_Frame(found))
                at = found.at + 1
            else:
                frame.items.append(found[0])
                at = found[1]

    def _close(self, stack: list[_Frame], at: int) -> int:
        """End what is being read, at a place where no item is; return where reading goes on.

        A group that cannot be closed is none, and none is any group around it.
        """
        frame = stack.pop()
        if frame.need.is_swap:
            self._swaps[frame.need.at] = self._arguments(frame.items, at)
        elif self.text.startswith(")", at):
            self._groups[frame.need.at] = frame.items, at + 1
        else:
            self._groups[frame.need.at] = None
            while stack and not stack[-1].need.is_swap:
                frame = stack.pop()
                self._groups[frame.need.at] = None
            self._stopped[frame.need.at] = at
        return frame.need.back

    def _arguments(self, items: list[Item], at: int) -> _Swapped | None:
        """Return what a swap puts in, and its options, if they end at a closing parenthesis."""
        options: dict[str, float | str] = {}
        if self.text.startswith(",", at):
            found, at = self.options(at + 1)
            options = {name: "" if value is None else value for name, value in found}
        closing = terms.CLOSE.match(self.text, at)
        return (items, options, closing.end()) if closing else None

    def _item(self, at: int, *, is_top: bool = False) -> Found | _Need | None:
        """Return the item at `at`, which is no space."""
        sign = self.text[at : at + 1]
        inner: _Inner | None
        if sign == "(":
            if at not in self._groups:
                return _Need(at, at, is_swap=False)
            inner = self._groups[at]
        elif sign == '"':
            inner = self.quoted(at)
        else:
            lora = self.lora(at)
            if lora:
                return lora
            word = terms.WORD.match(self.text, at)
            if word is None:
                return None
            weighed = self._weighed(at, [self._piece(word)], word.end(), is_word=True)
            return weighed or (None if is_top else (self._piece(word), word.end()))
        if inner is None:
            return None
        children, end = inner
        plain = Group(children, None, self.base + at, self.base + end), end
        return self._weighed(at, children, end, is_word=False) or plain

    def _weighed(
        self, at: int, children: list[Item], end: int, *, is_word: bool
    ) -> Found | _Need | None:
        """Return what the operator at `end` makes of the group or word before it."""
        text, start = self.text, self.base + at
        found = None
        if is_word:
            signs = terms.SIGNS.match(text, end)
            weight = self._power(signs) if signs else None
            found = signs
        else:
            found = terms.FACTOR.match(text, end)
            weight = self._weight(found, 1) if found else None
        if found is None and self._calls:
            found = terms.ATTEND.match(text, end)
            weight = self._weight(found, 1) if found else None
        if found:
            return Group(children, weight, start, self.base + found.end(), is_word), found.end()
        opening = terms.SWAP.match(text, end) if self._calls else None
        return self._swapped(at, children, opening.end() - 1) if opening else None

    def _swapped(self, at: int, children: list[Item], opening: int) -> Found | _Need | None:
        if opening not in self._swaps:
            return _Need(opening, at, is_swap=True)
        known = self._swaps[opening]
        if known is None:
            return None
        edited, options, end = known
        span = self.base + at, self.base + end
        return Swap(children, edited, self._settings(options, *span), *span), end

    def quoted(self, at: int) -> _Inner | None:
        """Return what stands in the quotation at `at`, read like a group, and its end."""
        if at not in self._quotes:
            self._quotes[at] = self._quotation(at)
            self._stopped[at] = at
        return self._quotes[at]

    def _quotation(self, at: int, *, is_prompt: bool = False) -> _Inner | None:
        end = self._closing_quote(at)
        if end < 0:
            return None
        inner = self.text[at + 1 : end]
        if "\\" in inner:  # written-out tabs and line ends; two spaces keep every position
            inner = terms.SPACE_ESCAPES.sub(lambda m: "\f " if m[0] == r"\f" else "  ", inner)
        if not inner.strip():
            return [Piece("", self.base + at + 1, self.base + at + 1)], end + 1
        scanner = Scanner(inner, self.mistakes, self.base + at + 1)
        if not is_prompt:
            items = scanner.whole()
            return None if items is None else (items, end + 1)
        items, last = scanner.prompt(0)
        return (items, end + 1) if last == len(inner) else None

    def _closing_quote(self, at: int) -> int:
        """Return where the quotation at `at` closes; -1 where it does not."""
        found = terms.QUOTED.match(self.text, at)
        assert found is not None
        return found.start(2) if found[2] else self.text.rfind('"', at + 1, found.end(1))

    def quoted_prompt(self, at: int) -> _Inner | None:
        """Return what stands in the quotation at `at`, read as a prompt, and its end."""
        return self._quotation(at, is_prompt=True)
