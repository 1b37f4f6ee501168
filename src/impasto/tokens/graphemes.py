"""Where one grapheme ends and the next begins, as far as T5's normalizer can tell.

Of UAX #29 only what matters for graphemes of at most five bytes: a base and its marks, signs
that stand before their base, controls. Longer ones come in pieces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPHEME = re.compile(r"\r\n|[c\r\n]|p+x?m*|xm*|m+")
_CLUSTER = re.compile(r"[mp\r]")
_PREPENDED: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd"
    "\U000110cd\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a\U00011d46"
)
_MARKS: Final = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f🏻🏼🏽🏾🏿")
_NO_MARKS: Final = frozenset(
    "\u102b\u102c\u1038\u1062\u1063\u1064\u1067\u1068\u1069\u106a\u106b\u106c\u106d\u1083\u1087"
    "\u1088\u1089\u108a\u108b\u108c\u108f\u109a\u109b\u109c\u1a61\u1a63\u1a64\uaa7b\uaa7d"
)


def graphemes(text: str) -> Iterator[tuple[int, int]]:
    """Yield the range of each grapheme."""
    for found in _GRAPHEME.finditer(text.translate(_KINDS)):
        yield found.span()


def has_clusters(text: str) -> bool:
    """Whether a grapheme may be more than one character."""
    return bool(_CLUSTER.search(text.translate(_KINDS)))


class _Kinds(dict[int, str]):
    """The kind of each character: p before its base, m a mark, c a control, x a base."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _kind(chr(code))
        return found


def _kind(character: str) -> str:
    if character in _PREPENDED:
        return "p"
    category = unicodedata.category(character)
    if character in _MARKS or (category[0] == "M" and character not in _NO_MARKS):
        return "m"
    if "\U000e0020" <= character <= "\U000e007f":
        return "m"
    return "c" if category in ("Cc", "Cf", "Cs", "Zl", "Zp") else "x"


_KINDS: Final = _Kinds({13: "\r", 10: "\n"})
