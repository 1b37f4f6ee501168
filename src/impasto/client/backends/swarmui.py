"""SwarmUI: a session, then a call that holds until the images are there.

Source: docs/API.md and docs/APIRoutes/T2IAPI.md of SwarmUI 062407c7, 2026-08. Where the server
has accounts, the key is a user's token, which stands in a cookie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from impasto.client import download
from impasto.client.backends.service import Service, json_object, model_name, text_of
from impasto.client.exchange import Call, Outcome, Ticket
from impasto.client.pictures import Found, decode_data_url
from impasto.client.secret import quoted
from impasto.errors import GenerationFailed, InvalidRequest, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request
    from impasto.errors import BackendError

_STALE = "invalid_session_id"


class SwarmUI(Service):
    """`POST /API/GetNewSession`, `POST /API/GenerateText2Image`; giving up interrupts the session.

    The checkpoint is the parameter `checkpoint`, else the model's name.
    """

    name = "swarmui"
    address = "http://127.0.0.1:7801"
    lost: ClassVar[str] = "check the base URL: it is where the page of SwarmUI itself opens"
    header = "cookie"
    scheme = "swarm_user_token="
    names: ClassVar[Mapping[str, str | None]] = {
        "num_inference_steps": "steps",
        "guidance_scale": "cfgscale",
        "n": "images",
        "checkpoint": None,
        "output_format": None,
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the images; a session that the server has forgotten is opened once more."""
        data, answer = yield from self._asked(request, settings)
        if data.get("error_id") == _STALE:
            data, answer = yield from self._asked(request, settings)
        if "error" in data or "error_id" in data:
            raise _refusal(data, answer)
        base = self.base(settings)
        found = tuple(_found(image, base, answer) for image in data.get("images") or ())
        if not found:
            raise GenerationFailed(f"{answer.host} answered without an image", billed="no")
        images, host = yield from download.collect(found, base)
        return Outcome(images, seed=request.seed, host=host or answer.host)

    def _asked(self, request: Request, settings: Settings) -> Steps[tuple[dict[str, Any], Answer]]:
        api, headers = f"{self.base(settings)}/API", self.headers(settings)
        opened: Answer = yield Call(
            "POST",
            f"{api}/GetNewSession",
            headers,
            {},
            timeout="poll",
            idempotent=True,
            secret=True,
        )
        told = json_object(opened, settings.api_key)
        if "error" in told or "error_id" in told:
            raise _refusal(told, opened)
        session = {"session_id": text_of(told, "session_id", opened)}
        stop = Call("POST", f"{api}/InterruptAll", headers, session, secret=True)
        yield Ticket({}, (stop,))
        body = {**session, **self.body(request)}
        answer: Answer = yield Call("POST", f"{api}/GenerateText2Image", headers, body, secret=True)
        return json_object(answer, settings.api_key), answer

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request, without its session."""
        return {
            "images": 1,
            "prompt": request.prompt,
            "negativeprompt": request.negative_prompt,
            "model": request.parameters.get("checkpoint") or model_name(request),
            "seed": -1,
            "donotsave": True,
            **self.fields(request),
        }


def _refusal(data: dict[str, Any], answer: Answer) -> BackendError:
    said = quoted(str(data.get("error") or data.get("error_id")), None)
    if "model" in said.lower():
        return InvalidRequest(
            f"{answer.host} says: {said}",
            fields={"model": said},
            hint="name a model as the server lists it: -p checkpoint=NAME",
            status=answer.status,
        )
    return GenerationFailed(
        f"{answer.host} says: {said}",
        billed="no",
        hint="look at the server's own log",
        status=answer.status,
    )


def _found(image: object, base: str, answer: Answer) -> Found:
    """Return an image that is named by its path on the server, or stands in the answer."""
    if not (isinstance(image, str) and image):
        raise ProtocolError(f"{answer.host} named no image where one was expected")
    if image[:5].lower() == "data:":
        return Found(decode_data_url(image))
    return Found(url=f"{base}/{quote(image.lstrip('/'), safe='/')}")
