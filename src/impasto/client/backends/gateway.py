"""The images endpoint that most gateways share: `POST {base}/v1/images/generations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.client.backends._direct import brought, fetched
from impasto.client.backends.service import images_url, sayable, spoken
from impasto.client.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Outcome, Steps
    from impasto.client.request import Request
    from impasto.client.secret import Secret

# The order in which the API guide writes them.
_ORDER = ("width", "height", "num_inference_steps", "guidance_scale", "seed")


class Gateway:
    """Bearer key, one JSON object out, `data[].url` or `data[].b64_json` back."""

    name = "gateway"
    needs_network = True
    lost = "check the base URL: it is what stands before /v1/images/generations"

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Send the request, read the answer, fetch the image."""
        key, url = settings.api_key, endpoint(settings.base_url)
        headers: dict[str, str | Secret] = {"accept": "application/json"}
        if key:
            headers["authorization"] = key.behind("Bearer ")
        answer: Answer = yield Call("POST", url, headers, body(request), secret=True)
        return (yield from brought(answer, url, request, key))

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Fetch the image that an answer has named."""
        return fetched(state, request, endpoint(settings.base_url))


def endpoint(base: str) -> str:
    """Return the address of the endpoint under `base`, with or without `/` or a version at its end.

    Raises:
        InvalidRequest: not an http or https address, or one with a password in it.
    """
    return images_url(base, Gateway.name)


def body(request: Request) -> dict[str, object]:
    """Return the JSON object that the guide documents.

    Raises:
        InvalidRequest: a parameter that JSON cannot say.
    """
    sent: dict[str, object] = {"model": request.model, "prompt": spoken(request)}
    if request.negative_prompt:
        sent["negative_prompt"] = request.negative_prompt
    first = [name for name in _ORDER if name in request.parameters]
    for name in dict.fromkeys([*first, *request.parameters]):
        if (value := request.parameters[name]) is not None:
            sent[name] = sayable(name, value)
    return sent
