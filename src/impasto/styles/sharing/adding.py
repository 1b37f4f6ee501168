"""Packs brought into a project and taken out of it.

The lock is written before the files: whoever is killed between the two leaves a lock that says
what is missing, and `sync` brings it. Packs leave the other way, the files before the lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import (
    PackConflict,
    PackError,
    RequirementError,
    SourceError,
    SourceRefused,
    UnknownNameError,
)
from impasto.styles.library import Library
from impasto.styles.sharing import candidates, lock, requirements, sources
from impasto.styles.sharing.files import name_of, written_whole
from impasto.styles.sharing.project import pinned_pack, version_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from impasto.styles.library import Pack
    from impasto.styles.sharing.candidates import Candidate
    from impasto.styles.sharing.lock import Lock, Pin
    from impasto.styles.sharing.project import Project
    from impasto.styles.sharing.sources import Fetch, Origin


class Added(NamedTuple):
    """A pack that came in: `before` is what was pinned, `hides` a file that it shadows."""

    pin: Pin
    pack: Pack
    before: Pin | None
    hides: Path | None


class Bringing(NamedTuple):
    """What came in, and the YAML files of the source that are no packs."""

    added: tuple[Added, ...]
    others: tuple[str, ...]


def add(
    source: Origin,
    project: Project,
    fetch: Fetch,
    *,
    only: Iterable[str] = (),
    replace: bool = False,
) -> Bringing:
    """Bring the packs of a source into the project, only those named where names are given.

    Nothing is written unless all of them can be.

    Raises:
        SourceUnavailable, SourceRefused: the source cannot be had, or is not safe to take.
        StyleError, FileError: a pack in it is broken.
        UnknownNameError: it has no pack of a name in `only`.
        PackConflict: the place of a pack is taken, and `replace` is false.
        RequirementError: a pack requires what is not there.
        LockError: the project's lock cannot be read.
    """
    if source.path and _overlap(source.path.resolve(), project.folder.resolve()):
        raise SourceRefused(f"{source.name} has the project's own packs, which are there already")
    offer = candidates.offer(sources.members(source, fetch), source.name)
    brought = candidates.chosen(offer, only)
    pins = {name: candidate.pin(source.text) for name, candidate in brought.items()}
    held = project.lock()
    for pin in () if replace else pins.values():
        _check_place(pin, held, project)
    _check_requirements(brought, held, project)
    beyond = Library(project.others).files
    lock.write(held.with_pins({**held.pins, **pins}), project.lock_file)
    for name, candidate in brought.items():
        written_whole(project.file(name), candidate.data)
        project.file(name).with_suffix(".yml").unlink(missing_ok=True)
    added = (
        Added(pin, brought[name].pack, held.pins.get(name), beyond.get(name))
        for name, pin in pins.items()
    )
    return Bringing(tuple(added), offer.others)


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _check_place(pin: Pin, held: Lock, project: Project) -> None:
    """Refuse to put a pack over one from another source, or over what was written by hand."""
    before, there = held.pins.get(pin.name), project.own(pin.name)
    if before and before.source != pin.source:
        raise PackConflict(
            f'the pack "{pin.name}" is there already, from {before.source}',
            hint=f"impasto styles remove {pin.name} first, or add it with --replace",
        )
    if not there or not lock.mismatch(pin, there) or (before and not lock.mismatch(before, there)):
        return
    changed = "was changed by hand" if before else "is a pack of the project's own"
    raise PackConflict(
        f"{name_of(there)} {changed}; it would be lost",
        hint="keep it under another name, or give it up with --replace",
    )


def _check_requirements(brought: dict[str, Candidate], held: Lock, project: Project) -> None:
    """Refuse packs that require what is not there, or that others require in another version."""
    library = project.library()

    def version(name: str) -> str | None:
        pack = brought[name].pack if name in brought else None
        return pack.model.version if pack else version_in(library, name)

    problems = requirements.unmet((c.pack for c in brought.values()), version)
    others = [name for name in held.pins if name not in brought]
    for pack in filter(None, (_sound(name, held, project) for name in others)):
        problems += [
            p for p in requirements.unmet([pack], version) if p.requirement.name in brought
        ]
    if problems:
        wanted = ", ".join(dict.fromkeys(str(problem.requirement) for problem in problems))
        message = "; ".join(problem.message for problem in problems)
        raise RequirementError(message, hint=f"bring in {wanted} first, or all at once")


def _sound(name: str, held: Lock, project: Project) -> Pack | None:
    """Return a pinned pack, None where it is not what the lock says: `check` tells of that."""
    try:
        return pinned_pack(name, held, project)
    except SourceError:
        return None


def remove(project: Project, names: Iterable[str], *, keep: bool = False) -> tuple[Pin, ...]:
    """Take packs out of the project and return their pins; with `keep` their files stay.

    Raises:
        UnknownNameError: no such pack is pinned.
        PackConflict: a file was changed by hand, and `keep` is false.
        PackError: a file cannot be removed.
        LockError: the lock cannot be read.
    """
    held = project.lock()
    pins = tuple(_pinned(name, held) for name in dict.fromkeys(names))
    for pin in () if keep else pins:
        _check_unchanged(pin, project.file(pin.name))
    for pin in () if keep else pins:
        _unlink(project.file(pin.name))
    left = {name: pin for name, pin in held.pins.items() if pin not in pins}
    lock.write(held.with_pins(left), project.lock_file)
    return pins


def _pinned(name: str, held: Lock) -> Pin:
    if name not in held.pins:
        known = tuple(held.pins)
        hint = f"pinned are {', '.join(known)}" if known else "no pack is pinned here"
        raise UnknownNameError("pinned pack", name, known, hint)
    return held.pins[name]


def _check_unchanged(pin: Pin, path: Path) -> None:
    if path.exists() and lock.mismatch(pin, path):
        raise PackConflict(
            f"{name_of(path)} was changed by hand; it would be lost",
            hint=f"impasto styles remove {pin.name} --keep makes it a pack of your own",
        )


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise PackError(f"cannot remove {name_of(path)}: {error.strerror or error}") from error
