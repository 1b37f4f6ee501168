"""Whether a fix keeps the effective weights of a prompt."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from impasto.lint.fix import apply_edits
from impasto.lint.reading import closed, reread
from impasto.lint.settings import CANONICAL
from impasto.syntax.escapes import literal
from impasto.syntax.nodes import Choice, Group, Text, Value
from impasto.syntax.walk import children
from impasto.syntax.weights import changes, runs
from impasto.variations.draw import is_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.diagnostics import Fix
    from impasto.syntax.nodes import Part
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs

_STEPS = 20
_TOLERANCE = 1e-4
_SEEDS = (0, 1, 2)
_DIGITS = 6


def keeps_meaning(prompt: Prompt, fixes: Sequence[Fix]) -> bool:
    """Whether the prompt means the same after the fixes: the same texts at the same weights.

    What it means is what its own dialect makes of it.
    """
    text = apply_edits(prompt.text, [edit for fix in fixes for edit in fix.edits])
    after = reread(text, prompt)
    if len(after.parts) != len(prompt.parts) or len(after.diagnostics) > len(prompt.diagnostics):
        return False
    if prompt.dialect == CANONICAL and all(
        same_outline(outline(x), outline(y)) for x, y in zip(prompt.parts, after.parts, strict=True)
    ):
        return True
    seeds = _SEEDS if any(_has_choices(version) for version in (prompt, after)) else _SEEDS[:1]
    old, new = _meaning(prompt, seeds), _meaning(after, seeds)
    return len(old) == len(new) and all(_same(x, y) for x, y in zip(old, new, strict=True))


_Outline: TypeAlias = "list[tuple[object, Runs]]"


def outline(part: Part) -> _Outline:
    """Return what a part says, its groups dissolved into the weights of the texts.

    Pairs: what stands there besides text and groups, and the runs behind it. Where the outlines of
    two parts are the same, so are their meanings, whatever is drawn and at every step; where they
    are not, the meanings still may be.
    """
    runs: list[tuple[str, float]] = []
    found: _Outline = [(part.weight, runs)]
    work: list[tuple[Any, float]] = [(node, 1.0) for node in part.children[::-1]]
    while work:
        node, weight = work.pop()
        kind = type(node)
        if kind is Text or kind is Value:
            text = literal(node.value) if kind is Text and "\\" in node.value else node.value
            runs.append((text, round(weight, _DIGITS)))
        elif kind is Group:
            inner = weight * node.weight
            work += [(child, inner) for child in reversed(node.children)]
        else:
            runs = [(_STANDS_FOR_IT, weight)]
            found.append((_mark(node), runs))
            for nodes in reversed(children(node)) if node is not _END else ():
                work.append((_END, weight))
                work += [(child, weight) for child in reversed(nodes)]
    return found


_END: Final = "end"
_STANDS_FOR_IT: Final = "\ufffc"


def _mark(node: Any) -> object:
    """Return what a node says beside its children."""
    if not isinstance(node, Struct):
        return node
    if isinstance(node, Choice):
        return Choice, node.mark, node.sampler, tuple(option.mark for option in node.options)
    own = (getattr(node, name) for name in node.__struct_fields__ if name not in ("start", "end"))
    return type(node), tuple(value for value in own if not _holds_nodes(value))


def _holds_nodes(value: object) -> bool:
    while isinstance(value, tuple) and value:
        value = value[0]
    return isinstance(value, (tuple, Struct))


def same_outline(first: _Outline, second: _Outline) -> bool:
    """Whether two outlines are the same, every word at the same weight within 1e-4."""
    return len(first) == len(second) and all(
        x == y or (x[0] == y[0] and same_runs(x[1], y[1]))
        for x, y in zip(first, second, strict=True)
    )


_Stretch: TypeAlias = "tuple[float, int, Runs]"


def _has_choices(prompt: Prompt) -> bool:
    return any(is_open(part.children) for part in prompt.parts)


def _meaning(prompt: Prompt, seeds: Sequence[int]) -> list[_Stretch]:
    if prompt.dialect != CANONICAL:
        return [(w, s, r) for seed in seeds for w, s, r in closed(prompt, seed).schedule(_STEPS)]
    return [
        (part.weight, step, runs(part.children, step, _STEPS))
        for version in [closed(prompt, seed) for seed in seeds]
        for part in version.parts
        for step in changes(part.children, _STEPS)
    ]


def _same(old: _Stretch, new: _Stretch) -> bool:
    same_weight = abs(old[0] - new[0]) <= _TOLERANCE
    return same_weight and old[1] == new[1] and same_runs(old[2], new[2])


def same_runs(first: Runs, second: Runs) -> bool:
    """Whether two lists of runs give the same text, every word at the same weight within 1e-4.

    Spaces have no weight that anyone hears.
    """
    if "".join(text for text, _ in first) != "".join(text for text, _ in second):
        return False
    text = "".join(text for text, _ in first)
    left, right = _ends(first), _ends(second)
    at = i = j = 0
    while at < len(text):
        (end, weight), (other_end, other) = left[i], right[j]
        stop = min(end, other_end)
        if abs(weight - other) > _TOLERANCE and text[at:stop].strip():
            return False
        at, i, j = stop, i + (end == stop), j + (other_end == stop)
    return True


def _ends(found: Runs) -> list[tuple[int, float]]:
    """Return where every run ends in the text of all, with its weight."""
    ends = accumulate(len(text) for text, _ in found)
    return [(end, weight) for end, (_, weight) in zip(ends, found, strict=True)]
