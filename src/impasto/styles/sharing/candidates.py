"""Packs on their way into a project: read, checked against the schema, told apart by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto import yamlsource
from impasto.errors import PackConflict, SourceRefused, UnknownNameError
from impasto.source import Source
from impasto.styles.library import Pack
from impasto.styles.sharing.lock import Pin, digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.styles.sharing.archive import Member

_STYLES: Final = re.compile(rb"""^["']?styles["']?[ \t]*:""", re.MULTILINE)
_DEVICES: Final = re.compile(r"con|prn|aux|nul|(com|lpt)\d")


class Candidate(NamedTuple):
    """A pack that a source offers: its bytes, and what they say."""

    pack: Pack
    data: bytes

    def pin(self, source: str) -> Pin:
        """Return what a lock says of it."""
        return Pin(self.pack.name, self.pack.model.version, source, digest(self.data))


class Offer(NamedTuple):
    """The packs of a source by name, and the YAML files in it that are none."""

    packs: dict[str, Candidate]
    others: tuple[str, ...]


def offer(members: tuple[Member, ...], source: str) -> Offer:
    """Return what a source offers. A file alone is a pack; among several, those with styles are.

    Raises:
        SourceRefused: no pack is there, or a file is not UTF-8.
        StyleError, FileError: a pack that breaks the schema, or is no YAML.
        PackConflict: two packs of one name.
    """
    chosen = [m for m in members if len(members) == 1 or _STYLES.search(m.data)]
    packs: dict[str, Candidate] = {}
    paths: dict[str, str] = {}
    for member in chosen:
        candidate = read_pack(member)
        name = candidate.pack.name
        if name in packs:
            raise PackConflict(f'{source} has two packs "{name}": {paths[name]} and {member.path}')
        packs[name], paths[name] = candidate, member.path
    if not packs:
        raise SourceRefused(
            f"{source} has YAML files, but none with styles", hint="impasto styles schema shows one"
        )
    return Offer(packs, tuple(m.path for m in members if m not in chosen))


def read_pack(member: Member) -> Candidate:
    """Return the pack that a file is.

    Raises:
        SourceRefused: it is no UTF-8 text, or its name cannot be that of a file.
        StyleError, FileError: it breaks the schema, or is no YAML.
    """
    try:
        text = member.data.decode()
    except UnicodeDecodeError as error:
        raise SourceRefused(
            f"{member.path} is no UTF-8 text, so it is no style pack",
            hint="a pack is a YAML file, or a zip archive of such files",
        ) from error
    pack = Pack(yamlsource.load(Source(text, member.path)))
    if _DEVICES.fullmatch(pack.name):
        raise SourceRefused(f'"{pack.name}" cannot be the name of a file on Windows')
    return Candidate(pack, member.data)


def chosen(found: Offer, names: Iterable[str]) -> dict[str, Candidate]:
    """Return the packs of these names, all of them where no name is given.

    Raises:
        UnknownNameError: the source has no such pack.
    """
    wanted = tuple(names) or tuple(found.packs)
    for name in wanted:
        if name not in found.packs:
            raise UnknownNameError("style pack", name, tuple(found.packs))
    return {name: found.packs[name] for name in wanted}
