"""Reads what servers say when something went wrong, in every shape they say it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from impasto.client.secret import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.client.exchange import Answer
    from impasto.client.secret import Secret

_TITLE = re.compile(r"(?is)<title[^>]*>(.{1,300}?)</title>|<h1[^>]*>(.{1,300}?)</h1>")
_TAG = re.compile(r"<[^>]{0,300}>")
_CODE_KEYS = ("code", "type", "name", "status")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a server said: a message, its codes in lower case, the fields it rejected.

    `shape` is "json", "html", "text" or "empty". Nothing in it holds the key.
    """

    message: str
    codes: frozenset[str] = frozenset()
    fields: dict[str, str] = field(default_factory=dict)
    shape: str = "json"


def read(answer: Answer, secret: Secret | None = None) -> Problem:
    """Return what `answer` says of the error it reports; never raises."""
    data = json_of(answer)
    if isinstance(data, dict):
        return _from_object(data, secret)
    if isinstance(data, str) and data:
        return Problem(quoted(data, secret))
    if isinstance(data, list) and data:
        return _from_object({"errors": data}, secret)
    return _from_text(answer, secret)


def json_of(answer: Answer) -> Any:
    """Return the body as JSON, None if it is none."""
    return parsed(answer.body)


def parsed(text: bytes | str) -> Any:
    """Return what JSON says, None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _from_text(answer: Answer, secret: Secret | None) -> Problem:
    text = answer.body[:100_000].decode("utf-8", "replace").strip()
    if not text:
        return Problem(reason(answer.status), shape="empty")
    if "html" in answer.headers.get("content-type", "") or re.match(r"(?i)<!doctype|<html", text):
        title = _TITLE.search(text)
        heading = _TAG.sub(" ", title[1] or title[2]) if title else ""
        said = quoted(heading, secret) or reason(answer.status)
        return Problem(f'an HTML page ("{said}")', shape="html")
    return Problem(quoted(text, secret), shape="text")


def reason(status: int) -> str:
    """Return the standard phrase of an HTTP status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"


def _from_object(data: dict[str, Any], secret: Secret | None) -> Problem:
    found = _reject(_fields(data), secret)
    codes = frozenset(c.lower() for c in _codes(data))
    said = quoted(_message(data), secret)
    if not said:
        said = "; ".join(f"{name}: {why}" if name else why for name, why in found.items())
    return Problem(said or quoted(json.dumps(data), secret, 120), codes, found)


def _reject(fields: Iterator[tuple[str, str]], secret: Secret | None) -> dict[str, str]:
    return {quoted(name, secret, 80): quoted(why, secret) for name, why in fields}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _message(data: dict[str, Any]) -> str:
    """Return the sentence for people: from the inner object, if there is one."""
    for key in ("error", "detail"):
        inner = data.get(key)
        if isinstance(inner, dict) and (said := _message(inner)):
            return said
    if isinstance(data.get("detail"), list):
        return ""  # FastAPI: the fields say it
    for key in ("message", "detail", "description", "error", "error_description", "msg", "title"):
        if said := _text(data.get(key)):
            return said
    errors = [*_list(data.get("error")), *_list(data.get("errors"))]
    each = (_message(e) if isinstance(e, dict) else _text(e) for e in errors)
    return "; ".join(said for said in each if said)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _codes(data: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield every code word in the error: of the object, what is in it, and FastAPI's types."""
    if depth > 3:
        return
    yield from (str(data[k]) for k in _CODE_KEYS if isinstance(data.get(k), str | int))
    inner = [data.get(k) for k in ("error", "detail", "inner_error", "innererror")]
    for part in (*inner, *_list(data.get("detail")), *_list(data.get("errors"))):
        if isinstance(part, dict):
            yield from _codes(part, depth + 1)


def _fields(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, why) for what the server rejected."""
    for item in (*_list(data.get("detail")), *_list(data.get("errors"))):
        if isinstance(item, dict):
            place = [str(p) for p in _list(item.get("loc")) if p != "body"]
            name = ".".join(place) or _text(item.get("field")) or _text(item.get("param"))
            yield name, _text(item.get("msg")) or _message(item)
    error = data.get("error")
    if isinstance(error, dict) and _text(error.get("param")):
        yield error["param"], _message(error)
