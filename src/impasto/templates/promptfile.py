"""`.prompt` files: YAML front matter with typed variables, then a template."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from impasto import yamlsource
from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError, FileError
from impasto.schemas import validate
from impasto.source import Source, Span
from impasto.templates.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "list": list[str],
}
Scalar = str | int | float | bool


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class VariableModel(_Model):
    """One variable of a template."""

    type: Literal["string", "integer", "number", "boolean", "list"] = "string"
    description: str = ""
    default: Scalar | list[Scalar] | None = None
    choices: list[Scalar] = []
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
    title: str = ""
    description: str = ""
    variables: dict[str, VariableModel | None] = {}
    styles: list[str] = []
    negative: str = ""
    parameters: dict[str, Scalar] = {}
    model: str | None = None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the front matter of a `.prompt` file."""
    schema = FrontMatter.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto prompt file, format 1"
    return schema


class PromptFile:
    """A template with its front matter.

    Raises:
        FileError: the front matter breaks the schema; file, line and key are given.
        TemplateError: Jinja does not accept the template.
    """

    def __init__(self, source: Source, folder: Path | None = None) -> None:
        self.source = source
        head, start = _divide(source)
        self.document = yamlsource.load(
            Source(head, parent=source, anchors=((0, 4 if start else 0),))
        )
        self.front = validate(FrontMatter, self.document)
        body = Source(source.text[start:], parent=source, anchors=((0, start),))
        self.template = Template(body, folder)
        self.negative: Template | None = None
        if self.front.negative:
            self.negative = Template(self.document.text(("negative",)), folder)

    @property
    def variables(self) -> dict[str, VariableModel]:
        """The variables by name."""
        return {name: v or VariableModel() for name, v in self.front.variables.items()}

    @property
    def used(self) -> frozenset[str]:
        """The variables that the templates use."""
        return self.template.variables | (self.negative.variables if self.negative else set())

    def span(self, *path: str | int) -> Span:
        """Return where a part of the front matter stands."""
        return self.document.span(path)

    @cached_property
    def _checker(self) -> type[BaseModel]:
        fields: dict[str, Any] = {name: _field(v) for name, v in self.variables.items()}
        return create_model(
            "Values", __config__=ConfigDict(coerce_numbers_to_str=True, extra="ignore"), **fields
        )

    def check(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return `values` with their types and with the defaults.

        Raises:
            BadValueError: a value is missing, misspelt or not what its variable accepts.
        """
        unknown = [name for name in values if name not in self.variables]
        for name in unknown:
            if self.variables or name not in self.used:
                raise unknown_value(name, (*self.variables, *self.used))
        try:
            checked = self._checker.model_validate(values)
        except ValidationError as error:
            raise self._bad_value(error) from error
        return {**{name: values[name] for name in unknown}, **checked.__dict__}

    def _bad_value(self, error: ValidationError) -> BadValueError:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = self.variables[name]
        span = self.document.key_span(("variables", name))
        if first["type"] == "missing":
            what = f": {variable.description}" if variable.description else ""
            return BadValueError(
                f'the variable "{name}" has no value{what}', span, hint=f"--set {name}=…"
            )
        given = first["input"]
        expected = _expectation(variable)
        choices = tuple(str(c) for c in variable.choices)
        hint = did_you_mean(str(given), choices) if choices else ""
        return BadValueError(
            f'{given!r} is no value for "{name}"', span, expected=(expected,), hint=hint
        )


def unknown_value(name: str, known: tuple[str, ...]) -> BadValueError:
    """Return the error about a value that no variable takes."""
    names = sorted(set(known) - {"model"})
    hint = did_you_mean(name, names)
    if not hint:
        hint = f"it knows {', '.join(names)}" if names else "it has no variables"
    return BadValueError(f'the template has no variable "{name}"', hint=hint)


def _divide(source: Source) -> tuple[str, int]:
    """Return the front matter and where the template begins.

    Raises:
        FileError: the front matter is never closed.
    """
    if not source.text.startswith("---"):
        return "", 0
    fences = list(_FENCE.finditer(source.text))
    if not fences or fences[0].start() != 0:
        return "", 0
    if len(fences) < 2:
        raise FileError(
            "the front matter is never closed", source.span(0, 3), expected=("a second line ---",)
        )
    head_start = fences[0].end() + 1
    return source.text[head_start : fences[1].start()], min(fences[1].end() + 1, len(source.text))


def _field(variable: VariableModel) -> tuple[Any, Any]:
    kind = _TYPES[variable.type]
    if variable.choices:
        kind = Literal[tuple(variable.choices)]
    limits: dict[str, Any] = {}
    if variable.range:
        limits = {"ge": variable.range[0], "le": variable.range[1]}
    if variable.required:
        return (kind, Field(**limits))
    optional = kind | None if variable.default is None else kind
    return (optional, Field(default=variable.default, **limits))


def _expectation(variable: VariableModel) -> str:
    if variable.choices:
        return "one of " + ", ".join(str(choice) for choice in variable.choices)
    article = "an" if variable.type[0] in "aeiou" else "a"
    if variable.range:
        low, high = variable.range
        return f"{article} {variable.type} from {low:g} to {high:g}"
    return f"{article} {variable.type}"
