"""OpenAI Images: `POST /v1/images/generations`, as one answer or as a stream with previews.

Source: openai-python 3.54.0, ImageGenerateParams and the events of image_generation.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import answers
from impasto.client.backends._direct import brought, fetched
from impasto.client.backends.service import Service, images_url, model_name, spoken
from impasto.client.exchange import Answer, Call, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Outcome, Steps
    from impasto.client.request import Request

_DATA = b"data:"
_PARTIAL = "image_generation.partial_image"
_COMPLETED = "image_generation.completed"


class OpenAI(Service):
    """Bearer key; sizes as one text; the DALL·E models answer with base64 when asked to."""

    name = "openai"
    address = "https://api.openai.com"
    lost: ClassVar[str] = "check the base URL: it is what stands before /v1/images/generations"
    keys = ("OPENAI_API_KEY",)
    place = "OPENAI_BASE_URL"
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {"width": None, "height": None}

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Send the request; with `partial_images` every preview is told as it comes."""
        url = self.url(settings, model_name(request))
        body = self.body(request)
        answer: Answer = yield Call(
            "POST",
            url,
            self.headers(settings),
            body,
            secret=True,
            heard=_preview if body.get("stream") else None,
        )
        self.check(answer, settings)
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            answer = _completed(answer)
        return (yield from brought(answer, url, request, settings.api_key))

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Fetch the images that an answer has named."""
        return fetched(state, request, self.base(settings))

    def check(self, answer: Answer, settings: Settings) -> None:
        """Raise the error that an answer reports."""
        if not 200 <= answer.status < 300:
            raise answers.refused(answer, settings.api_key)

    def url(self, settings: Settings, model: str) -> str:  # noqa: ARG002 - Azure has it in the path
        """Return the address that requests for `model` go to."""
        return images_url(settings.base_url or self.address, self.name)

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        model = model_name(request)
        sent = {"model": model, "prompt": spoken(request), **self.fields(request)}
        size = [request.parameters.get(side) for side in ("width", "height")]
        if None not in size:
            sent["size"] = f"{size[0]}x{size[1]}"
        if model.startswith("dall-e"):
            sent.setdefault("response_format", "b64_json")
        if sent.get("partial_images"):
            sent["stream"] = True
        return sent


def _event(line: bytes) -> dict[str, Any]:
    """Return the event that a line of the stream holds, an empty one where it holds none."""
    if not line.startswith(_DATA):
        return {}
    try:
        found = json.loads(line[len(_DATA) :])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _preview(line: bytes) -> Status | None:
    event = _event(line)
    if event.get("type") != _PARTIAL:
        return None
    try:
        preview = base64.b64decode(str(event.get("b64_json", "")), validate=True)
    except binascii.Error:
        return None
    number = event.get("partial_image_index")
    return Status(
        f"preview {number + 1}" if isinstance(number, int) else "preview", None, None, preview
    )


def _completed(answer: Answer) -> Answer:
    """Return the answer that a stream ends in, as if it had come at once."""
    events = [event for line in answer.body.splitlines() if (event := _event(line))]
    images = [event for event in events if event.get("type") == _COMPLETED]
    if images:
        whole = {"data": images, "usage": images[-1].get("usage")}
    else:
        whole = next(
            (e for e in reversed(events) if "error" in e), {"error": "the stream broke off"}
        )
    return Answer(answer.status, answer.headers, json.dumps(whole).encode(), answer.host)
