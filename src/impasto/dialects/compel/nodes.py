"""What compel's prompts are made of, and what its parser stumbles over.

All positions are those of the text that was scanned.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

SPACES: Final = " \t\r\n"

ONE: Final = 0
TOP: Final = 1
INSIDE: Final = 2


class Piece(Struct, frozen=True, gc=False):
    """Words as written: `kind` ONE is final, in TOP and INSIDE spaces are still to be folded.

    INSIDE a group `,` and `.` are words of their own. `weight` is what a group of nothing else
    gives, without any that stand around it.
    """

    raw: str
    start: int
    end: int
    kind: int = ONE
    weight: float = 1.0


class Group(Struct, frozen=True, gc=False):
    """What stands in parentheses or quotes, or a single word; `weight` None where none is given."""

    children: list[Item]
    weight: float | None
    start: int
    end: int
    is_word: bool = False


class Swap(Struct, frozen=True, gc=False):
    """`original.swap(edited, options)`."""

    original: list[Item]
    edited: list[Item]
    options: dict[str, float | str]
    start: int
    end: int


class Lora(Struct, frozen=True, gc=False):
    """`withLora(name, weight)`; a weight that is not written is the integer 1."""

    name: str
    weight: float
    start: int
    end: int


Item: TypeAlias = Piece | Group | Swap | Lora


class Mistake(NamedTuple):
    """What compel raises on, and where."""

    message: str
    start: int
    end: int
    hint: str = ""


class Unread(NamedTuple):
    """A parenthesis or quote that could not be read as a group: the sign that was in the way."""

    start: int
    stopped: int
