"""Front matter and style packs: YAML with prompts in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from impasto import _yamltext, yamlsource
from impasto.errors import FileError
from impasto.formatting.changes import Change, apply, content_end, in_parent, minimal
from impasto.formatting.keyorder import FRONT, PACK, Keys, ordered
from impasto.formatting.layout import Style
from impasto.formatting.templates import template_changes
from impasto.formatting.yamllayout import layout_changes
from impasto.formatting.yamltokens import LOADER
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROMPTS = ("text", "negative")
_STYLE = Style(composed=True)
_Place = tuple[str, ...]


def pack_changes(source: Source) -> list[Change]:
    """Return the changes of a style pack.

    Raises:
        FileError: it is no YAML that impasto reads, or no style pack.
        TemplateError, PromptSyntaxError: a text in it is none.
    """
    document = yamlsource.load(source)
    styles = document.data.get("styles") if isinstance(document.data, dict) else None
    if not isinstance(styles, dict):
        raise FileError(
            f"{source.name} is no style pack",
            document.span() if document.data else source.span(0, 0),
            expected=("a mapping with the key styles",),
        )
    return _changes(source, document.data, PACK)


def front_changes(source: Source) -> list[Change]:
    """Return the changes of front matter, whose text ends in a line end or is empty.

    Raises:
        FileError, TemplateError, PromptSyntaxError: as above.
    """
    data = yamlsource.load(source).data
    return _changes(source, data, FRONT)


def _changes(source: Source, data: Any, keys: Keys) -> list[Change]:
    """Return the changes of a YAML file; of the order of keys comes one large one."""
    text = source.text
    changes = list(layout_changes(text))
    for place, scalar in _prompts(yaml.compose(text, Loader=LOADER), source, keys):
        found = list(_prompt_changes(scalar))
        changes += [in_source for _, in_source in found]
        _put(data, place, apply(scalar.text, [change for change, _ in found]))
    changes.sort()
    laid_out = apply(text, changes)
    if not _says(laid_out, data):
        raise FileError(
            f"{source.name} would say something else in another layout, so it stays as it is",
            source.span(0, 0),
            hint="this is a mistake in impasto; please report it",
        )
    after = ordered(laid_out, keys)
    if after == laid_out or not _says(after, data):  # empty lines may belong to a text, by `|+`
        return changes
    return [minimal(0, text, after)]


def _says(text: str, data: Any) -> bool:
    """Whether `text` is read as `data`: a formatter must not be trusted, either."""
    try:
        return bool(yamlsource.load(Source(text)).data == data)
    except FileError:
        return False


def _prompt_changes(scalar: Source) -> Iterator[tuple[Change, Change]]:
    """Yield the changes of a prompt in a YAML scalar: of its text, and of the file."""
    text = scalar.text
    end = content_end(text)
    body = Source(text[:end], parent=scalar)
    changes = template_changes(body, _STYLE)
    if end and end < len(text) and "\n" not in text[end:]:
        changes.append(Change(end, len(text), ""))
    for change in changes:
        found = in_parent(change, scalar)
        if found is not None:
            yield change, found


def _prompts(root: Node | None, source: Source, keys: Keys) -> Iterator[tuple[_Place, Source]]:
    """Yield the prompts of a file with the place where they are in its data."""
    if keys is FRONT:
        yield from _texts(root, (), source, ("negative",))
        return
    for name, style in _items(_value(root, "styles")):
        place = ("styles", name)
        yield from _texts(style, place, source, _PROMPTS)
        for variant, node in _items(_value(style, "variants")):
            yield from _texts(node, (*place, "variants", variant), source, _PROMPTS)


def _texts(
    node: Node | None, place: _Place, source: Source, names: tuple[str, ...]
) -> Iterator[tuple[_Place, Source]]:
    for name, value in _items(node):
        if name in names and isinstance(value, ScalarNode) and isinstance(value.value, str):
            yield (*place, name), _scalar(value, source)


def _scalar(node: ScalarNode, source: Source) -> Source:
    """Return the text of a scalar with positions in the file."""
    start, end = node.start_mark.index, node.end_mark.index
    pairs = _yamltext.anchors(node.value, source.text[start:end], node.style or "")
    anchors = tuple((here, there + start) for here, there in pairs)
    return Source(node.value, parent=source, anchors=anchors)


def _items(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key.value, value


def _value(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in _items(node) if name == key), None)


def _put(data: Any, place: _Place, text: str) -> None:
    """Let `data` say `text` at `place`, where it says a text."""
    *path, last = place
    for key in path:
        data = data[key]
    if isinstance(data[last], str):
        data[last] = text
