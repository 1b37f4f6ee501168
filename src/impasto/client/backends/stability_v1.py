"""Stability AI v1: texts with weights, one artifact for each image.

Source: platform.stability.ai reference of v1 generation text-to-image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.client import download, pictures
from impasto.client.backends.service import Service, json_object, model_name
from impasto.client.backends.stability import refuse_filtered
from impasto.client.exchange import Call, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request


class StabilityV1(Service):
    """`POST /v1/generation/{engine}/text-to-image`; the negative prompt is a text at -1."""

    name = "stability-v1"
    address = "https://api.stability.ai"
    lost: ClassVar[str] = "check the model's name, which stands in the address, and the base URL"
    keys = ("STABILITY_API_KEY",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {
        "num_inference_steps": "steps",
        "guidance_scale": "cfg_scale",
        "n": "samples",
        "style": "style_preset",
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the images."""
        engine = model_name(request)
        url = f"{self.base(settings)}/v1/generation/{engine}/text-to-image"
        answer: Answer = yield Call(
            "POST", url, self.headers(settings), self.body(request), secret=True
        )
        data = json_object(answer, settings.api_key)
        first = (data.get("artifacts") or [{}])[0]
        refuse_filtered(first.get("finishReason") if isinstance(first, dict) else None, answer)
        reply = pictures.read(answer, url, settings.api_key)
        images, _ = yield from download.collect(reply.found, url)
        return Outcome(images, seed=reply.seed, request_id=reply.request_id, host=answer.host)

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        texts: list[dict[str, object]] = [{"text": request.prompt, "weight": 1}]
        if request.negative_prompt:
            texts.append({"text": request.negative_prompt, "weight": -1})
        return {"text_prompts": texts, **self.fields(request)}
