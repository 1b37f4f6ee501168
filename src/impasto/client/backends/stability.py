"""Stability AI v2beta: multipart in, base64 out, by one of three services.

Source: platform.stability.ai reference of v2beta stable-image/generate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import download
from impasto.client.backends.service import Service, json_object, model_name, text_of
from impasto.client.exchange import Call, Outcome
from impasto.client.pictures import Found, decode
from impasto.errors import ModerationRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request

_SERVICES = ("ultra", "core")
CREDIT = 0.01
"""US dollars."""
_CREDITS = {
    "ultra": 8.0,
    "core": 3.0,
    "sd3.5-large": 6.5,
    "sd3.5-large-turbo": 4.0,
    "sd3.5-medium": 3.5,
}


class Stability(Service):
    """`POST /v2beta/stable-image/generate/{ultra|core|sd3}`; a failure costs nothing."""

    name = "stability"
    address = "https://api.stability.ai"
    lost: ClassVar[str] = "check the base URL: it is what stands before /v2beta/stable-image"
    keys = ("STABILITY_API_KEY",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {
        "guidance_scale": "cfg_scale",
        "style": "style_preset",
        "width": None,
        "height": None,
        "num_inference_steps": None,
        "n": None,
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the image; the answer is JSON, so that its seed and its fate are told."""
        model = model_name(request)
        service = model if model in _SERVICES else "sd3"
        url = f"{self.base(settings)}/v2beta/stable-image/generate/{service}"
        answer: Answer = yield Call(
            "POST", url, self.headers(settings), form=self.form(request, model), secret=True
        )
        data = json_object(answer, settings.api_key)
        refuse_filtered(data.get("finish_reason"), answer)
        found = Found(decode(text_of(data, "image", answer)))
        images, _ = yield from download.collect((found,), url)
        seed = data.get("seed")
        credits_paid = _CREDITS.get(model)
        return Outcome(
            images,
            seed=seed if isinstance(seed, int) else request.seed,
            cost=None if credits_paid is None else credits_paid * CREDIT,
            host=answer.host,
        )

    def form(self, request: Request, model: str) -> dict[str, str | tuple[str, bytes]]:
        """Return the fields of the form, texts all of them."""
        sent: dict[str, object] = {"prompt": request.prompt}
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        if model not in _SERVICES:
            sent |= {"model": model, "mode": "text-to-image"}
        return {name: str(value) for name, value in {**sent, **self.fields(request)}.items()}


def refuse_filtered(reason: Any, answer: Answer) -> None:
    """Raise where an image was painted and held back.

    Raises:
        ModerationRefused: the reason says so.
    """
    if str(reason).upper() == "CONTENT_FILTERED":
        raise ModerationRefused(
            f"{answer.host} painted the image and held it back: its content was refused",
            stage="output",
            reasons=("content_filtered",),
            billed="no",
            hint="rephrase what the filter may take for sensitive content, or try another seed",
        )
