"""fal: a queue. Submit, ask the addresses that the answer names, fetch the images.

Source: fal-client 1.0.3 and the descriptions of fal's endpoints, 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import answers, download, pictures
from impasto.client.backends.service import Service, json_object, model_name, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.waits import pauses
from impasto.errors import ModerationRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request

_ADDRESSES = ("status_url", "response_url", "cancel_url")


class Fal(Service):
    """`POST /{model}` on the queue; sizes are an object, keys stand behind the word `Key`."""

    name = "fal"
    address = "https://queue.fal.run"
    lost: ClassVar[str] = "check the model's name, which stands in the address, and the base URL"
    keys = ("FAL_KEY",)
    needs_key = True
    scheme = "Key "
    hosts = (".fal.run",)
    names: ClassVar[Mapping[str, str | None]] = {"n": "num_images", "width": None, "height": None}

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Put the request into the queue and wait for its images."""
        base, headers = self.base(settings), self.headers(settings)
        answer: Answer = yield Call(
            "POST", f"{base}/{model_name(request)}", headers, self.body(request), secret=True
        )
        data = json_object(answer, settings.api_key)
        state = {name: self.own(text_of(data, name, answer), settings) for name in _ADDRESSES}
        state["id"] = text_of(data, "request_id", answer)
        yield Ticket(state, (Call("PUT", state["cancel_url"], headers, secret=True),))
        return (yield from self.resume(request, settings, state))

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        sent: dict[str, object] = {"prompt": request.prompt, **self.fields(request)}
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        width, height = (request.parameters.get(side) for side in ("width", "height"))
        if width and height:
            sent["image_size"] = {"width": width, "height": height}
        return sent

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Ask for the state of the job until it is completed, then for its images."""
        key = settings.api_key
        for pause in pauses():
            answer: Answer = yield self.look(state["status_url"], settings)
            data = json_object(answer, key)
            if str(data.get("status")).upper() == "COMPLETED":
                break
            yield Status(_words(data))
            yield Sleep(pause)
        answer = yield self.look(state["response_url"], settings)
        if not 200 <= answer.status < 300:
            raise answers.refused(answer, key)
        return (yield from _brought(answer, settings, request, state))


def _words(data: dict[str, Any]) -> str:
    place = data.get("queue_position")
    if isinstance(place, int):
        return f"in the queue, {place} before it"
    return str(data.get("status", "")).replace("_", " ").lower()


def _brought(
    answer: Answer, settings: Settings, request: Request, state: Mapping[str, str]
) -> Steps[Outcome]:
    data = json_object(answer, settings.api_key)
    reply = pictures.read(answer, state["response_url"], settings.api_key)
    flags = data.get("has_nsfw_concepts")
    if isinstance(flags, list) and flags and all(flag is True for flag in flags):
        raise ModerationRefused(
            f"{answer.host} painted the image and blackened it: its content was refused",
            stage="output",
            billed="yes",
            hint="try another seed, or turn the safety checker off where that is yours to decide",
        )
    images, host = yield from download.collect(reply.found, state["response_url"])
    told = data.get("prompt")
    return Outcome(
        images,
        seed=reply.seed,
        revised_prompt=told if isinstance(told, str) and told != request.prompt else None,
        request_id=state["id"],
        host=host,
    )
