"""Checks of a request against what a model takes at a backend, before anything is sent or paid.

Nothing is changed silently. What the model lacks is left out and reported; a value out of range
stays, as an error with the nearest valid value. A backend that documents parameters for all its
models (as the gateway's guide does) gets them unchanged, and the maker's own limit is reported.
"""

from __future__ import annotations

import contextlib
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from impasto.diagnostics import Diagnostic, did_you_mean
from impasto.errors import BadValueError
from impasto.models.card import CANONICAL
from impasto.models.codes import CODES, finding
from impasto.models.parameters import ALIASES, MEGAPIXELS, normalize_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.models._rule import Rule
    from impasto.models._shape import Shape, Shaper
    from impasto.models.card import ModelCard

__all__ = ["CODES", "Checked", "check"]

_SHAPE = ("width", "height", "aspect_ratio", MEGAPIXELS)
_NO_SHAPE = (None,) * len(_SHAPE)
_REMEMBERED = 1024


class Checked(Struct, frozen=True):
    """A checked request: the `parameters` to send, what was found, the names that were `dropped`."""

    parameters: dict[str, Any]
    diagnostics: tuple[Diagnostic, ...] = ()
    dropped: tuple[str, ...] = ()


def check(
    card: ModelCard,
    backend: str | None,
    parameters: Mapping[str, Any],
    *,
    prompt: str = "",
    negative_prompt: str = "",
) -> Checked:
    """Check a request for the model of `card` at `backend`; without one, at the model's maker.

    `parameters` may have other names that `normalize` knows; a value of None counts as not given.
    """
    plan = _plan(card, backend)
    checked = plan.recall(parameters) or plan.remember(parameters, _checked(plan, parameters))
    if not negative_prompt and not plan.limited:
        return Checked(dict(checked.parameters), checked.diagnostics, checked.dropped)
    found: list[Diagnostic] = []
    dropped: list[str] = []
    plan.check_texts(prompt, negative_prompt, found, dropped)
    return Checked(
        dict(checked.parameters), (*checked.diagnostics, *found), (*checked.dropped, *dropped)
    )


def _checked(plan: _Plan, parameters: Mapping[str, Any]) -> Checked:
    """Check the parameters of a request, without its texts."""
    found: list[Diagnostic] = []
    dropped: list[str] = []
    if not parameters.keys() <= plan.names or "aspect_ratio" in parameters:
        parameters = _normal(parameters, plan, found, dropped)
    sent: dict[str, Any] = {}
    shape = plan.shape(parameters)
    if shape is not None:
        sent.update(shape.sent)
        found += shape.found
        dropped += shape.dropped
    for name, value in parameters.items():
        rule = plan.rules.get(name)
        if rule is None or value is None:
            continue
        if rule.accepts(value):
            sent[name] = value
            continue
        keep, said = rule.judge(value)
        found += said
        if keep:
            sent[name] = value
        else:
            dropped.append(name)
    return Checked(sent, (*plan.standing, *found), tuple(dropped))


