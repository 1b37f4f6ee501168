"""The outline of a document: its variables and its template, its styles, its prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.lsp import names
from impasto.lsp.documents import Range
from impasto.lsp.places import PACKS, TEMPLATES, front_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.lsp.documents import Document
    from impasto.yamlsource import Document as Yaml

_LONGEST = 60


class Symbol(NamedTuple):
    """Something in a document: `range` is all of it, `name_range` what it is called by."""

    name: str
    kind: str
    range: Range
    name_range: Range
    detail: str = ""
    children: tuple[Symbol, ...] = ()


def outline(document: Document) -> list[Symbol]:
    """Return what the document is made of, in its order."""
    if document.suffix in PACKS:
        return list(_styles(document))
    if document.suffix in TEMPLATES:
        return list(_file(document))
    return [] if document.suffix is None else list(_prompts(document))


def _prompts(document: Document) -> Iterator[Symbol]:
    for at, line in enumerate(document.lines):
        if line.strip() and not line.startswith("# "):
            where = names.line_range(at, len(line))
            yield Symbol(_short(line), "prompt", where, where)


def _file(document: Document) -> Iterator[Symbol]:
    front = names.front_matter(document)
    if front is not None and isinstance(front.data, dict):
        for key in front.data:
            children = _variables(document) if key == "variables" else ()
            yield _at_key(document, front, (key,), "key", children=tuple(children))
    end = front_end(document)
    first = 0 if end is None else end + 1
    if first < len(document.lines):
        line = document.lines[first]
        name = names.line_range(first, len(line))
        whole = Range(name.start, document.whole().end)
        yield Symbol("template", "template", whole, name, _short(line))


def _variables(document: Document) -> Iterator[Symbol]:
    for name, found in names.variables(document).items():
        yield Symbol(name, "variable", found.range, found.range, found.model.type)


def _styles(document: Document) -> Iterator[Symbol]:
    pack = names.pack_of(document)
    for style in pack.styles.values() if pack else ():
        yaml, path = style.pack.document, ("styles", style.short_name)
        variants = tuple(
            _at_key(document, yaml, (*path, "variants", name), "variant")
            for name in style.model.variants
        )
        yield _at_key(document, yaml, path, "style", style.model.title, variants)


def _at_key(
    document: Document,
    yaml: Yaml,
    path: tuple[str, ...],
    kind: str,
    detail: str = "",
    children: tuple[Symbol, ...] = (),
) -> Symbol:
    """Return the symbol of a key of YAML with its value."""
    _, start, end = yaml.key_span(path).in_file()
    last = yaml.span(path).in_file()[2]
    name = Range(document.place(start), document.place(end))
    whole = Range(name.start, max(document.place(last), name.end))
    return Symbol(path[-1], kind, whole, name, detail, children)


def _short(line: str) -> str:
    text = line.strip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
