"""The JSON Schema of the values that variables take, for forms and for programs that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.templates.frontmatter import VariableModel
    from impasto.templates.promptfile import PromptFile

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def form_schema(file: PromptFile) -> dict[str, Any]:
    """Return the JSON Schema of the values of a prompt file, those it inherits among them.

    An object that is valid is one that `compose(file, values=…)` accepts. The order of the
    properties is that of the variables.
    """
    front = file.front
    told = {"title": front.title, "description": front.description}
    return {
        "$schema": DIALECT,
        **{key: text for key, text in told.items() if text},
        **object_of(file.variables),
    }


def object_of(variables: Mapping[str, VariableModel]) -> dict[str, Any]:
    """Return the JSON Schema of an object with the values of `variables`."""
    return {
        "type": "object",
        "properties": {name: _property(variable) for name, variable in variables.items()},
        "required": [name for name, variable in variables.items() if variable.required],
        "additionalProperties": False,
    }


def _property(variable: VariableModel) -> dict[str, Any]:
    found = _list(variable) if variable.type == "list" else _one(variable, variable.type)
    if variable.description:
        found["description"] = variable.description
    if not variable.required:
        found["default"] = variable.default
        if variable.default is None:
            found = _or_null(found)
    return found


def _list(variable: VariableModel) -> dict[str, Any]:
    return {"type": "array", "items": _one(variable, "string")}


def _one(variable: VariableModel, kind: str) -> dict[str, Any]:
    """Return the schema of one value: its type, its choices, its range."""
    found: dict[str, Any] = {"type": kind}
    if variable.choices:
        found["enum"] = list(variable.choices)
    if variable.range:
        found["minimum"], found["maximum"] = variable.range
    return found


def _or_null(found: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that may be left out, or be nothing."""
    found["type"] = [found["type"], "null"]
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found
