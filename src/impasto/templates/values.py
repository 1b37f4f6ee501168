"""What the variables of a `.prompt` file accept."""

from __future__ import annotations

import keyword
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
)

from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from impasto.source import Span
    from impasto.templates.frontmatter import VariableModel

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": Annotated[float, Field(allow_inf_nan=False)],
    "boolean": bool,
    "list": str,
}
_PLAIN_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}
_CONFIG = ConfigDict(coerce_numbers_to_str=True)
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
        self._model: type[BaseModel] | None = None

    def check(
        self, values: Mapping[str, object], place: Callable[[str], Span]
    ) -> dict[str, object]:
        """Return the values of all variables; `place` says where one is defined.

        Raises:
            BadValueError: one is missing or not what its variable accepts.
        """
        texts = self._texts(values)
        if texts is not None:
            return texts
        if self._model is None:
            fields = {
                f"v{n}": _field(name, v) for n, (name, v) in enumerate(self._variables.items())
            }
            config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")
            self._model = create_model("Values", __config__=config, **fields)  # type: ignore[call-overload]
        try:
            checked = self._model.model_validate(values)
        except ValidationError as error:
            raise self._bad_value(error, place) from error
        return dict(zip(self._variables, checked.__dict__.values(), strict=True))

    def _texts(self, values: Mapping[str, object]) -> dict[str, object] | None:
        """Return the values where all of them are texts that need no second look, else None."""
        found: dict[str, object] = {}
        for name, variable in self._variables.items():
            value = values.get(name, variable.default)
            if variable.type != "string" or not isinstance(value, str):
                return None
            if variable.choices and value not in variable.choices:
                return None
            found[name] = str(value)
        return found

    def _bad_value(self, error: ValidationError, place: Callable[[str], Span]) -> BadValueError:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = self._variables[name]
        span = place(name)
        if first["type"] == "missing":
            what = f": {variable.description}" if variable.description else ""
            return BadValueError(
                f'the variable "{name}" has no value{what}', span, hint=f"--set {name}=…"
            )
        given = first["input"]
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
    one = TypeAdapter(_TYPES[variable.type], config=_CONFIG)
    for choice in variable.choices:
        if not _accepts(one, choice):
            expected = (_a(_item_type(variable)),)
            return Fault("choices", f'{_shown(choice)} is no choice for "{name}"', expected)
    if variable.default is None:
        return None
    if _accepts(TypeAdapter(_kind(variable), config=_CONFIG), variable.default):
        return None
    message = f'the default {_shown(variable.default)} is no value for "{name}"'
    return Fault("default", message, (_expectation(variable),))


def _is_plainly_sound(variable: VariableModel) -> bool:
    """Whether choices and default are of the very type and fit each other; quick, and careful."""
    kinds = _PLAIN_KINDS.get(variable.type, ())
    if not all(type(choice) in kinds for choice in variable.choices):
        return False
    default = variable.default
    if default is None:
        return True
    if type(default) not in kinds or (variable.choices and default not in variable.choices):
        return False
    low, high = variable.range or (-inf, inf)
    return not isinstance(default, (int, float)) or low <= default <= high


def _accepts(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _field(name: str, variable: VariableModel) -> tuple[Any, Any]:
    kind = _kind(variable)
    if variable.required:
        return (kind, Field(alias=name))
    optional = kind | None if variable.default is None else kind
    return (optional, Field(default=variable.default, alias=name, validate_default=True))


def _kind(variable: VariableModel) -> Any:
    """Return the type of a value, for pydantic."""
    kind = _TYPES[variable.type]
    if variable.choices:
        one = TypeAdapter(kind, config=_CONFIG)
        kind = Annotated[
            kind, AfterValidator(_one_of([one.validate_python(c) for c in variable.choices]))
        ]
    if variable.range:
        kind = Annotated[kind, Field(ge=variable.range[0], le=variable.range[1])]
    return list[kind] if variable.type == "list" else kind  # type: ignore[valid-type]


def _one_of(choices: list[Any]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in choices:
            raise ValueError("not one of the choices")
        return value

    return check


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
