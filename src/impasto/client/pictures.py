"""Finds the images in a backend's answer, whichever of the usual shapes it has."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from impasto.client import answers, problems
from impasto.client.addresses import joined
from impasto.client.exchange import MAX_IMAGE, MiB
from impasto.client.secret import quoted, scrub
from impasto.errors import BackendError, GenerationFailed, ModerationRefused, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.client.exchange import Answer
    from impasto.client.secret import Secret

_FILTERED = frozenset({"content_filtered", "content_filter"})
_RUNNING = frozenset(
    {"pending", "queued", "submitted", "processing", "running", "starting", "in_progress"}
)
_FAILED = frozenset({"failed", "failure", "error", "canceled", "cancelled"})
# No image costs a million dollars.
_TOO_MUCH = 1e6
_URLSAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Found:
    """One image of an answer: its bytes, or where to fetch it."""

    data: bytes = field(default=b"", repr=False)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A backend's answer, read."""

    found: tuple[Found, ...]
    seed: int | None = None
    revised_prompt: str | None = None
    cost: float | None = None
    request_id: str = ""


def read(answer: Answer, endpoint: str, secret: Secret | None = None) -> Reply:
    """Return the images of a 2xx answer and what it says of them.

    Accepted, in this order: `data[].b64_json`, `data[].url` (http or `data:`), `images[].url`,
    `images[]` strings, `artifacts[].base64`, `output[]`; also the image itself as the body.

    Raises:
        ModerationRefused: the output was held back.
        GenerationFailed: the answer reports a failed job.
        ProtocolError: no image in it, a task instead, or not JSON.
    """
    if _is_image(answer):
        return Reply((Found(answer.body),), request_id=answers.request_id(answer, secret))
    data = problems.json_of(answer)
    if not isinstance(data, dict):
        raise answers.no_json(answer, problems.read(answer, secret))
    found = tuple(_found(data, endpoint))
    if not found:
        raise _without_image(data, answer, secret)
    return _reply(data, found, answer, secret)


def _is_image(answer: Answer) -> bool:
    from impasto.images.kinds import sniff  # noqa: PLC0415 - the room of images comes when needed

    return answer.headers.get("content-type", "").startswith("image/") or bool(sniff(answer.body))


def _first(data: dict[str, Any]) -> dict[str, Any]:
    for key in ("data", "images", "artifacts"):
        for item in _items(data, key):
            if isinstance(item, dict):
                return item
    return {}


def _reply(
    data: dict[str, Any], found: tuple[Found, ...], answer: Answer, secret: Secret | None
) -> Reply:
    first = _first(data)
    revised = first.get("revised_prompt")
    usage = data.get("usage")
    cost = usage.get("cost") if isinstance(usage, dict) else data.get("cost")
    return Reply(
        found,
        seed=_integer(first.get("seed", data.get("seed"))),
        revised_prompt=scrub(revised, secret) if isinstance(revised, str) else None,
        cost=money(cost),
        request_id=answers.request_id(answer, secret),
    )


def money(value: object) -> float | None:
    """Return a sum that a server names, None where it is none: no number, endless, below zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < _TOO_MUCH else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _items(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str | dict) and value else []


def _found(data: dict[str, Any], endpoint: str) -> Iterator[Found]:
    """Yield the images of the first shape that has any."""
    for key, names in (
        ("data", ("b64_json", "url")),
        ("images", ("url", "b64_json", "base64")),
        ("artifacts", ("base64",)),
        ("output", ("url",)),
    ):
        images = [image for item in _items(data, key) if (image := _image(item, names, endpoint))]
        if images:
            yield from images
            return


def _image(item: Any, names: tuple[str, ...], endpoint: str) -> Found | None:
    if isinstance(item, str):
        return _named(item) if item else None
    if not isinstance(item, dict) or _finish(item) in _FILTERED:
        return None
    for name in names:
        if isinstance(text := item.get(name), str) and text:
            # A relative address is possible only where an address must stand: base64 of a JPEG
            # begins with a slash as well.
            return _named(joined(endpoint, text)) if name == "url" else _named(text)
    return None


def _named(text: str) -> Found:
    """Return the image that `text` is (base64, `data:`) or names (any other address)."""
    if text[:5].lower() == "data:":
        return Found(decode_data_url(text))
    if "://" in text[:12]:
        return Found(url=text)
    return Found(decode(text))


def decode(text: str) -> bytes:
    """Return the bytes of an image in base64.

    Raises:
        ProtocolError: damaged, or larger than an image may be.
    """
    if len(text) > MAX_IMAGE * 4 // 3 + MiB:
        raise ProtocolError(f"an image of more than {MAX_IMAGE // MiB} MiB", billed="yes")
    body = "".join(text.split()).translate(_URLSAFE).rstrip("=")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolError(
            "the answer holds an image whose base64 is damaged",
            billed="yes",
            hint="the provider's dashboard may still have the image",
        ) from error


def decode_data_url(url: str) -> bytes:
    """Return the bytes of a `data:` URL (RFC 2397).

    Raises:
        ProtocolError: damaged, or larger than an image may be.
    """
    head, comma, body = url.partition(",")
    if not comma or len(body) > 3 * MAX_IMAGE:
        raise ProtocolError("the answer holds a data: address that cannot be read", billed="yes")
    if head.lower().endswith(";base64"):
        return decode(body if "%" not in body else unquote_to_bytes(body).decode("latin-1"))
    data = unquote_to_bytes(body)
    if len(data) > MAX_IMAGE:
        raise ProtocolError(f"an image of more than {MAX_IMAGE // MiB} MiB", billed="yes")
    return data


def _finish(item: dict[str, Any]) -> str:
    return str(item.get("finish_reason", item.get("finishReason", ""))).lower()


def _status(data: dict[str, Any]) -> str:
    return str(data.get("status", "")).lower()


def _without_image(data: dict[str, Any], answer: Answer, secret: Secret | None) -> BackendError:
    known: dict[str, Any] = {
        "status": answer.status,
        "request_id": answers.request_id(answer, secret),
    }
    if _finish(_first(data)) in _FILTERED:
        return ModerationRefused(
            f"{answer.host} painted the image and held it back: its content was refused",
            stage="output",
            reasons=("content_filtered",),
            billed="maybe",
            hint="rephrase what the filter may take for sensitive content, or try another seed",
            **known,
        )
    if str(data.get("object", "")).endswith(".task") or _status(data) in _RUNNING:
        return _task(data, answer, secret, known)
    if data.get("error") or _status(data) in _FAILED:
        return _failed(answer, secret)
    keys = quoted(", ".join(map(str, data)), secret, 120) or "nothing"
    return ProtocolError(
        f"{answer.host} answered without an image; the answer has: {keys}",
        hint="check that the base URL is the one of an images API and the model paints",
        **known,
    )


def _task(
    data: dict[str, Any], answer: Answer, secret: Secret | None, known: dict[str, Any]
) -> ProtocolError:
    name = quoted(str(data.get("id", data.get("task_id", "without id"))), secret, 100)
    return ProtocolError(
        f"{answer.host} took the job as a task ({name}) instead of answering with the image",
        hint="this backend does not wait for tasks; fetch it at the provider by that id, and use "
        "the provider's own backend or its synchronous mode",
        **known,
    )


def _failed(answer: Answer, secret: Secret | None) -> BackendError:
    error = answers.refused(answer, secret)
    if isinstance(error, ProtocolError):
        return GenerationFailed(error.message, hint=error.hint, billed=error.billed)
    return error
