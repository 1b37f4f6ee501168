"""What styles ask of a model in vain gives way, and it is told.

A style was written for some models and travels to all. Where a model refuses a value that a style
asks for, a size becomes the nearest that the model paints, and of anything else the model's own
default counts: a guidance of 7 says nothing about one of 1.5 to 5. What the file or the call asks
for stays as it is, with its finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from impasto.models.limits import check
from impasto.models.parameters import overridden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.compose.composition import Composition
    from impasto.diagnostics import Diagnostic
    from impasto.models.card import ModelCard

_RANGE, _SIZE = "parameter-range", "size-invalid"
_SIDES = ("width", "height")


class Yielded(NamedTuple):
    """The parameters that are left to send, and what was found about the others."""

    parameters: dict[str, Any]
    findings: tuple[Diagnostic, ...] = ()


def give_way(
    card: ModelCard, backend: str | None, composition: Composition, given: Mapping[str, Any]
) -> Yielded:
    """Return the parameters of `composition` without what styles ask of the model in vain.

    Those that are `given`, under their canonical names, replace them and stay.
    """
    wanted = overridden(composition.parameters, given) if given else composition.parameters
    wrong = [d for d in check(card, backend, wanted).diagnostics if d.severity == "error"]
    if not wrong:
        return Yielded(wanted)
    styles = {n: s for n, s in composition.parameter_styles.items() if n not in given}
    found: list[Diagnostic] = []
    kept = dict(wanted)
    for finding in wrong:
        style = styles.get(finding.parameter, "")
        if style and finding.rule == _RANGE:
            del kept[finding.parameter]
            found.append(_told(finding, style, "it is left out"))
        elif style and finding.rule == _SIZE and _is_whole(wanted, styles):
            [nearest] = finding.expected
            kept.update(zip(_SIDES, map(int, nearest.split("x")), strict=True))
            found.append(_told(finding, style, f"{nearest} is sent"))
    return Yielded(kept, tuple(found))


def _is_whole(wanted: Mapping[str, Any], styles: Mapping[str, str]) -> bool:
    """Whether styles ask for all that there is of a size."""
    return all(side in styles for side in _SIDES if side in wanted)


def _told(finding: Diagnostic, style: str, done: str) -> Diagnostic:
    message = f"{finding.message}; the style {style} asks for it, and {done}"
    hint = "a variant of the style can say what suits this model"
    return replace(finding, severity="warning", message=message, hint=hint)
