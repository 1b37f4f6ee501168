"""What a style extends: its bases and theirs, each once, in the order in which they count."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import StyleError, UnknownNameError
from impasto.syntax.phrases import strength

if TYPE_CHECKING:
    from impasto.source import Source, Span
    from impasto.styles.library import Library
    from impasto.styles.pack import Style

_MAX_DEPTH = 32


class Link(NamedTuple):
    """A style and the factor on its words."""

    style: Style
    weight: float


def chain(style: Style, library: Library) -> tuple[Link, ...]:
    """Return the bases of `style`, then itself. Of two weights for one base the stronger counts.

    Raises:
        StyleError: a base is missing or has no such option, styles extend each other in a circle
            or too deep, a pack is not of the version that is required; with the place.
    """
    return _Bases(library).of(style)


class _Bases:
    """Follows `extends`; every style is followed once, however many styles extend it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.path: list[str] = []
        self.known: dict[str, tuple[Link, ...]] = {}

    def of(self, style: Style) -> tuple[Link, ...]:
        if style.label not in self.known:
            self.path.append(style.label)
            self.known[style.label] = self._gathered(style)
            self.path.pop()
        return self.known[style.label]

    def _gathered(self, style: Style) -> tuple[Link, ...]:
        found: dict[str, Link] = {}
        for reference in _references(style):
            base, factor = self._base(style, reference)
            for inner, weight in self.of(base):
                link = Link(inner, weight * factor)
                first = found.setdefault(inner.label, link)
                if strength(link.weight) > strength(first.weight):
                    found[inner.label] = link
        return (*found.values(), Link(style, 1.0))

    def _base(self, style: Style, reference: Source) -> tuple[Style, float]:
        place = reference.span(0, len(reference.text))
        base, weight = _found(style, reference, place, self.library)
        if base.label in self.path:
            circle = " -> ".join((*self.path[self.path.index(base.label) :], base.label))
            raise StyleError(f"styles extend each other in a circle: {circle}", place)
        if len(self.path) > _MAX_DEPTH:
            raise StyleError(f"styles extend each other more than {_MAX_DEPTH} times deep", place)
        if base.pack is not style.pack and style.pack.model.requires:
            _check_version(style, base, place)
        return base, weight


def _references(style: Style) -> list[Source]:
    """Return what the style extends, with positions in the file."""
    extends = style.model.extends
    if isinstance(extends, str):
        return [style.text_at("extends")]
    return [style.text_at("extends", at) for at in range(len(extends))]


def _found(style: Style, reference: Source, place: Span, library: Library) -> tuple[Style, float]:
    try:
        return library.find(reference, style.pack)
    except UnknownNameError as error:
        raise StyleError(f'unknown style "{error.name}"', place, hint=error.hint) from error


def _check_version(style: Style, base: Style, place: Span) -> None:
    """Refuse a base of a pack of another version than the pack of the style requires."""
    from impasto.styles.sharing.requirements import of  # noqa: PLC0415 - few packs require others

    version = base.pack.model.version
    for requirement, _ in of(style.pack):
        if requirement.name == base.pack.name and not requirement.accepts(version):
            message = f"{base.name} is of version {version}; this pack requires {requirement}"
            raise StyleError(message, place, hint="impasto styles add brings another version")
