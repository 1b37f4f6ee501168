"""One parameter of a model at a backend: a quick yes, or all that is to say about a value."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from impasto.models.codes import finding

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.models.card import ModelCard, ParameterSpec

Verdict = tuple[bool, tuple["Diagnostic", ...]]
"""Whether the value is sent, and what was found."""

_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "text": (str,),
    "boolean": (bool,),
}
_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "text": "a text",
    "boolean": "true or false",
}
_REMEMBERED = 1024


class Rule:
    """What `served`, the card at the backend, and the maker's card say of the parameter `name`.

    `maker` is None unless the backend documents the parameter for all models alike.
    """

    def __init__(self, name: str, served: ModelCard, maker: ModelCard | None) -> None:
        self.name = name
        self.served = served
        self.maker = maker
        self.spec = served.parameters.get(name)
        self.limit = maker.parameters.get(name) if maker else None
        self._known: dict[tuple[type, Any], Verdict] = {}
        self._types, self._low, self._high, self._multiple = self._quick()

    def _quick(self) -> tuple[tuple[type, ...], float, float, int]:
        """Return types, bounds and multiple of the values about which there is nothing to say."""
        spec, limit = self.spec, self.limit
        silent = spec and not spec.choices and (limit or not self.maker)
        if not spec or not silent or (self.name == "seed" and self.served.seed_effect != "fixed"):
            return (), 0, 0, 1
        specs = [spec, limit] if limit else [spec]
        ranges = [s.recommended or (-inf, inf) for s in specs]
        lows = [s.min for s in specs if s.min is not None] + [r[0] for r in ranges]
        highs = [s.max for s in specs if s.max is not None] + [r[1] for r in ranges]
        return _TYPES[spec.type], max(lows), min(highs), spec.multiple_of or 1

    def accepts(self, value: Any) -> bool:
        """Whether there is nothing to say about `value`; quick, and sometimes too careful."""
        if type(value) not in self._types:
            return False
        if type(value) in (str, bool):
            return True
        return bool(self._low <= value <= self._high) and value % self._multiple == 0

    def judge(self, value: Any) -> Verdict:
        """Return whether `value` is sent and what is to say about it."""
        key = (type(value), value)
        try:
            known = self._known.get(key)
        except TypeError:  # a list or the like
            return self._judge(value)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._judge(value)
        return known

    def _judge(self, value: Any) -> Verdict:
        if self.spec is None:
            return False, (self._unsupported(self.served, sent=False),)
        problem = self._type_problem(self.spec, value)
        if problem:
            return True, (problem,)
        refused = _refusal(self.spec, value)
        if refused:
            message = f"{self.name} {value}: {self._who(self.served)} takes {refused}"
            hint, near = self._nearest(self.spec, value)
            return True, (finding("parameter-range", "error", self.name, message, hint, near),)
        return True, tuple(self._remarks(self.spec, value))

    def _remarks(self, spec: ParameterSpec, value: Any) -> list[Diagnostic]:
        """Return what is to say about a value that the backend takes."""
        if self.maker and not self.limit:
            return [self._unsupported(self.maker, sent=True)]
        refused = _refusal(self.limit, value) if self.limit else ""
        if self.maker and self.limit and refused:
            takes = f"{self.maker.id} itself takes {refused}"
            message = f"{self.name} {value}: the {self.served.backend} documents it, but {takes}"
            hint, near = self._nearest(self.limit, value)
            return [finding("maker-limit", "warning", self.name, message, hint, near)]
        if spec.recommended and not spec.recommended[0] <= value <= spec.recommended[1]:
            low, high = spec.recommended
            message = f"{self.name} {value} is unusual for {self.served.id}, which works best with {low:g} to {high:g}"
            hint = "; ".join(filter(None, [f"take {_clamp(value, low, high)}", spec.note]))
            return [finding("parameter-unusual", "warning", self.name, message, hint)]
        if self.name == "seed" and self.served.seed_effect == "partial":
            message = (
                f"seed: {self._who(self.served)} may not repeat an image: {self.served.seed_note}"
            )
            return [finding("seed-ineffective", "info", self.name, message)]
        return []

    def _unsupported(self, card: ModelCard, *, sent: bool) -> Diagnostic:
        why = card.lacks.get(self.name, "")
        reason = f" ({why})" if why else ""
        done = (
            f"it is sent, as the {self.served.backend} documents it" if sent else "it is left out"
        )
        message = f"{self._who(card)} has no {self.name}{reason}; {done}"
        hint = f"remove {self.name}" if sent else ""
        rule = "maker-limit" if sent else "parameter-unsupported"
        if self.name == "seed":
            rule, hint = "seed-ineffective", "no seed repeats an image of this model"
        return finding(rule, "warning", self.name, message, hint)

    def _type_problem(self, spec: ParameterSpec, value: Any) -> Diagnostic | None:
        good = type(value) in _TYPES[spec.type] and (type(value) is not float or isfinite(value))
        if good or (spec.choices and str(value) in spec.choices):
            return None
        shown = f'"{value}"' if isinstance(value, str) else repr(value)
        message = f"{self.name} is {_WORDS[spec.type]}, and {shown} is not"
        hint, near = _as_type(spec, value)
        return finding("parameter-type", "error", self.name, message, hint, near)

    def _nearest(self, spec: ParameterSpec, value: Any) -> tuple[str, object]:
        """Return a hint at the valid value next to `value`, and that value; "" for none."""
        if spec.choices:
            from impasto.diagnostics import did_you_mean  # noqa: PLC0415

            hint = did_you_mean(str(value), spec.choices)
            return hint, next((known for known in spec.choices if f'"{known}"' in hint), "")
        step = spec.multiple_of or 1
        near = round(value / step) * step if step > 1 else value
        near = _clamp(near, spec.min, spec.max)
        return "; ".join(filter(None, [f"the nearest valid value is {near}", spec.note])), near

    def _who(self, card: ModelCard) -> str:
        return f"{card.id} at {card.backend}" if card.backend else card.id


def _refusal(spec: ParameterSpec, value: Any) -> str:
    """Return what `spec` takes, if `value` is not of that, else an empty string."""
    if spec.choices:
        return "" if str(value) in spec.choices else f"only {', '.join(spec.choices)}"
    if spec.type in ("text", "boolean"):
        return ""
    if spec.multiple_of and value % spec.multiple_of:
        return f"multiples of {spec.multiple_of}"
    low, high = spec.min, spec.max
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    if low is None or high is None:
        return f"at least {low}" if high is None else f"at most {high}"
    return f"only {low:g}" if low == high else f"{low} to {high}"


def _clamp(value: float, low: float | None, high: float | None) -> float:
    near = value if low is None else max(value, low)
    near = near if high is None else min(near, high)
    return int(near) if near == int(near) else near


def _as_type(spec: ParameterSpec, value: Any) -> tuple[str, object]:
    """Return a hint at how `value` would be of the right type, and that value; "" for none."""
    if spec.type == "boolean":
        words = {"true": True, "false": False}
        return "write true or false", words.get(str(value).lower(), "")
    if spec.type == "text":
        return f"one of {', '.join(spec.choices)}" if spec.choices else "put it in quotes", ""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return "", ""
    if isinstance(value, bool) or not isfinite(number):
        return "", ""
    near = round(number) if spec.type == "integer" or number == int(number) else number
    return f"write {near} without quotes" if isinstance(value, str) else f"write {near}", near
