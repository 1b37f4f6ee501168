"""What stands between the two lines of dashes of a `.prompt` file, and how files inherit it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Scalar = str | int | float | bool


def _none(kind: type) -> Any:
    """Return a field that is empty by default; pydantic would copy a default with care."""
    return Field(default_factory=kind, json_schema_extra={"default": kind()})


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class VariableModel(_Model):
    """One variable of a template."""

    type: Literal["string", "integer", "number", "boolean", "list"] = "string"
    description: str = ""
    default: Scalar | list[Scalar] | None = None
    choices: list[Scalar] = _none(list)
    range: tuple[float, float] | None = Field(
        default=None, strict=False, description="[least, greatest]"
    )

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return "default" not in self.model_fields_set


class FrontMatter(_Model):
    """What stands between the two lines of dashes."""

    format: Literal[1] = 1
    extends: str = Field(
        "", description="A prompt file to build on, seen from the folder of this one"
    )
    title: str = ""
    description: str = ""
    variables: dict[str, VariableModel | None] = _none(dict)
    styles: list[str] = _none(list)
    negative: str = ""
    parameters: dict[str, Scalar] = _none(dict)
    model: str | None = None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the front matter of a `.prompt` file."""
    schema = FrontMatter.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto prompt file, format 1"
    return schema


def merged(base: FrontMatter, own: FrontMatter) -> FrontMatter:
    """Return what a file says that extends another: `own` over `base`.

    Variables merge key by key, parameters by the names that are written; styles follow those of
    the base. The negative prompt stays the file's own: it is a template, and finds its base itself.
    """
    told = {key: getattr(own, key) for key in own.model_fields_set}
    variables = dict(base.variables)
    for name, variable in own.variables.items():
        variables[name] = _over(variables.get(name), variable)
    return base.model_copy(
        update={
            **told,
            "variables": variables,
            "styles": [*base.styles, *own.styles],
            "parameters": {**base.parameters, **own.parameters},
            "negative": own.negative,
            "extends": own.extends,
        }
    )


def _over(base: VariableModel | None, own: VariableModel | None) -> VariableModel | None:
    if base is None or own is None:
        return own or base
    return base.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})
