"""What `impasto.toml` may hold; the same stands in `pyproject.toml` under `[tool.impasto]`.

`config` reads the files, and says what is wrong with its place; this is for editors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from impasto.jsonschemas import DIALECT
from impasto.lint.settings import CANONICAL, COLUMNS

Word = Annotated[str, Field(min_length=1)]
Selectors = list[Annotated[str, Field(min_length=1, description='"IMP101", "IMP1" or a name')]]
_REFERENCE = "^(env:[A-Za-z_][A-Za-z0-9_]*|keyring:[^/\\s]+/\\S+)$"
Names = Word | Annotated[list[Word], Field(min_length=1)]


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class LintTable(_Model):
    """What `impasto lint` is told without flags."""

    model_config = ConfigDict(alias_generator=_dashed)

    select: Selectors = Field([], description="Rules to use instead of all")
    extend_select: Selectors = Field([], description="Rules to use, too, as those of plug-ins")
    ignore: Selectors = Field([], description="Rules to leave out")
    per_file_ignores: dict[str, Selectors] = Field(
        {}, description="Rules to leave out in the files that a glob fits"
    )
    severity: dict[str, Literal["error", "warning", "info"]] = Field(
        {}, description="How severe findings of a rule are"
    )
    targets: Names = Field([], description='Models to check for, as "flux-dev" or "x@gateway"')
    dialect: Word = Field(CANONICAL, description="What text files are written in")
    per_file_dialects: dict[str, Word] = Field(
        {}, description="What the text files that a glob fits are written in"
    )
    column: Names = Field(list(COLUMNS), description="Columns of tables that hold prompts")
    baseline: Word = Field("", description="The file of findings that were there before")


class SettingsFile(_Model):
    """The settings of a project or of a user."""

    model: Word | None = Field(None, description="What paints unless somebody says otherwise")
    backend: Word | None = Field(None, description="Where images come from")
    base_url: Word | None = Field(None, description="The server's address")
    api_key_env: str = Field(
        "IMPASTO_API_KEY",
        description="The name of the variable that holds the key, never the key",
        json_schema_extra={"pattern": "^(?!sk[-_])[A-Za-z_][A-Za-z0-9_]*$"},
    )
    keys: dict[str, Annotated[str, Field(pattern=_REFERENCE)]] = Field(
        {}, description="Where the key for a backend is: env:NAME or keyring:SERVICE/USER"
    )
    timeout: float = Field(300, gt=0, lt=1e6, description="Seconds for one image")
    concurrency: int = Field(4, ge=1, description="How many images at once")
    style_packs: list[Word] = Field([], description="Folders of style packs")
    wildcards: list[Word] = Field([], description="Folders of word lists")
    model_cards: list[Word] = Field([], description="Folders of model cards")
    output: Word = Field(".", description="The folder for images")
    cache: Word | None = Field(None, description="The folder for results; else the system's")
    lint: LintTable = Field(
        default_factory=LintTable.model_construct, description="Settings of the linter"
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a settings file. TOML has no null, so no key takes one."""
    made = SettingsFile.model_json_schema(by_alias=True)
    for key in ("model", "backend", "base_url", "cache"):
        given = made["properties"][key]
        given.update(given.pop("anyOf")[0])
        del given["default"]
    return {**made, "$schema": DIALECT, "title": "impasto settings"}
