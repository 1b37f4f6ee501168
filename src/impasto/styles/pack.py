"""A style pack: one YAML file, and the styles in it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from impasto._data import data_dir
from impasto.errors import StyleError
from impasto.schemas import validate
from impasto.styles.schema import PackModel

if TYPE_CHECKING:
    from impasto.source import Source, Span
    from impasto.styles.schema import StyleModel
    from impasto.templates.template import Template
    from impasto.yamlsource import Document


class Pack:
    """A loaded style pack; `styles` are its styles by name, `aliases` those by other names.

    `templates` is a memory for whoever renders the texts.

    Raises:
        StyleError: the file breaks the schema; file, line and key are given.
        FileError: the file is no YAML or cannot be read.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.model = validate(PackModel, document, StyleError)
        self.name: str = self.model.name
        self.styles = {name: Style(self, name, s) for name, s in self.model.styles.items()}
        self.aliases: dict[str, Style] = {}
        self.templates: dict[tuple[str, ...], Template] = {}
        for style in self.styles.values():
            self._check(style)

    def __repr__(self) -> str:
        return f"Pack({self.name!r}, {len(self.styles)} styles)"

    def find(self, name: str) -> Style | None:
        """Return the style that has `name`, or has it as an alias; None if there is none."""
        return self.styles.get(name) or self.aliases.get(name)

    def style_before(self, offset: int) -> Style | None:
        """Return the style whose name stands last before an offset in the file, or at it."""
        at = bisect_right(self._places, offset, key=itemgetter(0))
        return self._places[at - 1][1] if at else None

    @cached_property
    def _places(self) -> list[tuple[int, Style]]:
        """Where the name of each style stands in the file, in order."""
        found = [(style.span.in_file()[1], style) for style in self.styles.values()]
        return sorted(found, key=itemgetter(0))

    def _check(self, style: Style) -> None:
        """Learn the aliases of a style and refuse what the schema cannot see."""
        if style.model.options:
            from impasto.styles.options import check_options  # noqa: PLC0415 - few styles have them

            check_options(style)
        for at, alias in enumerate(style.model.aliases):
            other = self.styles.get(alias) or self.aliases.setdefault(alias, style)
            if other is not style:
                place = self.document.span(("styles", style.short_name, "aliases", at))
                raise StyleError(f'"{alias}" is the style {other.name} already', place)


class Style:
    """One style of a pack, as its options make it.

    `label` is how this style is asked for: its full name, with the options that were changed.
    """

    def __init__(self, pack: Pack, name: str, model: StyleModel) -> None:
        self.pack = pack
        self.short_name = name
        self.name = self.label = f"{pack.name}/{name}"
        self.model = model

    def __repr__(self) -> str:
        return f"Style({self.label!r})"

    @cached_property
    def options(self) -> dict[str, object]:
        """The value of each option."""
        if not self.model.options:
            return {}
        from impasto.styles.options import defaults  # noqa: PLC0415 - few styles have options

        return defaults(self)

    def with_values(self, options: dict[str, object], label: str) -> Style:
        """Return the style with other values of its options, which is called `label`."""
        found = Style(self.pack, self.short_name, self.model)
        found.options, found.label = options, label
        return found

    @property
    def span(self) -> Span:
        """Where the style's name stands."""
        return self.pack.document.key_span(("styles", self.short_name))

    def option_span(self, name: str) -> Span:
        """Return where an option is defined."""
        return self.pack.document.key_span(("styles", self.short_name, "options", name))

    def text_at(self, *path: str | int) -> Source:
        """Return a text of the style as a source with positions in the file."""
        return self.pack.document.text(("styles", self.short_name, *path))


def load_pack(path: Path | str) -> Pack:
    """Read the style pack at `path`.

    Raises:
        StyleError: the pack breaks the schema; file, line and key are given.
        FileError: the file cannot be read or is no YAML.
    """
    from impasto.yamlsource import load_file  # noqa: PLC0415 - yaml is needed for packs alone

    path = Path(path)
    return Pack(load_file(path, _called(path)))


def _called(path: Path) -> str:
    """Return what messages call a pack's file: short for the built-in ones and the project's."""
    if path.parent == data_dir("style_packs"):
        return f"style_packs/{path.name}"
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
