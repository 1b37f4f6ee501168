"""The nearest request that a model takes: what a check found wrong is set right, and told.

A finding names the valid value next to a refused one as `expected`, which is what the linter's
fixes write into files. Here the same values go into the request itself, and what the model does
not have is left out. What has no nearest value (a text that is too long, a name that nobody
knows) stays as it is, with its finding; so does what is allowed and merely unusual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from impasto.errors import BadValueError
from impasto.models.limits import check
from impasto.models.parameters import normalize_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.diagnostics import Diagnostic
    from impasto.models.card import ModelCard

_PASSES: Final = 4
"""A value that was set right may show what is wrong with another; so far two passes were enough."""
_SIDES: Final = ("width", "height")
_NEAREST: Final = frozenset(("parameter-range", "parameter-type", "size-invalid", "maker-limit"))
_WITHOUT: Final = frozenset(("parameter-unsupported", "parameter-conflict", "seed-ineffective"))


class Change(Struct, frozen=True):
    """What was asked and what is sent instead: `after` is None where it is left out.

    A size is the parameter "size", in the form "1024x768". `reason` is the finding that says why.
    """

    parameter: str
    before: Any
    after: Any
    reason: Diagnostic

    def __str__(self) -> str:
        why = self.reason.message.partition("; it is ")[0]
        told = f"{self.parameter} {self.before}" in why or str(self.before) in why
        done = "it is left out" if self.after is None else f"{self.after} is sent instead"
        return f"{why if told else f'{self.parameter} {self.before}: {why}'}; {done}"

    def to_json(self) -> dict[str, object]:
        """Return the change as a JSON-ready object."""
        return {
            "parameter": self.parameter,
            "before": self.before,
            "after": self.after,
            "code": self.reason.code,
            "reason": self.reason.message,
        }


class Adapted(Struct, frozen=True):
    """Parameters of a request, under their canonical names, and what was changed in them."""

    parameters: dict[str, Any]
    changes: tuple[Change, ...] = ()


def can_help(finding: Diagnostic) -> bool:
    """Whether `adapt` may do something about a finding."""
    if finding.rule in _NEAREST and finding.expected:
        return True
    return finding.severity == "warning" and finding.rule in (*_WITHOUT, "maker-limit")


def adapt(card: ModelCard, backend: str | None, parameters: Mapping[str, Any]) -> Adapted:
    """Return the nearest parameters that the model of `card` takes at `backend`.

    Where a backend documents more than the model's maker takes (as the guide's gateway does), the
    maker's limit counts.
    """
    found = Adapted(_canonical(parameters))
    for _ in range(_PASSES):
        before = found
        for finding in check(card, backend, found.parameters).diagnostics:
            found = _without_fault(found, finding, card, backend)
        if found is before:
            break
    return found


def _canonical(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by their canonical names; what cannot be read stays as it was written."""
    result: dict[str, Any] = {}
    for name, value in parameters.items():
        try:
            items = normalize_one(name, value)
        except BadValueError:
            items = {name: value}
        for key, item in items.items():
            taken = key in result and result[key] != item
            result[name if taken else key] = value if taken else item
    return {name: value for name, value in result.items() if value is not None}


def _without_fault(
    found: Adapted, finding: Diagnostic, card: ModelCard, backend: str | None
) -> Adapted:
    wanted = _remedy(finding, card, card.for_backend(backend))
    before = {name: found.parameters.get(name) for name in wanted}
    if wanted == before:
        return found
    kept = {name: value for name, value in found.parameters.items() if name not in wanted}
    sent = {name: value for name, value in wanted.items() if value is not None}
    changes = _changes(before, sent, finding)
    again = {change.parameter for change in changes}
    first = [change for change in found.changes if change.parameter not in again]
    return Adapted({**kept, **sent}, (*first, *changes))


def _remedy(finding: Diagnostic, card: ModelCard, served: ModelCard) -> dict[str, Any]:
    """Return what to send instead of what `finding` is about; None stands for nothing at all."""
    name = finding.parameter
    if finding.severity == "info":
        return {}
    if finding.rule in _NEAREST and len(finding.expected) == 1:
        near = finding.expected[0]
        if name in _SIDES and not near.isdecimal():
            return {**dict.fromkeys(_SIDES), **normalize_one("size", near)}
        spec = served.parameters.get(name)
        return {name: _typed(near, spec.type if spec else "integer")}
    lacks = finding.rule == "maker-limit" and name not in card.parameters
    if finding.severity == "error" or not (finding.rule in _WITHOUT or lacks):
        return {}
    return dict.fromkeys(_SIDES if name in _SIDES else (name,))


def _typed(text: str, kind: str) -> object:
    if kind == "text":
        return text
    if kind == "boolean":
        return text == "True"
    number = float(text)
    return int(number) if number.is_integer() else number


def _changes(
    before: Mapping[str, Any], sent: Mapping[str, Any], finding: Diagnostic
) -> tuple[Change, ...]:
    if len(before) > 1:
        return (Change("size", _size(before), _size(sent), finding),)
    return tuple(Change(name, old, sent.get(name), finding) for name, old in before.items())


def _size(parameters: Mapping[str, Any]) -> str | None:
    sides = [str(parameters[side]) for side in _SIDES if parameters.get(side) is not None]
    return "x".join(sides) or parameters.get("aspect_ratio")
