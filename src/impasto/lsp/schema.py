"""Which keys a place in YAML may have, and what for: from the schemas that check the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from impasto.lsp.places import PACKS
from impasto.schemas.twins import twin_of
from impasto.styles.schema import PackModel, StyleModel, VariantModel
from impasto.templates.promptfile import FrontMatter, VariableModel

if TYPE_CHECKING:
    from pydantic import BaseModel

ANY: Final = ""
"""Stands for any name in a path."""

_PROMPT: Final[dict[tuple[str, ...], type[BaseModel]]] = {
    (): twin_of(FrontMatter),
    ("variables", ANY): twin_of(VariableModel),
}
_PACK: Final[dict[tuple[str, ...], type[BaseModel]]] = {
    (): twin_of(PackModel),
    ("styles", ANY): twin_of(StyleModel),
    ("styles", ANY, "variants", ANY): twin_of(VariantModel),
    ("styles", ANY, "options", ANY): twin_of(VariableModel),
}
VARIABLE_TYPES: Final[tuple[str, ...]] = get_args(
    twin_of(VariableModel).model_fields["type"].annotation
)


def keys_at(suffix: str, path: tuple[str, ...]) -> dict[str, str]:
    """Return the keys of the mapping at `path` in a file of a kind, each with what it is for."""
    table = _PACK if suffix in PACKS else _PROMPT
    for known, model in table.items():
        if len(known) == len(path) and all(k in (ANY, p) for k, p in zip(known, path, strict=True)):
            return {name: _told(field) for name, field in model.model_fields.items()}
    return {}


def _told(field: Any) -> str:
    if field.description:
        return str(field.description)
    kind = getattr(field.annotation, "__name__", "") if not get_args(field.annotation) else ""
    return {"str": "a text", "bool": "true or false"}.get(kind, "")
