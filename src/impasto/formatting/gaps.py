"""The gaps of a prompt: what stands between the signs that stay where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.formatting.signs import Kind, Sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_OPENING: Final = (Kind.FIELDS, Kind.CHOICE, Kind.COUNTED_CHOICE)
_CLOSING: Final = (Kind.END_FIELDS, Kind.END_CHOICE, Kind.END_COUNTED_CHOICE)
_COUNTED: Final = (Kind.COUNTED_CHOICE, Kind.END_COUNTED_CHOICE)
NESTING: Final = {**dict.fromkeys(_OPENING, 1), **dict.fromkeys(_CLOSING, -1)}
"""How a sign changes the number of open brackets with fields or options in them."""
DEPTH: Final = {**NESTING, Kind.OPEN: 1, Kind.CLOSE: -1}
"""How a sign changes the number of all open brackets."""

FIELD_STARTS: Final = frozenset((Kind.FIELDS, Kind.NEXT_FIELD))
FIELD_ENDS: Final = frozenset((Kind.NEXT_FIELD, Kind.END_FIELDS))
OPTION_STARTS: Final = frozenset((*_OPENING[1:], Kind.NEXT_OPTION, Kind.ODDS))
OPTION_ENDS: Final = frozenset((*_CLOSING[1:], Kind.NEXT_OPTION))
_PARTING: Final = frozenset((Kind.COMMA, Kind.KEYWORD, Kind.COMMENT, Kind.PART_WEIGHT))
_BETWEEN: Final = frozenset((Kind.SPACE, Kind.OPEN, Kind.CLOSE, Kind.DROPPED))
_SPACES: Final = frozenset((Kind.SPACE, Kind.DROPPED))


class Gap(NamedTuple):
    """Spaces and brackets of groups between two signs, which are None at the ends of a text."""

    left: Sign | None
    signs: tuple[Sign, ...]
    right: Sign | None

    @property
    def kinds(self) -> tuple[Kind | None, Kind | None]:
        """The kinds of the neighbours."""
        return (self.left and self.left.kind), (self.right and self.right.kind)

    @property
    def has_space(self) -> bool:
        """Whether the neighbours are apart."""
        return any([sign.kind in _SPACES for sign in self.signs])

    @property
    def has_line_end(self) -> bool:
        """Whether the neighbours stand in different lines."""
        return any([sign.kind is Kind.SPACE and "\n" in sign.text for sign in self.signs])

    def without_first_space(self) -> Gap:
        """Return the gap as it is where nothing stands before its first bracket."""
        at = 0
        while at < len(self.signs) and self.signs[at].kind in _SPACES:
            at += 1
        return Gap(self.left, self.signs[at:], self.right)

    @property
    def brackets(self) -> list[Sign]:
        """The brackets alone."""
        return [sign for sign in self.signs if sign.kind not in _SPACES]


def gaps_of(signs: Iterable[Sign]) -> Iterator[Gap]:
    """Yield the gaps of a prompt in order, those at its ends among them."""
    left: Sign | None = None
    between: list[Sign] = []
    for sign in signs:
        if sign.kind in _BETWEEN:
            between.append(sign)
            continue
        yield Gap(left, tuple(between), sign)
        left, between = sign, []
    yield Gap(left, tuple(between), None)


def idle_at_starts(gaps: Sequence[Gap]) -> list[bool]:
    """Return for every gap whether a space at the start of a field says nothing.

    It says nothing where something else parts the bracket from the words before: a space, a
    comma, a keyword, the start of the text. Of a choice that takes several, any option may
    follow any other one.
    """
    found: list[bool] = []
    around: list[bool] = []
    for gap in gaps:
        left, right = gap.kinds
        inner = bool(around) and around[-1]
        found.append(inner)
        if right in _OPENING:
            idle = _is_idle(gap, left, OPTION_STARTS, FIELD_STARTS, inner)
            around.append(idle and right not in _COUNTED)
        elif right in _CLOSING and around:
            around.pop()
    return found


def idle_at_ends(gaps: Sequence[Gap]) -> list[bool]:
    """Return the same of a space at the end of a field, with the words behind."""
    found: list[bool] = []
    around: list[bool] = []
    for gap in reversed(gaps):
        left, right = gap.kinds
        inner = bool(around) and around[-1]
        found.append(inner)
        if left in _CLOSING:
            idle = _is_idle(gap, right, OPTION_ENDS, FIELD_ENDS, inner)
            around.append(idle and left not in _COUNTED)
        elif left in _OPENING and around:
            around.pop()
    return found[::-1]


def _is_idle(
    gap: Gap,
    neighbour: Kind | None,
    options: frozenset[Kind],
    fields: frozenset[Kind],
    inner: bool,
) -> bool:
    """Return whether `gap` parts a bracket from what is beyond it on one side."""
    if neighbour in options:  # spaces at the edges of an option do not count
        return inner
    if neighbour in fields:
        return inner or gap.has_space
    return neighbour is None or neighbour in _PARTING or gap.has_space
