"""Together AI: the images endpoint of OpenAI with names of its own.

Source: together 3.1.1, ImageGenerateParams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.client.backends._direct import brought, fetched
from impasto.client.backends.service import Service, model_name
from impasto.client.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Outcome, Steps
    from impasto.client.request import Request


class Together(Service):
    """`POST /v1/images/generations`; base64 is asked for, so nothing has to be fetched."""

    name = "together"
    address = "https://api.together.xyz"
    lost: ClassVar[str] = "check the base URL: it is what stands before /v1/images/generations"
    keys = ("TOGETHER_API_KEY",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {"num_inference_steps": "steps"}

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the images."""
        url = f"{self.base(settings)}/v1/images/generations"
        answer: Answer = yield Call(
            "POST", url, self.headers(settings), self.body(request), secret=True
        )
        return (yield from brought(answer, url, request, settings.api_key))

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Fetch the images that an answer has named."""
        return fetched(state, request, self.base(settings))

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        sent: dict[str, object] = {"model": model_name(request), "prompt": request.prompt}
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        return {**sent, "response_format": "base64", **self.fields(request)}
