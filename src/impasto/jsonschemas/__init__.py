"""JSON Schemas of every file that impasto reads or writes, for editors and for programs.

    python -m impasto.jsonschemas --write    after a format was changed: writes docs/schemas
    python -m impasto.jsonschemas --check    exit 1 if docs/schemas is not up to date

Files that people write are closed: a key that nobody knows is an error. What impasto writes is
open, for keys may be added within a format.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from impasto.errors import UnknownNameError

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

WRITTEN_BY_PEOPLE: Final = {
    "prompt-file": "impasto.templates.promptfile:json_schema",
    "style-pack": "impasto.styles.schema:json_schema",
    "recipe": "impasto.recipes.schema:json_schema",
    "settings": "impasto.jsonschemas.settings:json_schema",
    "model-cards": "impasto.jsonschemas.cards:json_schema",
}
WRITTEN_BY_IMPASTO: Final = {
    "lint-report": ("LintReport", "lint report"),
    "lint-report-line": ("LintLine", "line of a lint report as JSON Lines"),
    "lint-baseline": ("LintBaseline", "lint baseline"),
    "composition": ("Composition", "composition"),
    "explanation": ("Explanation", "explanation, word by word"),
    "translations": ("Translations", "translations"),
    "translation": ("Translation", "translation, a line of JSON Lines"),
    "reading": ("Reading", "reading of a prompt"),
    "comparison": ("Comparison", "comparison of dialects"),
    "expansion": ("Expansion", "expansion of choices"),
    "recipe-image": ("RecipeImage", "image of a recipe, a line of JSON Lines"),
    "token-budgets": ("TokenBudgets", "token budgets"),
    "generation": ("Generation", "images of a prompt"),
    "models": ("Models", "list of models"),
    "model": ("Model", "card of a model"),
    "image-record": ("ImageRecord", "record in an image"),
    "inspection": ("Inspected", "inspection of an image, a line of JSON Lines"),
    "inspections": ("Inspections", "inspection of images"),
}
"""Name -> the type in `outputs` and the title. All of them are format 1."""


def names() -> tuple[str, ...]:
    """Return the names of all schemas."""
    return (*WRITTEN_BY_PEOPLE, *WRITTEN_BY_IMPASTO)


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema `name`, draft 2020-12.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name in WRITTEN_BY_IMPASTO:
        from impasto.jsonschemas.outputs import json_schema  # noqa: PLC0415 - pydantic is slow

        kind, title = WRITTEN_BY_IMPASTO[name]
        made = json_schema(kind)
        return {**made, "$schema": DIALECT, "title": f"impasto {title}, format 1"}
    if name not in WRITTEN_BY_PEOPLE:
        raise UnknownNameError("schema", name, names(), f"schemas are {', '.join(names())}")
    module, _, function = WRITTEN_BY_PEOPLE[name].partition(":")
    found: dict[str, Any] = getattr(import_module(module), function)()
    return found
