"""The plain data that a tree of YAML nodes stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from impasto.errors import FileError

if TYPE_CHECKING:
    from impasto.source import Source


def build(node: Node, source: Source) -> Any:
    """Return the plain data of `node`. It cannot be deeper than `MAX_DEPTH`."""
    if node.tag:
        raise _tag_error(node, source)
    if isinstance(node, ScalarNode):
        value = node.value
        if node.style or (value and value[0] not in _MAY_RESOLVE):
            return value
        return _resolve(node, source)
    if isinstance(node, SequenceNode):
        return [build(item, source) for item in node.value]
    assert isinstance(node, MappingNode)
    data: dict[str, Any] = {}
    for key, item in node.value:
        name = build(key, source) if isinstance(key, ScalarNode) else key
        if type(name) is not str:
            raise _key_error(key, source)
        if name in data:
            raise _duplicate_error(node, key, source)
        data[name] = build(item, source)
    return data


_MAY_RESOLVE = frozenset("0123456789+-.~nNtTfF")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<int>[-+]?(?:0|[1-9][0-9]*+))"
    r"|0x(?P<hex>[0-9a-fA-F]+)|0o(?P<oct>[0-7]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]++|(?:0|[1-9][0-9]*+)(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?)"
    r"|(?P<inf>[-+]?\.(?:inf|Inf|INF))|(?P<nan>\.(?:nan|NaN|NAN))"
)


def _resolve(node: ScalarNode, source: Source) -> str | float | bool | None:
    """Return what a plain scalar means in the core schema."""
    text: str = node.value
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if not number:
        return text
    kind = number.lastgroup
    if kind in ("hex", "oct"):
        return int(number[kind], 16 if kind == "hex" else 8)
    if kind != "int":
        return float(text.replace(".", "", 1) if kind in ("inf", "nan") else text)
    try:
        return int(text)
    except ValueError as error:  # more digits than Python reads in reasonable time
        span = source.span(node.start_mark.index, node.end_mark.index)
        raise FileError(f"a number of {len(text)} digits is too long", span) from error


def _tag_error(node: Node, source: Source) -> FileError:
    start = node.start_mark.index
    written = re.match(r"\S+", source.text[start:])
    tag = written[0] if written else node.tag
    return FileError(
        f'"{tag}" is read as a tag of YAML, which impasto does not use',
        source.span(start, start + len(tag)),
        hint="if it is text, put it in quotes; otherwise remove it",
    )


def _key_error(key: Node, source: Source) -> FileError:
    span = source.span(key.start_mark.index, end_of(key))
    if isinstance(key, ScalarNode):
        shown = key.value or "nothing"
        hint = f'put it in quotes: "{key.value}"' if key.value else ""
        return FileError(f"a key has to be text, and {shown} is not", span, hint=hint)
    return FileError("a key has to be text, not a list or a mapping", span, hint="put it in quotes")


def _duplicate_error(node: MappingNode, key: ScalarNode, source: Source) -> FileError:
    first = next(k for k, _ in node.value if k.value == key.value)
    line, _ = source.position(first.start_mark.index)
    span = source.span(key.start_mark.index, key.end_mark.index)
    hint = "rename or remove one of the two"
    return FileError(
        f'the key "{key.value}" stands here twice, first in line {line}', span, hint=hint
    )


def end_of(node: Node) -> int:
    """Return where `node` ends; YAML's own mark of a block lies behind the space that follows."""
    while isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, MappingNode) else last
    end: int = node.end_mark.index
    return end
