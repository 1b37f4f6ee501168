"""What a style pack may hold. `json_schema()` is what editors check a pack with."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from impasto.schemas import Record
from impasto.templates.frontmatter import Scalar, VariableModel  # noqa: TC001 - msgspec reads them

REFERENCE = '"style", "pack/style", either with a weight: "noir:0.7"'
"""What a reference to a style is, in words."""

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*\Z", max_length=80)]
StyleReference = Annotated[str, Meta(description=REFERENCE)]
Metadata = Annotated[
    dict[str, Any], Meta(description="Facts for other programs, kept and not read")
]


class VariantModel(Record, frozen=True):
    """What a style says differently to one model, one family or one way of writing."""

    text: Annotated[str | None, Meta(description="Replaces the text of the style")] = None
    negative: Annotated[
        str | None, Meta(description="Replaces the negative prompt of the style")
    ] = None
    parameters: Annotated[
        dict[str, Scalar], Meta(description="Added to the parameters of the style")
    ] = field(default_factory=dict)


class StyleModel(Record, frozen=True):
    """A style: text around the prompt, a negative prompt, parameters, variants."""

    title: str = ""
    description: str = ""
    tags: list[str] = field(default_factory=list)
    aliases: Annotated[list[Name], Meta(description="Other names that the style is found by")] = (
        field(default_factory=list)
    )
    preview: Annotated[str, Meta(description="The prompt that shows the style best")] = ""
    mixin: Annotated[
        bool, Meta(description="A building block: found by name, left out of lists")
    ] = False
    extends: Annotated[
        StyleReference | list[StyleReference], Meta(description="Styles to build on")
    ] = field(default_factory=list)
    text: Annotated[
        str,
        Meta(description="A template; {{ prompt }} is where the prompt goes, else it goes before"),
    ] = ""
    negative: str = ""
    options: Annotated[
        dict[str, VariableModel | None],
        Meta(description="Variables of the texts, by name: film-still(stock=portra)"),
    ] = field(default_factory=dict)
    weight: Annotated[
        float,
        Meta(ge=0, le=sys.float_info.max, description="Its weight where nobody gives one"),
    ] = 1.0
    order: Annotated[
        int,
        Meta(description="Where its words go among those of other styles: the least comes first"),
    ] = 0
    parameters: dict[str, Scalar] = field(default_factory=dict)
    variants: Annotated[
        dict[str, VariantModel],
        Meta(description="By model, by family or by way of writing: tags, prose, phrases"),
    ] = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)

    @property
    def bases(self) -> list[str]:
        """The styles that this one extends."""
        return [self.extends] if isinstance(self.extends, str) else self.extends


class PackModel(Record, frozen=True, kw_only=True):
    """A style pack: one YAML file."""

    format: Annotated[Literal[1], Meta(description="Version of the format of style packs")]
    name: Name
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+")] = "0.0.0"
    title: str = ""
    description: str = ""
    license: str = ""
    authors: list[str] = field(default_factory=list)
    requires: Annotated[
        list[str],
        Meta(description='Packs that must be in reach: "noir", "noir >=1.2" or "noir >=1.2, <2"'),
    ] = field(default_factory=list)
    metadata: Metadata = field(default_factory=dict)
    styles: dict[Name, StyleModel]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a style pack."""
    from impasto.schemas.twins import twin_of  # noqa: PLC0415 - pydantic is slow to import

    schema = twin_of(PackModel).model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "impasto style pack, format 1"
    return schema
