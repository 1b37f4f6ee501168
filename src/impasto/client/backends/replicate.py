"""Replicate: a prediction, asked for by model or by version, looked at until it has ended.

Source: the HTTP reference of Replicate and replicate-python 1.0.7, 2026-11.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import download, pictures
from impasto.client.backends.service import Service, json_object, model_name, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.secret import quoted
from impasto.client.waits import pauses
from impasto.errors import GenerationFailed, InvalidRequest, ModerationRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request
    from impasto.errors import BackendError

_VERSION = re.compile(r"(?:[\w.-]+/[\w.-]+:)?([0-9a-f]{64})", re.ASCII)
_MODEL = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_ENDED = frozenset({"succeeded", "failed", "canceled", "aborted"})
_NSFW = re.compile(r"(?i)nsfw|safety|flagged|sensitive|moderat")
WAIT = 60
"""Seconds that the first answer may be held back until the image is there."""


class Replicate(Service):
    """`POST /v1/models/{owner}/{name}/predictions`, or `/v1/predictions` for a version."""

    name = "replicate"
    address = "https://api.replicate.com"
    lost: ClassVar[str] = "check the model's name, which stands in the address, and the base URL"
    keys = ("REPLICATE_API_TOKEN",)
    needs_key = True
    hosts = ("api.replicate.com",)
    names: ClassVar[Mapping[str, str | None]] = {
        "guidance_scale": "guidance",
        "n": "num_outputs",
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Create a prediction and wait for its images."""
        base, headers = self.base(settings), self.headers(settings)
        path, body = _target(model_name(request), self.inputs(request))
        answer: Answer = yield Call(
            "POST", base + path, {**headers, "prefer": f"wait={WAIT}"}, body, secret=True
        )
        data = json_object(answer, settings.api_key)
        urls = data.get("urls")
        found = urls if isinstance(urls, dict) else {}
        state = {
            "id": text_of(data, "id", answer),
            "get": self.own(text_of(found, "get", answer), settings),
        }
        cancel = found.get("cancel")
        stop = Call("POST", self.own(cancel, settings), headers, secret=True) if cancel else None
        yield Ticket(state, (stop,) if stop else ())
        if data.get("status") in _ENDED:
            return (yield from _brought(data, answer, state))
        return (yield from self.resume(request, settings, state))

    def inputs(self, request: Request) -> dict[str, object]:
        """Return the inputs of the model."""
        sent: dict[str, object] = {"prompt": request.prompt, **self.fields(request)}
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        if sent.get("output_format") == "jpeg":
            sent["output_format"] = "jpg"
        if "width" in sent and "height" in sent:  # a model that takes a size has none of them
            sent.setdefault("aspect_ratio", "custom")
        return sent

    def resume(
        self,
        request: Request,  # noqa: ARG002 - the prediction knows what was asked
        settings: Settings,
        state: Mapping[str, str],
    ) -> Steps[Outcome]:
        """Look at the prediction until it has ended."""
        for pause in pauses():
            answer: Answer = yield self.look(state["get"], settings)
            data = json_object(answer, settings.api_key)
            if data.get("status") in _ENDED:
                return (yield from _brought(data, answer, state))
            yield Status(str(data.get("status", "")))
            yield Sleep(pause)
        raise AssertionError


def _target(model: str, inputs: dict[str, object]) -> tuple[str, dict[str, object]]:
    """Return the path and the body of a prediction.

    Raises:
        InvalidRequest: neither a model nor a version of one.
    """
    if version := _VERSION.fullmatch(model):
        return "/v1/predictions", {"version": version[1], "input": inputs}
    if _MODEL.fullmatch(model):
        return f"/v1/models/{model}/predictions", {"input": inputs}
    raise InvalidRequest(
        f'"{model}" is no model of Replicate',
        hint="write owner/name, or the 64 letters and digits of a version",
    )


def _failed(data: dict[str, Any], answer: Answer) -> BackendError:
    status, why = data["status"], quoted(str(data.get("error") or "no reason given"), None)
    said = f"{answer.host} says: {status} ({why})"
    if _NSFW.search(why):
        return ModerationRefused(
            f"the content was refused: {said}",
            stage="output",
            billed="maybe",
            hint="rephrase what the filter may take for sensitive content, or try another seed",
        )
    hint = "the prediction was stopped from elsewhere" if status == "canceled" else ""
    return GenerationFailed(
        f"the prediction ended without an image: {said}", billed="maybe", hint=hint
    )


def _brought(data: dict[str, Any], answer: Answer, state: Mapping[str, str]) -> Steps[Outcome]:
    if data["status"] != "succeeded":
        raise _failed(data, answer)
    reply = pictures.read(answer, state["get"], None)
    images, host = yield from download.collect(reply.found, state["get"])
    inputs = data.get("input")
    seed = inputs.get("seed") if isinstance(inputs, dict) else None
    return Outcome(
        images, seed=seed if isinstance(seed, int) else None, request_id=state["id"], host=host
    )
