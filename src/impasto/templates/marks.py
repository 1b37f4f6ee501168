"""Private characters that carry values and origins through Jinja.

A value that a template inserts travels as one opaque character, so no value can open a bracket,
start a comment or be cut at a comma. Every piece of template text begins with one, too, which
says where it was written. Both planes are private use; user data that holds such characters gets
U+FFFD in their place.
"""

from __future__ import annotations

import re
from typing import Final

PIECE_BASE: Final = 0xF0000
VALUE_BASE: Final = 0x100000
CAPACITY: Final = 0xFFF0
SLOT: Final = chr(VALUE_BASE + 0xFFFD)
"""Stands for the prompt that a style wraps."""

_PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
PIECE = re.compile("([\U000f0000-\U000ffff0])")
VALUE = re.compile("[\U00100000-\U0010fff0]")


def clean(text: str) -> str:
    """Return user data without private characters."""
    return text if text.isascii() else _PRIVATE.sub("\ufffd", text)


def value_mark(index: int) -> str:
    """Return the character for the value number `index` of a render."""
    return chr(VALUE_BASE + index)


def value_index(mark: str) -> int:
    """Return the number of the value that `mark` stands for."""
    return ord(mark) - VALUE_BASE
