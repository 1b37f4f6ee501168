"""Finding packs and styles: in the project's folders first, then the built-in ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto._data import data_dir
from impasto.errors import StyleError, UnknownNameError

if TYPE_CHECKING:
    from impasto.source import Source, Span
    from impasto.styles.schema import StyleModel
    from impasto.yamlsource import Document

_REFERENCE = re.compile(r"\s*([^:\s][^:]*?)\s*(?::\s*(\d+(?:\.\d*)?|\.\d+)\s*)?\Z")
SUFFIXES = (".yaml", ".yml")
_MAX_KEPT = 1024


class Pack:
    """A loaded style pack; `styles` are its styles by name.

    Raises:
        StyleError: the file breaks the schema; file, line and key are given.
        FileError: the file is no YAML or cannot be read.
    """

    def __init__(self, document: Document) -> None:
        from impasto.schemas import validate  # noqa: PLC0415 - pydantic is slow to import
        from impasto.styles.schema import PackModel  # noqa: PLC0415

        self.document = document
        self.model = validate(PackModel, document, StyleError)
        self.name: str = self.model.name
        self.styles = {name: Style(self, name, s) for name, s in self.model.styles.items()}

    def __repr__(self) -> str:
        return f"Pack({self.name!r}, {len(self.styles)} styles)"


class Style:
    """One style of a pack."""

    def __init__(self, pack: Pack, name: str, model: StyleModel) -> None:
        self.pack = pack
        self.short_name = name
        self.name = f"{pack.name}/{name}"
        self.model = model

    def __repr__(self) -> str:
        return f"Style({self.name!r})"

    @property
    def span(self) -> Span:
        """Where the style's name stands."""
        return self.pack.document.key_span(("styles", self.short_name))

    def text_at(self, *path: str) -> Source:
        """Return a text of the style as a source with positions in the file."""
        return self.pack.document.text(("styles", self.short_name, *path))


class StyleUse(NamedTuple):
    """A style as somebody asked for it: name and weight."""

    name: str
    weight: float = 1.0


def parse_use(text: str, span: Span | None = None) -> StyleUse:
    """Read "name" or "name:0.7".

    Raises:
        StyleError: anything else.
    """
    found = _REFERENCE.match(text)
    if not found:
        raise StyleError(
            f'"{text}" names no style', span, expected=('a name such as "noir" or "noir:0.7"',)
        )
    return StyleUse(found[1], float(found[2]) if found[2] else 1.0)


class Library:
    """The packs that are in reach; a pack is read when one of its styles is first asked for.

    `folders` are looked through in order, the built-in packs last; the first pack of a name wins.
    """

    def __init__(self, folders: tuple[Path, ...] = (), *, builtin: bool = True) -> None:
        self._folders = (*folders, *((data_dir("style_packs"),) if builtin else ()))
        self._packs: dict[str, Pack] = {}
        self._uses: dict[str, tuple[Style, float]] = {}
        self._files: dict[str, Path] | None = None
        self._memory: dict[object, Any] = {}

    @property
    def files(self) -> dict[str, Path]:
        """The file of every pack, by the name of the pack, which is the file's name."""
        if self._files is None:
            self._files = {}
            for folder in self._folders:
                for path in sorted(folder.glob("*.y*ml")):
                    if path.suffix in SUFFIXES:
                        self._files.setdefault(path.stem, path)
        return self._files

    def pack(self, name: str) -> Pack:
        """Return the pack `name`.

        Raises:
            UnknownNameError: there is none.
            StyleError, FileError: its file is broken.
        """
        if name not in self._packs:
            path = self.files.get(name)
            if path is None:
                raise UnknownNameError("style pack", name, tuple(self.files))
            pack = load_pack(path)
            if pack.name != name:
                span = pack.document.span(("name",))
                raise StyleError(
                    f'the pack calls itself "{pack.name}", its file "{path.name}"',
                    span,
                    hint="give both the same name",
                )
            self._packs[name] = pack
        return self._packs[name]

    def add(self, pack: Pack) -> None:
        """Put a pack in reach that was loaded by hand; it wins over one of the same name."""
        self.files.setdefault(pack.name, Path(pack.document.span(()).file))
        self._packs[pack.name] = pack
        self._uses.clear()
        self._memory.clear()

    def recall(self, key: object) -> Any:
        """Return what `remember` was given for `key`, or None. `add` makes it forget."""
        return self._memory.get(key)

    def remember(self, key: object, made: Any) -> None:
        """Keep what was made of the styles, a limited number of such things."""
        if len(self._memory) >= _MAX_KEPT:
            self._memory.clear()
        self._memory[key] = made

    def with_pack(self, pack: Pack) -> Library:
        """Return a library that has `pack`, too, and first; this one stays as it is."""
        found = Library(self._folders, builtin=False)
        found._packs = dict(self._packs)
        found.add(pack)
        return found

    def packs(self) -> tuple[Pack, ...]:
        """Return every pack in reach."""
        return tuple(self.pack(name) for name in self.files)

    def find(self, use: str, home: Pack | None = None) -> tuple[Style, float]:
        """Return the style that "style", "pack/style" or "pack/style:0.7" names, and the weight.

        Raises:
            UnknownNameError: there is none; the nearest name is proposed.
            StyleError: the short name is in several packs.
        """
        if home is None and use in self._uses:
            return self._uses[use]
        name, weight = parse_use(use)
        style = self._qualified(name) if "/" in name else self._short(name, home)
        if home is None:
            if len(self._uses) >= _MAX_KEPT:
                self._uses.clear()
            self._uses[use] = (style, weight)
        return style, weight

    def _qualified(self, name: str) -> Style:
        pack_name, _, short = name.partition("/")
        if pack_name not in self.files and pack_name not in self._packs:
            raise UnknownNameError("style", name, self.names(mixins=True))
        pack = self.pack(pack_name)
        if short not in pack.styles:
            known = tuple(f"{pack_name}/{s}" for s in pack.styles)
            raise UnknownNameError("style", name, known)
        return pack.styles[short]

    def _short(self, name: str, home: Pack | None) -> Style:
        if home and name in home.styles:
            return home.styles[name]
        found = [p.styles[name] for p in self.packs() if name in p.styles]
        if not found:
            known = (*self.names(mixins=True), *(n.split("/")[1] for n in self.names(mixins=True)))
            raise UnknownNameError("style", name, known, "impasto styles list shows them all")
        if len(found) > 1:
            names = " or ".join(style.name for style in found)
            raise StyleError(f'the style "{name}" is in several packs', hint=f"write {names}")
        return found[0]

    def style_at(self, span: Span) -> Style | None:
        """Return the style of a loaded pack in whose lines `span` lies, or None."""
        file, line = span.file, span.line
        for pack in self._packs.values():
            if pack.document.source.name == file:
                before = [s for s in pack.styles.values() if s.span.line <= line]
                return max(before, key=lambda s: s.span.line, default=None)
        return None

    def names(self, *, mixins: bool = False) -> tuple[str, ...]:
        """Return the full names of all styles, with or without the mixins."""
        return tuple(
            style.name
            for pack in self.packs()
            for style in pack.styles.values()
            if mixins or not style.model.mixin
        )


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
