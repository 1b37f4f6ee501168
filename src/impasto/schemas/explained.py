"""What pydantic says of a YAML document, in words that need no knowledge of Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from impasto.diagnostics import did_you_mean
from impasto.schemas import Record
from impasto.schemas.twins import twin_of

if TYPE_CHECKING:
    from impasto.errors import SourceError
    from impasto.yamlsource import Document

_M = TypeVar("_M", bound=BaseModel)


def checked(model: type[_M], data: object, document: Document, error: type[SourceError]) -> _M:
    """Return `data` as a `model`.

    Raises:
        SourceError: of the type `error`, for the first thing that breaks the schema, at its place
            in `document`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as problems:
        raise _located(problems, model, document, error) from problems


def _located(
    problems: ValidationError, model: type[BaseModel], document: Document, error: type[SourceError]
) -> SourceError:
    first, *others = problems.errors()
    first = _misspelt(first, others) or first
    location = first["loc"]
    path = _existing(document.data, location)
    key = str(location[-1]) if location else ""
    if first["type"] == "extra_forbidden":
        known = list(_model_at(model, location[:-1]).model_fields)
        hint = did_you_mean(key, known) or f"known here: {', '.join(known)}"
        return error(f'unknown key "{key}"', document.key_span(path), hint=hint)
    if first["type"] == "missing" and isinstance(location[-1], str):
        return error(f'the key "{key}" is missing', document.span(path))
    same = [first, *(p for p in others if _existing(document.data, p["loc"]) == path)]
    expected = list(dict.fromkeys(_expected(problem) for problem in same))
    if "a number" in expected and "an integer" in expected:
        expected.remove("an integer")
    if key == "[key]":
        message = f'"{path[-1]}" should be {expected[0]}'
        return error(message, document.key_span(path))
    choice = " or ".join(filter(None, (", ".join(expected[:-1]), expected[-1])))
    message = f"{_named(path)} should be {choice}, not {_given(first['input'])}"
    choices = re.findall(r"'([^']+)'", str(first.get("ctx", {}).get("expected", "")))
    hint = did_you_mean(str(first["input"]), choices) if choices else ""
    return error(message, document.span(path), hint=hint)


def _misspelt(first: Any, others: list[Any]) -> Any:
    """Return the unknown key that is the missing one of `first` with a slip of the pen, or None."""
    if first["type"] != "missing" or not isinstance(first["loc"][-1], str):
        return None
    *parent, missing = first["loc"]
    unknown = [p for p in others if p["type"] == "extra_forbidden" and [*p["loc"][:-1]] == parent]
    return next((p for p in unknown if did_you_mean(str(p["loc"][-1]), [missing])), None)


def _named(path: tuple[int | str, ...]) -> str:
    """Return what people call the value at `path`."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return "the file"
    return f'an item of "{keys[-1]}"' if isinstance(path[-1], int) else f'"{keys[-1]}"'


_PLAIN_WORDS = {
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "mapping_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "string_too_long": "shorter",
}
_PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]*$": "a name of small letters, digits, - and _",
    r"^\d+\.\d+\.\d+": "a version such as 1.0.0",
}


def _expected(problem: Any) -> str:
    """Return what would be right, in words that need no knowledge of Python."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "literal_error":
        return str(context["expected"]).replace("'", '"')
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        return _PATTERNS.get(pattern, f"text that matches {pattern}")
    if kind in ("missing", "too_long", "too_short"):
        return "a list of two numbers"
    said = str(problem["msg"]).removeprefix("Input should be ")
    return _PLAIN_WORDS.get(kind, said[:1].lower() + said[1:])


def _given(value: Any) -> str:
    """Return what is there instead."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _existing(data: Any, location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return the steps of a pydantic location that are really in the data."""
    found: list[int | str] = []
    for step in location:
        inner = dict(enumerate(data)) if isinstance(data, list) else data
        if isinstance(inner, dict) and step in inner:
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
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [twin_of(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in get_args(annotation) for m in _models(part)]