def _key(parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple([(name, value, value.__class__) for name, value in parameters.items()])


@lru_cache(maxsize=256)
def _plan(card: ModelCard, backend: str | None) -> _Plan:
    return _Plan(card, backend)


class _Plan:
    """What can be known of a card at a backend before a request comes."""

    def __init__(self, card: ModelCard, backend: str | None) -> None:
        self.maker = card
        self.served = served = card.for_backend(backend)
        self.names = frozenset((*CANONICAL, MEGAPIXELS, *served.parameters))
        self.shapes: dict[tuple[Any, ...], Shape] = {}
        self.limited = served.max_chars
        self.standing = _standing(served)
        self._checked: dict[tuple[Any, ...], Checked] = {}

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules of all parameters but those of the shape, by name."""
        from impasto.models._rule import Rule  # noqa: PLC0415 - a text alone needs none

        documented = set(self.served.documents)
        return {
            name: Rule(name, self.served, self.maker if name in documented else None)
            for name in self.names.difference(_SHAPE)
        }

    @cached_property
    def shaper(self) -> Shaper:
        """What makes a shape of width, height and ratio."""
        from impasto.models._shape import Shaper  # noqa: PLC0415 - a text alone needs none

        documented = "width" in self.served.documents
        return Shaper(self.served, self.maker if documented else None)

    def recall(self, parameters: Mapping[str, Any]) -> Checked | None:
        """Return what the same parameters came to before, if that is known."""
        try:
            return self._checked.get(_key(parameters))
        except TypeError:  # a list or the like
            return None

    def remember(self, parameters: Mapping[str, Any], checked: Checked) -> Checked:
        """Keep what parameters came to."""
        if len(self._checked) >= _REMEMBERED:
            self._checked.clear()
        with contextlib.suppress(TypeError):
            self._checked[_key(parameters)] = checked
        return checked

    def shape(self, parameters: Mapping[str, Any]) -> Shape | None:
        given = tuple([parameters.get(name) for name in _SHAPE])
        if given == _NO_SHAPE:
            return None
        key = (*given, *map(type, given))
        try:
            known = self.shapes.get(key)
        except TypeError:  # a list or the like
            return self.shaper.shape(*given)
        if known is None:
            if len(self.shapes) >= _REMEMBERED:
                self.shapes.clear()
            known = self.shapes[key] = self.shaper.shape(*given)
        return known

    def check_texts(
        self, prompt: str, negative: str, found: list[Diagnostic], dropped: list[str]
    ) -> None:
        texts = [("prompt", prompt)]
        if negative and self.maker.negative == self.served.negative == "none":
            dropped.append("negative_prompt")
            found.append(self._no_negative("it is left out"))
        elif negative:
            texts.append(("negative_prompt", negative))
            if self.maker.negative == "none" and "negative_prompt" in self.served.documents:
                found.append(
                    self._no_negative(f"it is sent, as the {self.served.backend} documents it")
                )
        for name, text in texts:
            if self.limited and len(text) > self.limited:
                found.append(self._too_long(name, len(text), self.limited))

    def _no_negative(self, done: str) -> Diagnostic:
        message = f"{self.maker.id} has no negative prompt; {done}"
        return finding(
            "negative-unsupported", "warning", "negative_prompt", message, self.maker.negative_note
        )

    def _too_long(self, name: str, length: int, limit: int) -> Diagnostic:
        what = name.replace("_", " ")
        message = f"the {what} has {length} characters, and {self.served.id} takes {limit}"
        return finding("prompt-too-long", "error", name, message, f"shorten it by {length - limit}")


def _standing(card: ModelCard) -> tuple[Diagnostic, ...]:
    """Return what is to say about the model itself."""
    if card.status not in ("retired", "retiring"):
        return ()
    ended = f"is retired{f' since {card.shutdown}' if card.shutdown else ''}"
    if card.status == "retiring":
        ended = f"will be switched off{f' on {card.shutdown}' if card.shutdown else ''}"
    note = f": {card.status_note}" if card.status_note else ""
    hint = f"use {' or '.join(card.replaced_by)}" if card.replaced_by else ""
    message = f"{card.id} {ended}{note}"
    return (finding("model-retired", "warning", "model", message, hint),)


def _normal(
    parameters: Mapping[str, Any], plan: _Plan, found: list[Diagnostic], dropped: list[str]
) -> dict[str, Any]:
    """Return `parameters` by their canonical names; what cannot be is found and dropped."""
    result: dict[str, Any] = {}
    for name, value in parameters.items():
        if value is None:
            continue
        try:
            items = normalize_one(name, value)
        except BadValueError as problem:
            found.append(finding("parameter-type", "error", name, problem.message, problem.hint))
            dropped.append(name)
            continue
        for key, item in items.items():
            remark = _unknown(key, name, plan) or _conflict(key, name, item, result)
            if remark:
                found.append(remark)
                dropped.append(name)
            else:
                result[key] = item
    return result


def _unknown(key: str, name: str, plan: _Plan) -> Diagnostic | None:
    if key in plan.names:
        return None
    hint = did_you_mean(name, [*plan.names, *ALIASES, "size"])
    hint = hint or f"known are {', '.join(dict.fromkeys((*CANONICAL, *plan.served.parameters)))}"
    return finding("parameter-unknown", "error", name, f'no parameter is called "{name}"', hint)


def _conflict(key: str, name: str, item: Any, result: Mapping[str, Any]) -> Diagnostic | None:
    if key not in result or result[key] == item:
        return None
    message = f"{name}: {key} is {result[key]} already; the first counts"
    return finding("parameter-conflict", "error", key, message, "leave one of them out")
