"""`.prompt` files: YAML front matter with typed variables, then a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from impasto import yamlsource
from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError, FileError
from impasto.models.parameters import normalize
from impasto.schemas import validate
from impasto.templates.fences import divide
from impasto.templates.template import Template
from impasto.templates.values import Checker, fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from impasto.source import Source, Span

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
    """A template with its front matter; `parameters` have their canonical names.

    Raises:
        FileError: the front matter breaks the schema; file, line and key are given.
        TemplateError: Jinja does not accept the template.
    """

    def __init__(self, source: Source, folder: Path | None = None) -> None:
        self.source = source
        head, body = divide(source)
        self.document = yamlsource.load(head)
        self.front = validate(FrontMatter, self.document)
        self.parameters = self._parameters()
        self._checker = Checker(self.variables)
        self._check_variables()
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

    def _parameters(self) -> dict[str, object]:
        try:
            return normalize(self.front.parameters)
        except BadValueError as error:
            at = ("parameters", _guilty(self.front.parameters))
            raise FileError(error.message, self.document.key_span(at), hint=error.hint) from error

    def _check_variables(self) -> None:
        """Refuse a variable that no value could suit.

        Raises:
            FileError: with the place of what is wrong.
        """
        for name, variable in self.variables.items():
            wrong = fault(name, variable)
            if wrong:
                at = ("variables", name)
                find = self.document.span if wrong.key else self.document.key_span
                span = find((*at, wrong.key) if wrong.key else at)
                raise FileError(wrong.message, span, expected=wrong.expected)

    def check(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return `values` with their types and with the defaults.

        Raises:
            BadValueError: a value is missing, misspelt or not what its variable accepts.
        """
        unknown = [name for name in values if name not in self.variables]
        for name in unknown:
            if name not in self.used:
                raise unknown_value(name, (*self.variables, *self.used))
        checked = self._checker.check(values, self.document)
        return {**{name: values[name] for name in unknown}, **checked}


def unknown_value(name: str, known: tuple[str, ...]) -> BadValueError:
    """Return the error about a value that no variable takes."""
    names = sorted(set(known) - {"model"})
    hint = did_you_mean(name, names)
    if not hint:
        hint = f"it knows {', '.join(names)}" if names else "it has no variables"
    return BadValueError(f'the template has no variable "{name}"', hint=hint)


def _guilty(parameters: Mapping[str, object]) -> str:
    """Return the parameter that has no canonical form."""
    for name, value in parameters.items():
        try:
            normalize({name: value})
        except BadValueError:
            return name
    return list(parameters)[-1]
