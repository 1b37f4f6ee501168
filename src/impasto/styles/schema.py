"""What a style pack may hold. `json_schema()` is what editors check a pack with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)]
StyleReference = Annotated[
    str, Field(description='"style", "pack/style", either with a weight: "noir:0.7"')
]
Scalar = str | int | float | bool


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class VariantModel(_Model):
    """What a style says differently to one model, one family or one way of writing."""

    text: str | None = Field(None, description="Replaces the text of the style")
    negative: str | None = Field(None, description="Replaces the negative prompt of the style")
    parameters: dict[str, Scalar] = Field({}, description="Added to the parameters of the style")


class StyleModel(_Model):
    """A style: text around the prompt, a negative prompt, parameters, variants."""

    title: str = ""
    description: str = ""
    tags: list[str] = []
    mixin: bool = Field(
        default=False, description="A building block: found by name, left out of lists"
    )
    extends: StyleReference | list[StyleReference] = Field([], description="Styles to build on")
    text: str = Field(
        "", description="A template; {{ prompt }} is where the prompt goes, else it goes before"
    )
    negative: str = ""
    parameters: dict[str, Scalar] = {}
    variants: dict[str, VariantModel] = Field(
        {}, description="By model, by family or by way of writing: tags, prose, phrases"
    )

    @property
    def bases(self) -> list[str]:
        """The styles that this one extends."""
        return [self.extends] if isinstance(self.extends, str) else self.extends


class PackModel(_Model):
    """A style pack: one YAML file."""

    format: Literal[1] = Field(description="Version of the format of style packs")
    name: Name
    version: str = Field("0.0.0", pattern=r"^\d+\.\d+\.\d+")
    title: str = ""
    description: str = ""
    license: str = ""
    authors: list[str] = []
    styles: dict[Name, StyleModel]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a style pack."""
    schema = PackModel.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto style pack, format 1"
    return schema
