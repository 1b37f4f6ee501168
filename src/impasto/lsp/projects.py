"""The project that a document belongs to: its settings, its linter, its styles and word lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from impasto import config
from impasto.errors import ImpastoError, SourceError
from impasto.lint.engine import Linter
from impasto.lint.kinds import WORDS, Surroundings
from impasto.lint.settings import Settings
from impasto.lint.targets import find_targets
from impasto.source import Source
from impasto.styles.library import Pack
from impasto.styles.reach import LOCK, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from impasto.lint.targets import LintTarget
    from impasto.lsp.documents import Document
    from impasto.styles.library import Library
    from impasto.variations.wordlists import Wordlists

USUAL_MODELS = ("stable-diffusion-xl", "flux-dev", "midjourney-v6")
"""What weights are shown for where neither settings nor file name a model: one of each kind."""

LISTS = (".txt", ".yaml", ".yml", ".json")
"""What the names of word lists end in."""

_SETTINGS = ("impasto.toml", "pyproject.toml")


class Overrides(NamedTuple):
    """What the editor's own settings say; empty is what the project says."""

    targets: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: object) -> Overrides:
        """Return what an editor sent: {"targets": ["flux-dev"], "select": […], "ignore": […]}.

        What is none of these, or no list of texts, is passed over.
        """
        given = told if isinstance(told, dict) else {}
        given = given.get("impasto", given)
        lists = {key: given.get(key) for key in cls._fields if isinstance(given, dict)}
        return cls(
            **{
                key: tuple(str(item) for item in value)
                for key, value in lists.items()
                if isinstance(value, list)
            }
        )


class Project:
    """Settings and what follows from them, for the documents in one folder.

    Equal `rules` find the same in a prompt that stands alone, whatever the styles are.

    Raises:
        ImpastoError: settings that cannot be used.
    """

    def __init__(self, folder: Path, overrides: Overrides, packs: Mapping[str, Document]) -> None:
        self.folder = folder
        self.config = config.load(folder)
        self.state = _state(folder, self.config)
        folders = tuple(self.config["style_packs"])
        self.around = Surroundings(folders, tuple(self.config["wildcards"]))
        self.library = _with_open_packs(self.around.library(), folders, packs)
        told = self.config["lint"] or Settings(root=str(self.config.root))
        given = {name: value for name, value in overrides._asdict().items() if value}
        self.settings: Settings = told._replace(**given)
        self.linter = Linter(library=self.library, settings=self.settings, surroundings=self.around)
        self.rules: object = (self.settings, self.around, _lists_state(self.around.words))

    @property
    def is_current(self) -> bool:
        """Whether the files that the project was made from are as they were."""
        return _state(self.folder, self.config) == self.state

    @property
    def wordlists(self) -> Wordlists:
        """The word lists of the project, as they are now."""
        return self.around.lists()

    def kind_of(self, document: Document) -> str | None:
        """Return what the linter checks a document as, None for a file that is not ours."""
        path = document.path
        is_list = path is not None and path.suffix.lower() in LISTS
        return WORDS if is_list and path and self.around.holds_words(path) else document.suffix

    def shown_targets(self, own: str | None = None) -> tuple[LintTarget, ...]:
        """Return what weights are shown for: the model `own`, then those of the settings."""
        named = [own, *self.settings.targets, self.config["model"]]
        found: dict[LintTarget, None] = {}
        for name in [name for name in named if name] or USUAL_MODELS:
            try:
                found.update(dict.fromkeys(find_targets([name])))
            except ImpastoError:  # the linter says that nobody knows it
                continue
        return tuple(found)


def _with_open_packs(
    library: Library, folders: Iterable[Path], packs: Mapping[str, Document]
) -> Library:
    """Return the library with packs as they are in the editor, where they are sound."""
    known = {folder.resolve() for folder in folders}
    for document in packs.values():
        if document.path is None or document.path.parent.resolve() not in known:
            continue
        pack = _pack(document)
        if pack is not None and pack.name == document.path.stem:
            library = library.with_pack(pack)
    return library


def _pack(document: Document) -> Pack | None:
    from impasto import yamlsource  # noqa: PLC0415 - only where a pack is open

    try:
        return Pack(yamlsource.load(Source(document.text, document.name)))
    except SourceError:
        return None


def _state(folder: Path, settings: config.Config) -> tuple[object, ...]:
    """Return what changes when a file of settings or a style pack does."""
    above = [parent / name for parent in (folder, *folder.parents) for name in _SETTINGS]
    packs = [
        path
        for place in (*settings["style_packs"], settings.root / "style_packs")
        if place.is_dir()
        for path in sorted(place.iterdir())
        if path.suffix in SUFFIXES
    ]
    locks = [place.parent / LOCK for place in settings["style_packs"]]
    return tuple(_stamps([*above, *packs, *locks]))


def _lists_state(folders: Iterable[Path]) -> tuple[object, ...]:
    """Return what changes when a word list does."""
    return tuple(_stamps(path for folder in folders for path in sorted(folder.rglob("*"))))


def _stamps(paths: Iterable[Path]) -> Iterable[tuple[str, int, int]]:
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        yield str(path), found.st_mtime_ns, found.st_size


class Projects:
    """The projects of all open documents, made anew when one of their files changes."""

    def __init__(self, overrides: Overrides | None = None) -> None:
        self.overrides = overrides or Overrides()
        self._projects: dict[Path, Project] = {}
        self._packs: dict[str, Document] = {}

    def of(self, document: Document) -> Project:
        """Return the project of a document; that of the current folder for one without a file.

        Raises:
            ImpastoError: its settings cannot be used.
        """
        folder = document.folder or Path.cwd()
        found = self._projects.get(folder)
        if found is None or not found.is_current:
            found = self._projects[folder] = Project(folder, self.overrides, self._packs)
        return found

    def forget(self) -> None:
        """Make every project anew when it is next asked for."""
        self._projects.clear()

    def hold(self, pack: Document) -> bool:
        """Use a style pack as it is in the editor, not as it is on the disk.

        Returns whether that is something new.
        """
        known = self._packs.get(pack.uri)
        if known is not None and known.text == pack.text:
            return False
        self._packs[pack.uri] = pack
        self.forget()
        return True

    def release(self, uri: str) -> None:
        """Use the style pack at `uri` as it is on the disk."""
        if self._packs.pop(uri, None):
            self.forget()
