"""What stands between the two lines of dashes of a `.prompt` file, and how files inherit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field
from msgspec.structs import replace

from impasto.schemas import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = str | int | float | bool


class VariableModel(Record, frozen=True):
    """One variable of a template."""

    type: Literal["string", "integer", "number", "boolean", "list"] = "string"
    description: str = ""
    given: Scalar | list[Scalar] | UnsetType | None = field(default=UNSET, name="default")
    choices: list[Scalar] = field(default_factory=list)
    range: Annotated[tuple[float, float] | None, Meta(description="[least, greatest]")] = None

    @property
    def default(self) -> Scalar | list[Scalar] | None:
        """The value where none is given; None where there is none, or where it is nothing."""
        return None if self.given is UNSET else self.given

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.given is UNSET


class FrontMatter(Record, frozen=True):
    """What stands between the two lines of dashes."""

    format: Literal[1] = 1
    extends: Annotated[
        str, Meta(description="A prompt file to build on, seen from the folder of this one")
    ] = ""
    title: str = ""
    description: str = ""
    variables: dict[str, VariableModel | None] = field(default_factory=dict)
    styles: list[str] = field(default_factory=list)
    negative: str = ""
    parameters: dict[str, Scalar] = field(default_factory=dict)
    model: str | None = None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the front matter of a `.prompt` file."""
    from impasto.schemas.twins import twin_of  # noqa: PLC0415 - pydantic is slow to import

    schema = twin_of(FrontMatter).model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto prompt file, format 1"
    return schema


def merged(base: FrontMatter, own: FrontMatter, told: Mapping[str, Any]) -> FrontMatter:
    """Return what a file says that extends another: `own` over `base`; `told` is its own data.

    Variables merge key by key, parameters by the names that are written; styles follow those of
    the base. The negative prompt stays the file's own: it is a template, and finds its base itself.
    """
    variables = dict(base.variables)
    declared = told.get("variables", {})
    for name, variable in own.variables.items():
        variables[name] = _over(variables.get(name), variable, declared[name])
    changes = {
        **{key: getattr(own, key) for key in told},
        "variables": variables,
        "styles": [*base.styles, *own.styles],
        "parameters": {**base.parameters, **own.parameters},
        "negative": own.negative,
        "extends": own.extends,
    }
    return replace(base, **changes)


def _over(
    base: VariableModel | None, own: VariableModel | None, told: Mapping[str, Any] | None
) -> VariableModel | None:
    if base is None or own is None or told is None:
        return own or base
    names = ("given" if key == "default" else key for key in told)
    return replace(base, **{name: getattr(own, name) for name in names})
