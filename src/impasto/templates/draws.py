"""`choice`, `pick` and `shuffle`: drawn by the seed of the render, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from impasto.errors import OpenPromptError
from impasto.templates.run import RUN
from impasto.templates.text import counted
from impasto.variations.draw import Draws

if TYPE_CHECKING:
    from collections.abc import Callable

_ROWS: Final = 1 << 60
"""Rows of templates are numbered from here, apart from those of the choices in a prompt."""


def choice(*options: Any) -> Any:
    """Return one of the options, which are given one by one or as a list."""
    several = _several(options[0] if len(options) == 1 else options)
    if not several:
        raise ValueError("there is nothing to choose from")
    return several[_row("choice").below(len(several))]


def pick(options: Any, count: int = 1) -> list[Any]:
    """Return `count` of the options in the order drawn, all of them where they are fewer."""
    several = _several(options)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f'"{count}" is no number of things to pick')
    row = _row("pick")
    for at in range(min(count, len(several))):
        other = at + row.below(len(several) - at)
        several[at], several[other] = several[other], several[at]
    return several[:count]


def shuffle(options: Any) -> list[Any]:
    """Return the options in another order."""
    several = _several(options)
    return pick(several, len(several))


def _several(options: Any) -> list[Any]:
    """Return the options as a list."""
    if isinstance(options, (str, dict)) or not hasattr(options, "__iter__"):
        raise TypeError(f'a draw needs a list, and "{options}" is none')
    return list(counted(options))


def _row(function: str) -> Draws:
    """Return the random numbers of the next call: each call of a render has its own row."""
    run = RUN.get()
    if run.seed is None:
        raise OpenPromptError(
            f"the template draws with {function}(); give a seed to draw with (seed=…, --seed …)"
        )
    run.draws += 1
    return Draws(run.seed, _ROWS + run.draws)


DRAWS: Final[dict[str, Callable[..., Any]]] = {
    "choice": choice,
    "pick": pick,
    "shuffle": shuffle,
}
