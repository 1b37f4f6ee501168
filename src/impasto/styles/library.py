"""Finding packs and styles: in the project's folders first, then the built-in ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.errors import SourceError, StyleError, UnknownNameError
from impasto.styles.pack import Pack, Style, load_pack
from impasto.styles.reach import Reach, default_folders, find_packs
from impasto.styles.reference import parse_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.source import Source, Span
    from impasto.styles.reference import Reference

__all__ = ["Library", "Pack", "Style", "load_pack"]

_MAX_KEPT = 1024


class _Use(NamedTuple):
    """What a reference means: a style, its weight, and the other styles of that short name."""

    style: Style
    weight: float
    namesakes: tuple[Style, ...]


class Library:
    """The packs that are in reach; a pack is read when one of its styles is first asked for.

    `folders` are looked through in order, then those of installed packages and the built-in ones,
    unless `builtin` is false; the first pack of a name wins.
    """

    def __init__(self, folders: tuple[Path, ...] = (), *, builtin: bool = True) -> None:
        self._folders = folders
        self._builtin = builtin
        self._packs: dict[str, Pack] = {}
        self._added: set[str] = set()
        self._uses: dict[str, _Use] = {}
        self._reach: Reach | None = None
        self._memory: dict[object, Any] = {}

    @property
    def files(self) -> dict[str, Path]:
        """The file of every pack, by the name of the pack, which is the file's name.

        Raises:
            LockError: the lock beside a folder cannot be read.
        """
        return self._found().files

    @property
    def shadowed(self) -> dict[str, tuple[Path, ...]]:
        """The files that are not used, since a pack of their name comes first, by that name."""
        return self._found().shadowed

    def _found(self) -> Reach:
        if self._reach is None:
            self._reach = find_packs(self._all_folders())
        return self._reach

    def _all_folders(self) -> tuple[Path, ...]:
        return (*self._folders, *default_folders()) if self._builtin else self._folders

    def pack(self, name: str) -> Pack:
        """Return the pack `name`.

        Raises:
            UnknownNameError: there is none.
            StyleError, FileError: its file is broken.
            LockError: it is not the pack that the lock pins.
        """
        if name not in self._packs:
            path = self.files.get(name)
            if path is None:
                raise UnknownNameError(
                    "style pack", name, tuple(self.files), "impasto styles list names them"
                )
            self._found().verify(path)
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
        self._added.add(pack.name)
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
        found = Library(self._all_folders(), builtin=False)
        found._packs = dict(self._packs)
        found.add(pack)
        return found

    def packs(self) -> tuple[Pack, ...]:
        """Return every pack in reach."""
        return tuple(self.pack(name) for name in self.files)

    def find(self, use: str | Source, home: Pack | None = None) -> tuple[Style, float]:
        """Return the style and the weight that a reference names, "pack/style(option=value):0.7".

        Short names are looked up in `home` first, then folder by folder: `namesakes` tells what
        is further away. A source gives its places to what is wrong.

        Raises:
            UnknownNameError: there is none; the nearest name is proposed.
            StyleError: it is no reference, the short name is in several packs of one folder, the
                style has no such option or the value does not suit it.
        """
        return self._used(use, home)[:2]

    def namesakes(self, use: str) -> tuple[Style, ...]:
        """Return the styles that a reference by short name could mean and does not.

        Raises:
            UnknownNameError, StyleError: as `find`.
        """
        return self._used(use, None).namesakes

    def _used(self, use: str | Source, home: Pack | None) -> _Use:
        text = use if isinstance(use, str) else use.text
        if home is None and text in self._uses:
            return self._uses[text]
        found = self._found_by(parse_reference(use), home)
        if home is None:
            if len(self._uses) >= _MAX_KEPT:
                self._uses.clear()
            self._uses[text] = found
        return found

    def _found_by(self, wanted: Reference, home: Pack | None) -> _Use:
        name = wanted.name
        style, *others = [self._qualified(name)] if "/" in name else self._short(wanted, home)
        weight = style.model.weight if wanted.weight is None else wanted.weight
        if wanted.options:
            from impasto.styles.options import with_options  # noqa: PLC0415 - few uses have them

            style = with_options(style, wanted.options)
        return _Use(style, weight, tuple(others))

    def _qualified(self, name: str) -> Style:
        pack_name, _, short = name.partition("/")
        if pack_name not in self.files and pack_name not in self._packs:
            hint = f'there is no pack "{pack_name}"; impasto styles add brings one from elsewhere'
            raise UnknownNameError("style", name, self._all_names(), hint)
        pack = self.pack(pack_name)
        found = pack.find(short)
        if found is None:
            known = tuple(f"{pack_name}/{s}" for s in (*pack.styles, *pack.aliases))
            raise UnknownNameError("style", name, known)
        return found

    def _short(self, wanted: Reference, home: Pack | None) -> list[Style]:
        """Return the style of a short name, and behind it those that it hides."""
        name = wanted.name
        own = home.find(name) if home else None
        if own:
            return [own]
        likely = [pack for pack in self.files if self._mentions(pack, name)]
        found = self._styles_called(name, likely) or self._styles_called(name, self.files)
        if not found:
            known = self._all_names()
            short = (full.partition("/")[2] for full in known)
            hint = "impasto styles list shows them all"
            raise UnknownNameError("style", name, (*known, *short), hint)
        ranks = [self._rank(style.pack) for style in found]
        nearest = [style for style, rank in zip(found, ranks, strict=True) if rank == min(ranks)]
        nearest = [style for style in nearest if style.short_name == name] or nearest
        if len(nearest) > 1:
            hint = f"write {' or '.join(style.name for style in nearest)}"
            raise StyleError(f'the style "{name}" is in several packs', wanted.span, hint=hint)
        return [*nearest, *(style for style in found if style is not nearest[0])]

    def _styles_called(self, name: str, packs: Iterable[str]) -> list[Style]:
        """Return the styles that have a name, or have it as an alias."""
        found = (self.pack(pack).find(name) for pack in packs)
        return [style for style in found if style]

    def _rank(self, pack: Pack) -> int:
        """Return how far away a pack is: loaded by hand, or by the order of the folders."""
        if pack.name in self._added:
            return -1
        folders = dict.fromkeys(path.parent for path in self.files.values())
        return list(folders).index(self.files[pack.name].parent)

    def _mentions(self, pack: str, name: str) -> bool:
        """Whether a pack has `name` as a key, or in a list, which tells without parsing it."""
        if pack in self._packs:
            return self._packs[pack].find(name) is not None
        try:
            text = self.files[pack].read_bytes()
        except OSError:
            return True  # loading it says what is wrong
        word = re.escape(name.encode(errors="replace"))
        key = rb"""["'\s{,]%b["']?\s*:""" % word
        item = rb"""(?:aliases:[^\n]*?[\s\[,"']|\n\s*-\s*["']?)%b(?![\w-])""" % word
        return bool(re.search(key, text) or re.search(item, text))

    def _all_names(self) -> tuple[str, ...]:
        """Return the names and aliases in the packs that can be read, to propose one of them."""
        found: list[str] = []
        for name in self.files:
            try:
                pack = self.pack(name)
            except SourceError:
                continue
            found += [f"{name}/{style}" for style in (*pack.styles, *pack.aliases)]
        return tuple(found)

    def style_at(self, span: Span) -> Style | None:
        """Return the style of a loaded pack in whose lines `span` lies, or None."""
        file, start, _end = span.in_file()
        for pack in self._packs.values():
            if pack.document.source.name == file.name:
                return pack.style_before(start)
        return None

    def names(self, *, mixins: bool = False) -> tuple[str, ...]:
        """Return the full names of all styles, with or without the mixins."""
        return tuple(
            style.name
            for pack in self.packs()
            for style in pack.styles.values()
            if mixins or not style.model.mixin
        )
