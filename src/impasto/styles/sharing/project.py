"""Where a project keeps packs that came from elsewhere, and whether they are what the lock pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.diagnostics import Diagnostic
from impasto.errors import LockError, SourceError, UnknownNameError
from impasto.styles.library import Library, load_pack
from impasto.styles.reach import LOCK, SUFFIXES
from impasto.styles.sharing import lock
from impasto.styles.sharing.files import name_of
from impasto.styles.sharing.requirements import unmet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from impasto.styles.library import Pack
    from impasto.styles.sharing.lock import Lock


class Project(NamedTuple):
    """A `folder` of packs with the lock beside it; `others` are looked through after it."""

    folder: Path
    others: tuple[Path, ...] = ()

    @property
    def lock_file(self) -> Path:
        """The lock."""
        return self.folder.parent / LOCK

    def lock(self) -> Lock:
        """Return the lock as it is now, an empty one where there is none.

        Raises:
            LockError: it cannot be read.
        """
        return lock.read(self.lock_file)

    def file(self, name: str) -> Path:
        """Return where the pack `name` is kept."""
        return self.folder / f"{name}.yaml"

    def own(self, name: str) -> Path | None:
        """Return the file of the pack `name`, if there is one."""
        there = (self.folder / f"{name}{suffix}" for suffix in SUFFIXES)
        return next((path for path in there if path.exists()), None)

    def library(self) -> Library:
        """Return the packs in reach."""
        return Library((self.folder, *self.others))


def check(project: Project) -> tuple[Diagnostic, ...]:
    """Return where files and lock differ, and what pinned packs require in vain.

    Raises:
        LockError: the lock cannot be read.
    """
    held = project.lock()
    found, packs = [], []
    for name in held.pins:
        try:
            packs.append(pinned_pack(name, held, project))
        except SourceError as error:
            found.append(error.diagnostic)
    return (*found, *unmet_by(packs, project.library()))


def pinned_pack(name: str, held: Lock, project: Project) -> Pack:
    """Return the pack that is pinned as `name`.

    Raises:
        LockError: the file is missing or has another content, name or version.
        StyleError, FileError: the pack is broken.
    """
    path = project.file(name)
    held.verify(path)
    pack = load_pack(path)
    pin = held.pins[name]
    if (pack.name, pack.model.version) != (name, pin.version):
        raise LockError(
            f'{name_of(path)} is the pack "{pack.name}" {pack.model.version}, '
            f'but "{name}" {pin.version} is pinned',
            held.span(name),
            hint="impasto styles add writes what is right",
        )
    return pack


def unmet_by(packs: Iterable[Pack], library: Library) -> Iterator[Diagnostic]:
    """Yield what packs require of others and the library does not have."""
    try:
        for problem in unmet(packs, lambda name: version_in(library, name)):
            hint = "impasto styles add brings a pack from elsewhere"
            yield Diagnostic(
                "IMP006", "style-pack-error", "error", problem.message, problem.span, hint=hint
            )
    except SourceError as error:
        yield error.diagnostic


def version_in(library: Library, name: str) -> str | None:
    """Return the version of the pack `name`, None where it is not in reach.

    Raises:
        SourceError: it is broken.
    """
    try:
        return library.pack(name).model.version
    except UnknownNameError:
        return None
