"""Packs restored as the lock pins them, and compared with what their sources have now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from impasto.errors import ImpastoError, LockError
from impasto.styles.sharing import candidates, lock, sources
from impasto.styles.sharing.files import name_of, written_whole
from impasto.styles.sharing.requirements import version_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.styles.sharing.archive import Member
    from impasto.styles.sharing.lock import Lock, Pin
    from impasto.styles.sharing.project import Project
    from impasto.styles.sharing.sources import Fetch

State = Literal["current", "newer", "older", "changed", "gone", "unreachable"]


class Restored(NamedTuple):
    """A pack that was brought back; `changed` says that another file was in its place."""

    pin: Pin
    changed: bool


class Compared(NamedTuple):
    """A pinned pack and its source now: its `version` there, or why it could not be seen."""

    pin: Pin
    state: State
    version: str | None = None
    message: str = ""


def sync(project: Project, fetch: Fetch, *, frozen: bool = False) -> tuple[Restored, ...]:
    """Bring back every pinned pack whose file is missing or not what the lock pins.

    All of them are looked at before one is written. With `frozen` a lock must be there, and a
    file that is not what it pins is an error: only missing files are brought.

    Raises:
        SourceUnavailable, SourceRefused: a source cannot be had, or is not safe to take.
        LockError: a source no longer has what is pinned; with `frozen` a file is not, either.
    """
    held = project.lock()
    if frozen:
        _check_frozen(project, held)
    wanted = [pin for pin in held.pins.values() if lock.mismatch(pin, project.file(pin.name))]
    found: dict[str, bytes] = {}
    for source, pins in _by_source(wanted).items():
        members = sources.members(sources.located(source, project.lock_file.parent), fetch)
        found.update((pin.name, _member(pin, members, held).data) for pin in pins)
    restored = tuple(Restored(pin, project.file(pin.name).exists()) for pin in wanted)
    for pin in wanted:
        written_whole(project.file(pin.name), found[pin.name])
    return restored


def _check_frozen(project: Project, held: Lock) -> None:
    if not project.lock_file.is_file():
        raise LockError(f"there is no {name_of(project.lock_file)}", hint="commit it with the rest")
    for name in held.pins:
        if project.file(name).exists():
            held.verify(project.file(name))


def _by_source(pins: Iterable[Pin]) -> dict[str, list[Pin]]:
    found: dict[str, list[Pin]] = {}
    for pin in pins:
        found.setdefault(pin.source, []).append(pin)
    return found


def _member(pin: Pin, members: tuple[Member, ...], held: Lock) -> Member:
    """Return the file that is pinned, which is known by its digest alone."""
    for member in members:
        if lock.digest(member.data) == pin.sha256:
            pack = candidates.read_pack(member).pack
            if (pack.name, pack.model.version) != (pin.name, pin.version):
                said = f'"{pack.name}" {pack.model.version}'
                raise LockError(
                    f'the lock gives "{pin.name}" {pin.version} the digest of {said}',
                    held.span(pin.name),
                    hint="it was changed by hand; impasto styles add writes it anew",
                )
            return member
    raise LockError(
        f'{pin.source} no longer has the pack "{pin.name}" {pin.version} that is pinned',
        held.span(pin.name),
        hint="impasto styles outdated shows what it has now; impasto styles add takes that",
    )


def outdated(project: Project, fetch: Fetch) -> tuple[Compared, ...]:
    """Return how every pinned pack compares with its source, in the order of names.

    Raises:
        LockError: the lock cannot be read.
    """
    found: list[Compared] = []
    for source, pins in _by_source(project.lock().pins.values()).items():
        try:
            members = sources.members(sources.located(source, project.lock_file.parent), fetch)
            found += [_compared(pin, members) for pin in pins]
        except ImpastoError as error:
            message = getattr(error, "message", str(error))
            found += [Compared(pin, "unreachable", message=message) for pin in pins]
    return tuple(sorted(found))


def _compared(pin: Pin, members: tuple[Member, ...]) -> Compared:
    if any(lock.digest(member.data) == pin.sha256 for member in members):
        return Compared(pin, "current", pin.version)
    offered = candidates.offer(members, pin.source).packs.get(pin.name)
    if offered is None:
        return Compared(pin, "gone")
    version = offered.pack.model.version
    here, there = version_key(pin.version), version_key(version)
    state: State = "newer" if there > here else "older" if there < here else "changed"
    return Compared(pin, state, version)
