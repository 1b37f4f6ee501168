"""What stands, or is about to stand, at a place of a document: a style, a variable, and so on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from impasto.lsp.documents import Place, Range
from impasto.lsp.yamlplace import YamlPlace, yaml_place

if TYPE_CHECKING:
    from impasto.lsp.documents import Document

Kind: TypeAlias = Literal[
    "attribute",
    "embedding",
    "file",
    "filter",
    "include",
    "key",
    "model",
    "parameter",
    "rule",
    "style",
    "test",
    "text",
    "type",
    "variable",
    "variant",
    "wildcard",
]

_FENCE = re.compile(r"---[ \t]*\Z")
TEMPLATES = (".prompt", ".j2", ".jinja")
PACKS = (".yaml", ".yml")
_IGNORE = re.compile(r"(?:#|\{#-?)[ \t]*impasto:[ \t]*ignore(?:-file)?\[[^\]]*\Z")
_NAME = re.compile(r"[\w-]*")
_STYLE = re.compile(r"[\w./-]*")
_IDENTIFIER = re.compile(r"\w*")
_WILDCARD = re.compile(r"[\w\-./*]*")
_OPEN_WILDCARD = re.compile(r"(?<!\\)__((?:(?!__)[\w\-./*])*)\Z")
_REFERENCE = re.compile(r"(?<!\\)<(\w*)\Z")
_INCLUDE = re.compile(r"\b(?:include|import|extends|from)\s+(['\"])([^'\"]*)\Z")
_TEST = re.compile(r"\bis(?:\s+not)?\Z")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_TEMPLATE_KEYS = ("text", "negative")


class Thing(NamedTuple):
    """What stands at a place: its name, its range, and in YAML the keys that lead to it.

    `typed` is the part of the name before the place. `path` of a key leads to the mapping it is in.
    """

    kind: Kind
    name: str
    range: Range
    typed: str = ""
    path: tuple[str, ...] = ()


def thing_at(document: Document, place: Place) -> Thing:
    """Return what stands at `place`, or is being typed there."""
    line = document.lines[min(place.line, len(document.lines) - 1)]
    place = Place(min(place.line, len(document.lines) - 1), min(place.column, len(line)))
    if _IGNORE.search(line[: place.column]):
        return _word(document, place, "rule", _NAME)
    first = yaml_start(document, place.line)
    if first is not None:
        found = _in_yaml(document, place, first)
        if found is not None:
            return found
    if document.suffix in (*TEMPLATES, *PACKS):
        found = _in_template(document, place)
        if found is not None:
            return found
    return _in_text(document, place)


def front_end(document: Document) -> int | None:
    """Return the line of the second fence of a `.prompt` file; its length if it is not closed.

    None for a document without front matter.
    """
    lines = document.lines
    if document.suffix not in TEMPLATES or not _FENCE.match(lines[0]):
        return None
    return next((at for at in range(1, len(lines)) if _FENCE.match(lines[at])), len(lines))


def yaml_start(document: Document, line: int) -> int | None:
    """Return the line at which the YAML begins that `line` stands in, or None."""
    if document.suffix in PACKS:
        return 0
    end = front_end(document)
    return 1 if end is not None and 0 < line < end else None


def _in_yaml(document: Document, place: Place, first: int) -> Thing | None:
    """Return what a place in YAML holds; None where it is prompt text."""
    word = _word(document, place, "text", _STYLE)
    start = word.range.start
    lines = document.lines[first : start.line]
    head = document.lines[start.line][: start.column]
    where = yaml_place("\n".join([*lines, _without_quote(head)]))
    if where is None:
        return word if head.lstrip().startswith("#") else None
    if where.path[-1:] in [(key,) for key in _TEMPLATE_KEYS] and not where.is_key:
        return None
    kind = _kind(where, is_pack=document.suffix in PACKS)
    pattern = _STYLE if kind in ("style", "model", "variant") else _NAME
    return _word(document, place, kind, pattern)._replace(path=where.path)


def _without_quote(head: str) -> str:
    """Return the line up to a word without the quote that opens right before it."""
    is_open = head.endswith(("'", '"')) and head.count(head[-1]) % 2
    return head[:-1] if is_open else head


def _kind(where: YamlPlace, *, is_pack: bool) -> Kind:
    path = where.path[2:] if is_pack and where.path[:1] == ("styles",) else where.path
    last = path[-1] if path else ""
    if where.is_key and last == "parameters":
        return "parameter"
    if where.is_key and last == "variants":
        return "variant"
    if last in ("styles", "extends") and not (is_pack and last == "styles"):
        return "style"
    if last in ("model", "type") and not where.is_key:
        return "model" if last == "model" else "type"
    return "key" if where.is_key else "text"


def _in_template(document: Document, place: Place) -> Thing | None:
    """Return what stands in a tag of Jinja, or None outside of tags."""
    inside = _tag_before(document, place)
    if inside is None:
        return None
    include = _INCLUDE.search(inside)
    if include:
        return _word(document, place, "include", re.compile(r"[^'\"]*"))
    if _QUOTED.sub("", inside).count('"') % 2 or _QUOTED.sub("", inside).count("'") % 2:
        return _word(document, place, "text", _IDENTIFIER)
    word = _word(document, place, "variable", _IDENTIFIER)
    before = inside[: len(inside) - len(word.typed)].rstrip()
    if before.endswith("|"):
        return word._replace(kind="filter")
    if before.endswith("."):
        owner = re.search(r"(\w+)\s*\.\Z", before)
        return word._replace(kind="attribute", path=(owner[1],) if owner else ())
    return word._replace(kind="test") if _TEST.search(before) else word


def _tag_before(document: Document, place: Place) -> str | None:
    """Return what stands between the opening of the tag around `place` and that place."""
    pieces: list[str] = []
    fence = front_end(document)
    begin = fence + 1 if fence is not None and place.line > fence else 0
    first = max(place.line - _MAX_TAG_LINES, begin)
    for at in range(place.line, first - 1, -1):
        line = document.lines[at][: place.column] if at == place.line else document.lines[at]
        opening = max(line.rfind("{{"), line.rfind("{%"))
        closing = max(line.rfind("}}"), line.rfind("%}"))
        if closing > opening:
            return None
        if opening >= 0:
            return "\n".join([line[opening + 2 :], *reversed(pieces)])
        pieces.append(line)
    return None


_MAX_TAG_LINES = 50
"""How far back the opening of a tag is looked for."""


def _in_text(document: Document, place: Place) -> Thing:
    line = document.lines[place.line]
    before = line[: place.column]
    open_one = _OPEN_WILDCARD.search(before)
    if open_one and before[: open_one.start()].count("__") % 2 == 0:
        return _word(document, place, "wildcard", _WILDCARD, until="__")
    reference = _REFERENCE.search(before)
    if reference:
        return _word(document, place, "embedding", _IDENTIFIER)
    return _word(document, place, "text", _IDENTIFIER)


def _word(
    document: Document, place: Place, kind: Kind, pattern: re.Pattern[str], until: str = ""
) -> Thing:
    """Return the word around `place` that is made of what `pattern` takes."""
    line = document.lines[place.line]
    before, behind = line[: place.column], line[place.column :]
    reversed_head = pattern.match(before[::-1])
    typed = reversed_head[0][::-1] if reversed_head else ""
    rest = pattern.match(behind)
    tail = rest[0] if rest else ""
    if until:
        typed = typed.rpartition(until)[2] if until in typed else typed
        tail = tail.partition(until)[0]
    start = Place(place.line, place.column - len(typed))
    end = Place(place.line, place.column + len(tail))
    return Thing(kind, typed + tail, Range(start, end), typed)
