"""What a style pack may hold. `json_schema()` is what editors check a pack with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from impasto.templates.frontmatter import VariableModel  # noqa: TC001 - pydantic reads the hints

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)]
StyleReference = Annotated[
    str, Field(description='"style", "pack/style", either with a weight: "noir:0.7"')
]
Scalar = str | int | float | bool
Metadata = Annotated[
    dict[str, Any], Field(description="Facts for people and other programs; kept, and not read")
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class VariantModel(_Model):
    """What a style says differently to one model, one family or one way of writing."""

    text: str | None = Field(None, description="Replaces the text of the style")
    negative: str | None = Field(None, description="Replaces the negative prompt of the style")
    parameters: dict[str, Scalar] = Field(
        default_factory=dict, description="Added to the parameters of the style"
    )


class StyleModel(_Model):
    """A style: text around the prompt, a negative prompt, parameters, variants."""

    title: str = ""
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    aliases: list[Name] = Field(
        default_factory=list, description="Other names that the style is found by"
    )
    preview: str = Field("", description="The prompt that shows the style best")
    mixin: bool = Field(
        default=False, description="A building block: found by name, left out of lists"
    )
    extends: StyleReference | list[StyleReference] = Field(
        default_factory=list, description="Styles to build on"
    )
    text: str = Field(
        "", description="A template; {{ prompt }} is where the prompt goes, else it goes before"
    )
    negative: str = ""
    options: dict[str, VariableModel | None] = Field(
        default_factory=dict,
        description="Variables of the texts, by name: film-still(stock=portra)",
    )
    weight: float = Field(
        1.0, allow_inf_nan=False, ge=0, description="Its weight where nobody gives one"
    )
    order: int = Field(
        0, description="Where its words go among those of other styles: the least comes first"
    )
    parameters: dict[str, Scalar] = Field(default_factory=dict)
    variants: dict[str, VariantModel] = Field(
        default_factory=dict,
        description="By model, by family or by way of writing: tags, prose, phrases",
    )
    metadata: dict[str, Any] = Field(
        default_factory=dict, description="Facts for other programs, kept and not read"
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
    authors: list[str] = Field(default_factory=list)
    requires: list[str] = Field(
        default_factory=list,
        description='Packs that must be in reach: "noir", "noir >=1.2" or "noir >=1.2, <2"',
    )
    metadata: dict[str, Any] = Field(
        default_factory=dict, description="Facts for other programs, kept and not read"
    )
    styles: dict[Name, StyleModel]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a style pack."""
    schema = PackModel.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto style pack, format 1"
    return schema
