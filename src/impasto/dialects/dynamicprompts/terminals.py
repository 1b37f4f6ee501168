"""The terminals of dynamicprompts: texts, comments, counts, odds, and where a text fails.

The expressions never look back and never try twice, so every scan is linear.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from impasto.errors import ImpastoError

TOP: Final = re.compile(r"(?:[^{#$%_]|_(?!_))++")
INSIDE: Final = re.compile(r"(?:[^{#$%_|}]|_(?!_))++")
NAME: Final = re.compile(r"(?:[^{#$%_()]|_(?!_))++|\)(?:[^{#$%_|}]|_(?!_))*+")
PARAMETER: Final = re.compile(r"(?:[^{#$%_(),]|_(?!_))++")
_COMMENT: Final = re.compile(r"[ \t\r\n]*+(?:#[^\n]*+|//(?:\\\n|[^\n])*+)")
_BLOCK: Final = re.compile(r"[ \t\r\n]*+/\*")
_SPACES: Final = re.compile(r"[ \t\r\n]*+")
SAMPLER: Final = re.compile(r"[ \t\r\n]*+([~@!])")
COUNT: Final = re.compile(r"(?:([0-9]++)-([0-9]++)|([0-9]++)-|-([0-9]++)|([0-9]++))\$\$")
SEPARATOR: Final = re.compile(r"([^{}#$\n]++)\$\$")
ODDS: Final = re.compile(r"((?:[0-9]++\.?+[0-9]*+|\.[0-9]++)::)")
VARIABLE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*+)")
SIGN: Final = re.compile(r"(\??=!?|:|\})")
PLAIN_WILDCARD: Final = re.compile(r"__([~@!]?+)((?:[^{#$%_(]|_(?!_))++)__")
KEY: Final = re.compile(r"[^=,(){}#$%]*+")


class UnreadableError(ImpastoError):
    """dynamicprompts gives the text up; `start` and `end` are the place, `hint` the way out."""

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.hint = hint


def with_tabs_filled(text: str) -> tuple[str, list[int]]:
    """Return the text with tabs filled up to columns of eight, and where each character was."""
    pieces: list[str] = []
    offsets: list[int] = []
    at = column = 0
    for piece in re.split(r"([\t\r\n])", text):
        if piece == "\t":
            width = 8 - column % 8
            pieces.append(" " * width)
            offsets += [at] * width
            column += width
        else:
            pieces.append(piece)
            offsets += range(at, at + len(piece))
            column = 0 if piece in ("\r", "\n") else column + len(piece)
        at += len(piece)
    offsets.append(len(text))
    return "".join(pieces), offsets


class Scanner:
    """A place in a text, which moves over comments and spaces.

    `offsets` says where each character was before tabs were filled up.
    """

    def __init__(self, text: str, offsets: list[int] | None) -> None:
        self.text = text
        self.offsets = offsets
        self.at = 0
        self.comments: list[tuple[int, int]] = []
        self.last_block = text.rfind("*/")
        self.has_comments = "#" in text or "//" in text or "/*" in text

    def place(self, at: int) -> int:
        """Return where an offset lies in the text as it was written."""
        return self.offsets[at] if self.offsets else at

    def skip_comments(self) -> bool:
        """Step over comments and the spaces before them; return whether there were any."""
        before = self.at
        while True:
            found = _COMMENT.match(self.text, self.at)
            end = found.end() if found else self.block_end()
            if end < 0:
                break
            self.comments.append((self.place(self.at), self.place(end)))
            self.at = end
        return self.at > before

    def block_end(self) -> int:
        """Return where the comment between stars that begins here ends, or -1."""
        found = _BLOCK.match(self.text, self.at)
        if not found or found.end() > self.last_block:
            return -1
        return self.text.index("*/", found.end()) + 2

    def skip_spaces(self) -> None:
        """Step over spaces, line ends and comments."""
        if self.has_comments:
            self.skip_comments()
        found = _SPACES.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def fail(self, at: int | None = None, *, nested: bool = False) -> NoReturn:
        """Give the text up at `at`.

        Raises:
            UnreadableError: always.
        """
        here = self.at if at is None else at
        sign = self.text[here]
        if nested:
            raise UnreadableError(
                "dynamicprompts refuses the text: a variable is set inside a bracket",
                here,
                self.at,
                "set variables outside of all brackets, at the start of the prompt",
            )
        shown = "__" if sign == "_" else sign
        raise UnreadableError(
            f'dynamicprompts refuses the text: "{shown}" means something here that is not finished',
            here,
            here + len(shown),
            _HINTS.get(sign, "dynamicprompts has no escape for it; leave it out"),
        )

    def unclosed(self, start: int, opener: str) -> NoReturn:
        """Give the text up for a bracket that is never closed.

        Raises:
            UnreadableError: always.
        """
        raise UnreadableError(
            f'dynamicprompts refuses the text: "{opener}" is never closed',
            start,
            start + len(opener),
            _HINTS.get(opener[0], ""),
        )


_HINTS: Final = {
    "{": "close the choice with }, or leave the brace out: dynamicprompts has no escape for it",
    "$": 'dynamicprompts has no escape for "$"; write the word dollar',
    "%": 'dynamicprompts has no escape for "%"; write the word percent',
    "_": "a wildcard ends with two underscores; write one underscore for text",
}


def count(found: re.Match[str]) -> str:
    """Return the count as the canonical syntax writes it; `{-2$$…}` means 1 to 2."""
    low, high, least, most, exact = found.groups()
    if low:
        return f"{low}-{high}"
    return f"{least}-" if least else f"1-{most}" if most else exact
