"""Hugging Face: its own inference service behind the router; the answer is the image.

Source: huggingface_hub 2.4.0 and the pages on inference providers in hub-docs, 2026-08.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from impasto.client.backends._direct import brought
from impasto.client.backends.service import Service, model_name
from impasto.client.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Outcome, Steps
    from impasto.client.request import Request


class HuggingFace(Service):
    """`POST /hf-inference/models/{owner}/{name}`; other providers have their own backends."""

    name = "huggingface"
    address = "https://router.huggingface.co"
    lost: ClassVar[str] = "check the model's name, which stands in the address, and the base URL"
    keys = ("HF_TOKEN",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {"n": None, "output_format": None}

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the image."""
        model = quote(model_name(request), safe="/")
        url = f"{self.base(settings)}/hf-inference/models/{model}"
        kind = f"image/{request.parameters.get('output_format') or 'png'}"
        answer: Answer = yield Call(
            "POST", url, self.headers(settings, kind), self.body(request), secret=True
        )
        return (yield from brought(answer, url, request, settings.api_key))

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        sent = self.fields(request)
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        return {"inputs": request.prompt, "parameters": sent}
