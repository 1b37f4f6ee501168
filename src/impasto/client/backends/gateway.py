"""The images endpoint that most gateways share: `POST {base}/v1/images/generations`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from impasto.client import answers, download, pictures
from impasto.client.exchange import Call, Outcome
from impasto.errors import InvalidRequest

if TYPE_CHECKING:
    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request
    from impasto.client.secret import Secret

_ENDPOINT = "/v1/images/generations"
_TAIL = re.compile(r"/+(?:v1(?:/+images(?:/+generations)?)?/*)?$")
# The order in which the API guide writes them.
_ORDER = ("width", "height", "num_inference_steps", "guidance_scale", "seed")


class Gateway:
    """Bearer key, one JSON object out, `data[].url` or `data[].b64_json` back."""

    name = "gateway"
    needs_network = True

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Send the request, read the answer, fetch the image."""
        key, url = settings.api_key, endpoint(settings.base_url)
        headers: dict[str, str | Secret] = {"accept": "application/json"}
        if key:
            headers["authorization"] = key.behind("Bearer ")
        answer: Answer = yield Call("POST", url, headers, body(request), secret=True)
        if not 200 <= answer.status < 300:
            raise answers.refused(answer, key)
        reply = pictures.read(answer, url, key)
        images, host = yield from download.collect(reply.found, url)
        return Outcome(
            images,
            seed=_seed(request) if reply.seed is None else reply.seed,
            revised_prompt=reply.revised_prompt,
            cost=reply.cost,
            request_id=reply.request_id,
            host=host or answer.host,
        )


def _seed(request: Request) -> int | None:
    """Return the seed that was asked for; -1 means any."""
    seed = request.parameters.get("seed")
    return seed if isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0 else None


def endpoint(base: str) -> str:
    """Return the address of the endpoint under `base`, with or without `/` or `/v1` at its end.

    Raises:
        InvalidRequest: not an http or https address, or one with a password in it.
    """
    if not base:
        raise InvalidRequest(
            'the backend "gateway" needs the address of a server',
            hint="set IMPASTO_BASE_URL or pass base_url=, such as https://api.example.com",
        )
    try:
        parts = urlsplit(base.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise InvalidRequest(f'"{_shown(base)}" is not a base URL', hint=_base_hint(base))
    if "@" in parts.netloc:
        raise InvalidRequest(
            "the base URL holds a user name or password",
            hint="leave it out of the address and pass the key as api_key= or IMPASTO_API_KEY",
        )
    path = _TAIL.sub("", parts.path) + _ENDPOINT
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _shown(base: str) -> str:
    """Return what may be shown of a broken address: no user name or password."""
    return re.sub(r"^(\w*:?/*)[^/]*@", r"\1", base)[:100]


def _base_hint(base: str) -> str:
    if "://" in base or not base.strip("/ "):
        return "a base URL looks like https://api.example.com"
    local = base.startswith(("localhost", "127.", "192.168.", "10."))
    return f'did you mean "{"http" if local else "https"}://{_shown(base)}"?'


def body(request: Request) -> dict[str, object]:
    """Return the JSON object that the guide documents.

    Raises:
        InvalidRequest: a parameter that JSON cannot say.
    """
    sent: dict[str, object] = {"model": request.model, "prompt": request.prompt}
    if request.negative_prompt:
        sent["negative_prompt"] = request.negative_prompt
    first = [name for name in _ORDER if name in request.parameters]
    for name in dict.fromkeys([*first, *request.parameters]):
        if (value := request.parameters[name]) is not None:
            sent[name] = _sayable(name, value)
    return sent


def _sayable(name: str, value: object) -> object:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(
            f'the parameter "{name}" has a value that cannot be sent: {value!r:.80}',
            fields={name: str(error)},
            hint="numbers, texts, lists and mappings of them can be sent",
        ) from error
    return value
