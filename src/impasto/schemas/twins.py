"""Models of pydantic that say what records say: to explain what is wrong, and for JSON Schemas."""

from __future__ import annotations

import sys
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from msgspec import NODEFAULT, UNSET, Meta, UnsetType, to_builtins
from msgspec.structs import FieldInfo, fields
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.schemas import Record

_R = TypeVar("_R", bound="Record")
_CONFIG = ConfigDict(extra="forbid", strict=True, frozen=True)


@cache
def twin_of(record: type[Record]) -> type[BaseModel]:
    """Return the model with the fields, descriptions and defaults of a record."""
    found: dict[str, Any] = {field.encode_name: _field(field) for field in fields(record)}
    return create_model(record.__name__, __config__=_CONFIG, __doc__=record.__doc__, **found)


def record_of(record: type[_R], twin: BaseModel) -> _R:
    """Return the record that its twin stands for."""
    told = twin.model_fields_set
    names = {field.name: field.encode_name for field in fields(record)}
    return record(**{n: getattr(twin, shown) for n, shown in names.items() if shown in told})


def as_field(record: type[Record], handler: Any) -> core_schema.CoreSchema:
    """Return the schema of a record where a model holds one."""
    return core_schema.no_info_after_validator_function(
        lambda twin: record_of(record, twin),
        handler(twin_of(record)),
        serialization=core_schema.plain_serializer_function_ser_schema(to_builtins),
    )


def _field(field: FieldInfo) -> tuple[Any, Any]:
    """Return the annotation and the field for pydantic."""
    kind, told = field.type, {}
    if get_origin(kind) is Annotated:
        kind, *notes = get_args(kind)
        told = _told(notes)
    kinds = get_args(kind)
    if field.default_factory is not NODEFAULT:
        told["default_factory"] = field.default_factory
        told["json_schema_extra"] = {"default": field.default_factory()}
    elif field.default is not NODEFAULT:
        told["default"] = None if field.default is UNSET else field.default
    if any(get_origin(k) is tuple for k in (kind, *kinds)):
        told["strict"] = False  # YAML has no tuples, and whole numbers where others may stand
    return _for_pydantic(kind), Field(**told)


def _for_pydantic(kind: Any) -> Any:
    """Return a type with what msgspec is told of its parts told to pydantic."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return Annotated[_for_pydantic(parts[0]), Field(**_told(parts[1:]))]
    if origin in (Union, UnionType):
        return Union[tuple(_for_pydantic(p) for p in parts if p is not UnsetType)]  # noqa: UP007 - made
    if origin in (dict, list, tuple):
        return origin[tuple(map(_for_pydantic, parts))]
    return kind


def _told(notes: Sequence[object]) -> dict[str, Any]:
    """Return what notes for msgspec say, as arguments of a field."""
    found: dict[str, Any] = {}
    for note in notes:
        if isinstance(note, Meta):
            names = ("description", "max_length", "ge", "pattern")
            said = {name: getattr(note, name) for name in names}
            found.update({name: value for name, value in said.items() if value is not None})
            if note.le == sys.float_info.max:
                found["allow_inf_nan"] = False
    if "pattern" in found:  # the end of a text is written otherwise outside of Python
        found["pattern"] = found["pattern"].replace(r"\Z", "$")
    return found
