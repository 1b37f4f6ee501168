"""What a recipe may hold. `json_schema()` is what editors check a recipe with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from impasto.styles.schema import REFERENCE

Scalar = str | int | float | bool
Value = Scalar | list[Scalar]
Axis = Annotated[list[Value], Field(json_schema_extra={"minItems": 1})]
Rule = Annotated[dict[str, Value], Field(json_schema_extra={"minProperties": 1})]
Seed = Annotated[int, Field(ge=0)]
StyleReference = Annotated[str, Field(description=REFERENCE)]

DEFAULT_OUTPUT = "{number}-{model}"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class VariantModel(_Model):
    """What is different for one model."""

    styles: list[StyleReference] = Field([], description="Styles to add to those of the recipe")
    negative: str = Field("", description="More of the negative prompt")
    parameters: dict[str, Scalar] = Field({}, description="They win over those of the recipe")
    backend: str | None = Field(None, description="Where the model is reached, for its limits")


UNCHANGED = VariantModel.model_validate({})
"""The variant of a model for which nothing is different."""


class SampleModel(_Model):
    """Some of the images instead of all of them."""

    count: int = Field(ge=1, description="At most so many")
    seed: Seed = Field(0, description="Draws which")


class SeedsModel(_Model):
    """Seeds in a row."""

    start: Seed = 0
    count: int = Field(ge=1)


def _shape(value: object) -> str:
    """Return which of two ways of writing is meant, so that errors speak of that one."""
    return "mapping" if isinstance(value, (dict, BaseModel)) else "list"


Models = Annotated[
    Annotated[list[str], Tag("list")] | Annotated[dict[str, VariantModel | None], Tag("mapping")],
    Discriminator(_shape),
]
Seeds = Annotated[
    Annotated[list[Seed], Tag("list")] | Annotated[SeedsModel, Tag("mapping")],
    Discriminator(_shape),
]


class RecipeModel(_Model):
    """A recipe: everything for a set of images."""

    format: Literal[1] = Field(description="Version of the format of recipes")
    title: str = ""
    description: str = ""
    template: str = Field(
        description="A template, or the name of a .prompt file, seen from the recipe's folder"
    )
    variables: dict[str, Value] = Field({}, description="What variables stand for in every image")
    styles: list[StyleReference] = Field([], description="Styles around every image")
    negative: str = Field("", description="What should not be in any image; a template")
    parameters: dict[str, Scalar] = Field({}, description="Of every request")
    models: Models = Field(
        [], description="For whom: names, or names with what is different for them"
    )
    matrix: dict[str, Axis] = Field(
        {},
        description="Variables with their values, of which all combinations are made; "
        '"styles" has lists of styles instead',
    )
    exclude: list[Rule] = Field(
        [], description="Combinations to leave out: those that have all of these values"
    )
    include: list[Rule] = Field(
        [], description="Combinations to add: these values, with all of what is not named"
    )
    seeds: Seeds = Field([], description="Each combination with each of these seeds")
    choices: Literal["draw", "all"] = Field(
        "draw", description="Draw from the choices of the prompt, or go through all of them"
    )
    sample: SampleModel | None = Field(None, description="Draw some of the images")
    output: str = Field(
        DEFAULT_OUTPUT,
        min_length=1,
        description="Pattern of the images' names: {number}, {model}, {styles}, {seed}, "
        "{choice} and variables",
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a recipe."""
    schema = RecipeModel.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto recipe, format 1"
    return schema
