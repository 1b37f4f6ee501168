"""Checking a YAML document against what it may hold: errors with file, line and key.

Front matters and style packs, which every run reads, are a `Record` each: msgspec reads them in no
time. Pydantic, which takes long to load and tells well what is wrong, is asked where msgspec
refuses. The rest are models of pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from impasto.errors import FileError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from impasto.errors import SourceError
    from impasto.yamlsource import Document

_T = TypeVar("_T", bound="BaseModel | Record")
_R = TypeVar("_R", bound="Record")


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a mapping may hold. Where models of pydantic hold a record, its `twin` stands in."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, handler: Any) -> Any:
        from impasto.schemas.twins import as_field  # noqa: PLC0415 - pydantic is slow to import

        return as_field(cls, handler)


def validate(model: type[_T], document: Document, error: type[SourceError] = FileError) -> _T:
    """Return the data of `document` as a `model`.

    Raises:
        SourceError: of the type `error`, for the first thing that breaks the schema.
    """
    data = {} if document.data is None else document.data
    if issubclass(model, Record):
        return _read(model, data, document, error)
    from impasto.schemas.explained import checked  # noqa: PLC0415 - pydantic is slow to import

    return checked(model, data, document, error)


def _read(model: type[_R], data: object, document: Document, error: type[SourceError]) -> _R:
    """Return `data` as a record, by way of its twin where msgspec refuses it."""
    try:
        return msgspec.convert(data, model)
    except msgspec.ValidationError:
        from impasto.schemas.explained import checked  # noqa: PLC0415 - pydantic is slow to import
        from impasto.schemas.twins import record_of, twin_of  # noqa: PLC0415

    return record_of(model, checked(twin_of(model), data, document, error))
