"""Fireworks AI: a workflow for each model; JSON with base64, so that the fate is told.

Source: docs.fireworks.ai, generate an image with FLUX.1 [schnell] FP8, as of 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from impasto.client import download
from impasto.client.backends._direct import brought
from impasto.client.backends.service import Service, json_object, model_name
from impasto.client.exchange import Call, Outcome
from impasto.client.pictures import Found, decode, decode_data_url
from impasto.errors import ModerationRefused, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request


class Fireworks(Service):
    """`POST …/workflows/accounts/{account}/models/{model}/text_to_image`.

    Where an `output_format` is asked for the answer is the image itself.
    """

    name = "fireworks"
    address = "https://api.fireworks.ai"
    lost: ClassVar[str] = "check the model's name, which stands in the address, and the base URL"
    keys = ("FIREWORKS_API_KEY",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {"n": None, "output_format": None}

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the image."""
        model = model_name(request)
        path = model if model.startswith("accounts/") else f"accounts/fireworks/models/{model}"
        workflows = f"{self.base(settings)}/inference/v1/workflows"
        url = f"{workflows}/{quote(path, safe='/')}/text_to_image"
        kind = request.parameters.get("output_format")
        headers = self.headers(settings, f"image/{kind}" if kind else "application/json")
        answer: Answer = yield Call("POST", url, headers, self.body(request), secret=True)
        if kind:
            return (yield from brought(answer, url, request, settings.api_key))
        return (yield from _read(json_object(answer, settings.api_key), answer, request))

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        sent: dict[str, object] = {"prompt": request.prompt, **self.fields(request)}
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        return sent


def _read(data: dict[str, Any], answer: Answer, request: Request) -> Steps[Outcome]:
    if str(data.get("finishReason")).upper() == "CONTENT_FILTERED":
        raise ModerationRefused(
            f"{answer.host} painted the image and held it back: its content was refused",
            stage="output",
            reasons=("content_filtered",),
            billed="maybe",
            hint="rephrase what the filter may take for sensitive content, or try another seed",
            status=answer.status,
        )
    coded = data.get("base64")
    if not (isinstance(coded, list) and coded and all(isinstance(text, str) for text in coded)):
        raise ProtocolError(
            f'{answer.host} answered without "base64"',
            hint="check that the base URL is the one of this service and the model paints",
            status=answer.status,
        )
    images, _ = yield from download.collect(tuple(map(_found, coded)), "")
    seed = data.get("seed")
    return Outcome(
        images,
        seed=seed if isinstance(seed, int) else request.seed,
        request_id=str(data.get("id") or ""),
        host=answer.host,
    )


def _found(text: str) -> Found:
    """Return an image that is written as base64, alone or in a `data:` address."""
    return Found(decode_data_url(text) if text[:5].lower() == "data:" else decode(text))
