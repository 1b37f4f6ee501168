"""Checking a YAML document against a pydantic model: errors with file, line and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError, SourceError

if TYPE_CHECKING:
    from impasto.yamlsource import Document

_M = TypeVar("_M", bound=BaseModel)


def validate(model: type[_M], document: Document, error: type[SourceError] = FileError) -> _M:
    """Return the data of `document` as a `model`.

    Raises:
        SourceError: of the type `error`, for the first thing that breaks the schema.
    """
    try:
        return model.model_validate({} if document.data is None else document.data)
    except ValidationError as problems:
        raise _located(problems, model, document, error) from problems


def _located(
    problems: ValidationError, model: type[BaseModel], document: Document, error: type[SourceError]
) -> SourceError:
    first = problems.errors()[0]
    location = first["loc"]
    path = _existing(document.data, location)
    key = str(location[-1]) if location else "the document"
    if first["type"] == "extra_forbidden":
        known = list(_model_at(model, location[:-1]).model_fields)
        hint = did_you_mean(key, known) or f"known here: {', '.join(known)}"
        return error(f'unknown key "{key}"', document.key_span(path), hint=hint)
    if first["type"] == "missing":
        return error(f'the key "{key}" is missing', document.span(path))
    what = first["msg"][:1].lower() + first["msg"][1:]
    named = next((str(s) for s in reversed(location) if isinstance(s, str) and s in path), key)
    return error(f"{named}: {what}", document.span(path))


def _existing(data: Any, location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return the steps of a pydantic location that are really in the data."""
    found: list[int | str] = []
    for step in location:
        inner = data if isinstance(data, dict) else dict(enumerate(data or ()))
        if not isinstance(data, str) and step in inner:
            data = inner[step]
            found.append(step)
    return tuple(found)


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model that the mapping at `location` is checked with."""
    for step in location:
        field = model.model_fields.get(str(step))
        inner = _models(field.annotation) if field else []
        model = inner[0] if inner else model
    return model


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in get_args(annotation) for m in _models(part)]
