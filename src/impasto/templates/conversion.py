"""What pydantic makes of values that are not of the very type that a variable has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, create_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from impasto.templates.frontmatter import VariableModel

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": Annotated[float, Field(allow_inf_nan=False)],
    "boolean": bool,
    "list": str,
}
_CONFIG = ConfigDict(coerce_numbers_to_str=True)


class Problem(NamedTuple):
    """The variable that has no value, or one that it does not accept, and what was given."""

    name: str
    is_missing: bool
    given: object


class Conversion:
    """Gives values the types of their variables, and variables their defaults."""

    def __init__(self, variables: Mapping[str, VariableModel]) -> None:
        self._names = tuple(variables)
        fields: dict[str, Any] = {
            f"v{n}": _field(name, v) for n, (name, v) in enumerate(variables.items())
        }
        config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")
        self._model = create_model("Values", __config__=config, **fields)

    def of(self, values: Mapping[str, object]) -> dict[str, object] | Problem:
        """Return the values of all variables, or the first problem."""
        try:
            checked = self._model.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            return Problem(str(first["loc"][0]), first["type"] == "missing", first["input"])
        return dict(zip(self._names, checked.__dict__.values(), strict=True))


def takes_choice(variable: VariableModel, choice: object) -> bool:
    """Whether a choice is of the type of its variable."""
    return _accepts(_TYPES[variable.type], choice)


def takes(variable: VariableModel, value: object) -> bool:
    """Whether a variable accepts a value."""
    return _accepts(_kind(variable), value)


def _accepts(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind, config=_CONFIG).validate_python(value)
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
        kind = Annotated[kind, AfterValidator(_between(*variable.range))]
    return list[kind] if variable.type == "list" else kind  # type: ignore[valid-type]


def _one_of(choices: list[Any]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in choices:
            raise ValueError("not one of the choices")
        return value

    return check


def _between(low: float, high: float) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not low <= value <= high:
            raise ValueError("out of range")
        return value

    return check
