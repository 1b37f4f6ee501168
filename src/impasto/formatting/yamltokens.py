"""The tokens of a YAML file with the block each of them stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
INDENT = 2


class Level(NamedTuple):
    """A mapping or list in block style: its column, and the one that it is to have."""

    old: int
    new: int
    is_virtual: bool = False


class Token(NamedTuple):
    """A token [start, end) of a file.

    `sign` is the token itself where it is punctuation, "" for a scalar, whose `style` is YAML's.
    `level` is the innermost block around it, `ended` are those that ended before it. The last
    token is `END`, empty, at the end of the file.
    """

    sign: str
    style: str
    start: int
    end: int
    column: int
    level: Level
    is_key: bool
    in_flow: bool
    ended: tuple[Level, ...]


COMPLEX_KEY = "?"
END = "end"
ROOT = Level(0, -INDENT)
_STARTS_FLOW = ("[", "{")
_ENDS_FLOW = ("]", "}")
_SIGNS: dict[type, str] = {
    yaml.ValueToken: ":",
    yaml.BlockEntryToken: "-",
    yaml.FlowEntryToken: ",",
    yaml.FlowMappingStartToken: "{",
    yaml.FlowMappingEndToken: "}",
    yaml.FlowSequenceStartToken: "[",
    yaml.FlowSequenceEndToken: "]",
    yaml.DocumentStartToken: "---",
    yaml.DocumentEndToken: "...",
    yaml.ScalarToken: "",
    yaml.StreamEndToken: END,
}


class _Blocks:
    """The blocks around a place, while the tokens go by."""

    def __init__(self) -> None:
        self.open: list[Level] = []
        self.ended: list[Level] = []

    @property
    def top(self) -> Level:
        return self.open[-1] if self.open else ROOT

    def start(self, column: int, *, is_virtual: bool = False) -> None:
        self.open.append(Level(column, self.top.new + INDENT, is_virtual))

    def end(self) -> None:
        self.ended.append(self.open.pop())

    def end_virtual(self) -> None:
        if self.open and self.top.is_virtual:
            self.end()


def _sign(token: Any) -> str | None:
    """Return the sign of a token; None for one that only says where a block is."""
    if isinstance(token, yaml.KeyToken) and token.end_mark.index > token.start_mark.index:
        return COMPLEX_KEY
    return _SIGNS.get(type(token))


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a YAML file that can be read."""
    blocks = _Blocks()
    flow = 0
    is_key = False
    mappings: list[bool] = []
    for token in yaml.scan(text, Loader=LOADER):
        kind = type(token)
        column = token.start_mark.column
        if kind in (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken):
            blocks.start(column)
            mappings.append(kind is yaml.BlockMappingStartToken)
        elif kind is yaml.BlockEndToken:
            blocks.end_virtual()
            blocks.end()
            mappings.pop()
        elif kind is yaml.KeyToken:
            is_key = True
            if not flow:
                blocks.end_virtual()
        elif kind is yaml.BlockEntryToken and mappings[-1] and not blocks.top.is_virtual:
            blocks.start(column, is_virtual=True)
        sign = _sign(token)
        if sign is None:
            continue
        flow -= sign in _ENDS_FLOW
        yield Token(
            sign,
            getattr(token, "style", None) or "",
            token.start_mark.index,
            token.end_mark.index,
            column,
            blocks.top,
            is_key,
            flow > 0,
            tuple(blocks.ended),
        )
        flow += sign in _STARTS_FLOW
        blocks.ended.clear()
        is_key = False
