"""What packs require of each other: "noir >=1.2, <2" is a pack and a range of versions."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import StyleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from impasto.source import Span
    from impasto.styles.library import Pack

Key = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]

_COMPARE: Final[dict[str, Callable[[Key, Key], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_VERSION: Final = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+\S*)?")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_BOUND: Final = re.compile(r"(==|!=|>=|<=|>|<)\s*(\S+)")
_EXAMPLE: Final = ('"noir", "noir >=1.2" or "noir >=1.2, <2"',)


class Bound(NamedTuple):
    """A comparison with a version: "==", "!=", ">=", "<=", ">" or "<"."""

    sign: str
    version: str

    def holds(self, version: str) -> bool:
        """Whether `version` is within."""
        return _COMPARE[self.sign](version_key(version), version_key(self.version))


class Requirement(NamedTuple):
    """A pack that another one requires; every one of `bounds` holds for its version."""

    name: str
    bounds: tuple[Bound, ...] = ()

    def __str__(self) -> str:
        bounds = ", ".join(f"{sign}{version}" for sign, version in self.bounds)
        return f"{self.name} {bounds}".strip()

    def accepts(self, version: str) -> bool:
        """Whether a pack of `version` will do."""
        return all(bound.holds(version) for bound in self.bounds)


class Unmet(NamedTuple):
    """A requirement that nothing fulfils: `found` is the version that is there, or None."""

    pack: str
    requirement: Requirement
    found: str | None
    span: Span

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        there = f"which is here as {self.found}" if self.found else "which is not here"
        return f'the pack "{self.pack}" requires {self.requirement}, {there}'


def version_key(version: str) -> Key:
    """Return what versions are ordered by: those of semantic versioning, missing numbers as 0.

    Raises:
        ValueError: no version.
    """
    found = _VERSION.fullmatch(version)
    if not found:
        raise ValueError(version)
    major, minor, patch = (int(number or 0) for number in found.groups()[:3])
    parts = tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part)
        for part in (found[4] or "").split(".")
        if part
    )
    return major, minor, patch, not parts, parts


def parse(text: str, span: Span | None = None) -> Requirement:
    """Read "name" or "name >=1.2, <2".

    Raises:
        StyleError: anything else.
    """
    text = text.strip()
    name = _NAME.match(text)
    rest = text[name.end() :].strip() if name else ""
    bounds = [_BOUND.fullmatch(bound.strip()) for bound in rest.split(",")] if rest else []
    if not name or not all(bound and _VERSION.fullmatch(bound[2]) for bound in bounds):
        message = f'"{text}" does not say which pack is required'
        raise StyleError(message, span, expected=_EXAMPLE)
    return Requirement(name[0], tuple(Bound(bound[1], bound[2]) for bound in bounds if bound))


def of(pack: Pack) -> Iterator[tuple[Requirement, Span]]:
    """Yield what a pack requires and where it says so.

    Raises:
        StyleError: it does not say it so that it can be read.
    """
    for at, text in enumerate(pack.model.requires):
        span = pack.document.span(("requires", at))
        yield parse(text, span), span


def unmet(packs: Iterable[Pack], version: Callable[[str], str | None]) -> list[Unmet]:
    """Return what `packs` require in vain; `version` tells that of a pack in reach, or None."""
    found = []
    for pack in packs:
        for requirement, span in of(pack):
            there = version(requirement.name)
            if there is None or not requirement.accepts(there):
                found.append(Unmet(pack.name, requirement, there, span))
    return found
