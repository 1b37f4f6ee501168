"""What the variables of a `.prompt` file accept."""

from __future__ import annotations

import keyword
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from impasto.source import Span
    from impasto.templates.conversion import Conversion, Problem
    from impasto.templates.frontmatter import VariableModel

_PLAIN_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (float, int),
    "boolean": (bool,),
    "list": (str,),
}
_EXACT = 2.0**53
"""Whole numbers below are as exact as numbers with a point."""
_UNSURE = object()
_RESERVED = frozenset(
    ("recursive", "true", "false", "none", "loop", "self", "caller", "varargs", "kwargs", "model")
)


class Fault(NamedTuple):
    """Why no value can suit a variable; `key` is the guilty one, "" for the variable's name."""

    key: str
    message: str
    expected: tuple[str, ...] = ()


class Checker:
    """Checks values against variables, and gives them their types and defaults."""

    def __init__(self, variables: Mapping[str, VariableModel]) -> None:
        self._variables = variables
        self._conversion: Conversion | None = None

    def check(
        self, values: Mapping[str, object], place: Callable[[str], Span]
    ) -> dict[str, object]:
        """Return the values of all variables; `place` says where one is defined.

        Raises:
            BadValueError: one is missing or not what its variable accepts.
        """
        plain = self._plain(values)
        if plain is not None:
            return plain
        if self._conversion is None:
            from impasto.templates.conversion import Conversion  # noqa: PLC0415 - pydantic is slow

            self._conversion = Conversion(self._variables)
        found = self._conversion.of(values)
        if isinstance(found, dict):
            return found
        raise self._bad_value(found, place)

    def _plain(self, values: Mapping[str, object]) -> dict[str, object] | None:
        """Return the values where none of them needs a second look, else None."""
        found: dict[str, object] = {}
        for name, variable in self._variables.items():
            if name not in values and variable.required:
                return None
            value = _as_it_is(values.get(name, variable.default), variable)
            if value is _UNSURE:
                return None
            found[name] = value
        return found

    def _bad_value(self, problem: Problem, place: Callable[[str], Span]) -> BadValueError:
        name = problem.name
        variable = self._variables[name]
        span = place(name)
        if problem.is_missing:
            what = f": {variable.description}" if variable.description else ""
            return BadValueError(
                f'the variable "{name}" has no value{what}', span, hint=f"--set {name}=…"
            )
        given = problem.given
        choices = tuple(str(choice) for choice in variable.choices)
        return BadValueError(
            f'{_shown(given)} is no value for "{name}"',
            span,
            expected=(_expectation(variable),),
            hint=did_you_mean(str(given), choices) if choices else "",
        )


def fault(name: str, variable: VariableModel) -> Fault | None:
    """Return why no value can suit the variable, or None."""
    if not name.isidentifier() or keyword.iskeyword(name) or name in _RESERVED:
        if name.isidentifier():
            return Fault("", f'"{name}" means something else in templates; take another name')
        expected = ("letters, digits and _, no digit first",)
        return Fault("", f'"{name}" is no name for a variable', expected)
    if variable.range and variable.type not in ("integer", "number"):
        return Fault("range", f'"{name}" is a {variable.type}; only numbers have a range')
    if variable.range and variable.range[0] > variable.range[1]:
        return Fault("range", "the range is empty", ("[least, greatest]",))
    if _is_plainly_sound(variable):
        return None
    from impasto.templates import conversion  # noqa: PLC0415 - pydantic is slow to import

    for choice in variable.choices:
        if not conversion.takes_choice(variable, choice):
            expected = (_a(_item_type(variable)),)
            return Fault("choices", f'{_shown(choice)} is no choice for "{name}"', expected)
    if variable.default is None:
        return None
    if conversion.takes(variable, variable.default):
        return None
    message = f'the default {_shown(variable.default)} is no value for "{name}"'
    return Fault("default", message, (_expectation(variable),))


def _is_plainly_sound(variable: VariableModel) -> bool:
    """Whether choices and default are of the very type and fit each other; quick, and careful."""
    kinds = _PLAIN_KINDS[variable.type]
    for choice in variable.choices:
        if type(choice) not in kinds or (type(choice) is float and not isfinite(choice)):
            return False
    default = variable.default
    return default is None or _as_it_is(default, variable) is not _UNSURE


def _as_it_is(value: object, variable: VariableModel) -> object:
    """Return a value that is of the very type and fits, or `_UNSURE`: quick, and careful."""
    if value is None:
        return None if variable.default is None and not variable.required else _UNSURE
    if variable.type == "list":
        return _list_as_it_is(value, variable)
    found: Any = value
    if variable.type == "string" and isinstance(value, str):
        found = str(value)
    elif type(value) not in _PLAIN_KINDS[variable.type]:
        return _UNSURE
    if variable.type == "number":
        if not -_EXACT < found < _EXACT:
            return _UNSURE
        found = float(found)
    if variable.choices and found not in variable.choices:
        return _UNSURE
    if variable.range and not variable.range[0] <= found <= variable.range[1]:
        return _UNSURE
    return found


def _list_as_it_is(value: object, variable: VariableModel) -> object:
    if type(value) is not list or not all([isinstance(item, str) for item in value]):
        return _UNSURE
    if variable.choices and not all(item in variable.choices for item in value):
        return _UNSURE
    return [str(item) for item in value]


def _shown(value: object) -> str:
    """Return a value as its author wrote it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a mapping" if isinstance(value, dict) else f'"{value}"'


def _item_type(variable: VariableModel) -> str:
    return "string" if variable.type == "list" else variable.type


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _expectation(variable: VariableModel) -> str:
    if variable.choices:
        names = ", ".join(str(choice) for choice in variable.choices)
        return f"a list of {names}" if variable.type == "list" else names
    if variable.range:
        return f"{_a(variable.type)} from {variable.range[0]:g} to {variable.range[1]:g}"
    return _a(variable.type)
