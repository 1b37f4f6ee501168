"""AUTOMATIC1111, Forge and SD.Next: `POST /sdapi/v1/txt2img`, which holds until the image is there.

Source: AUTOMATIC1111 modules/api. The server must run with `--api`; with `--api-auth` the key is
`user:password`. The same interface of stable-diffusion.cpp's server works too, without progress.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import answers, download, pictures, problems
from impasto.client.backends.service import Service, json_object, spoken
from impasto.client.exchange import Aside, Call, Outcome, Status, Ticket
from impasto.client.secret import quoted
from impasto.diagnostics import did_you_mean
from impasto.errors import GenerationFailed, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.backends.service import Headers
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request

_PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
_CHECKPOINTS = "/sdapi/v1/sd-models"
# The names that one checkpoint goes by.
_NAMES = ("title", "model_name", "filename", "hash", "sha256")


class A1111(Service):
    """The image comes as base64; which checkpoint paints is the server's, or `checkpoint`."""

    name = "a1111"
    address = "http://127.0.0.1:7860"
    lost: ClassVar[str] = "check the base URL, and that the server was started with --api"
    names: ClassVar[Mapping[str, str | None]] = {
        "num_inference_steps": "steps",
        "guidance_scale": "cfg_scale",
        "n": "batch_size",
        "sampler": "sampler_name",
        "checkpoint": None,
    }

    def headers(self, settings: Settings, accept: str = "application/json") -> Headers:
        """Return the headers; the key is a user name and a password."""
        headers: Headers = {"accept": accept}
        if settings.api_key:
            headers["authorization"] = settings.api_key.basic()
        return headers

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the image and look how far it is meanwhile; giving up interrupts the server."""
        base, headers = self.base(settings), self.headers(settings)
        if wanted := request.parameters.get("checkpoint"):
            checkpoints = Call("GET", base + _CHECKPOINTS, headers, timeout="poll", secret=True)
            _require(str(wanted), (yield checkpoints))
        look = Call("GET", base + _PROGRESS, headers, timeout="poll", idempotent=True, secret=True)
        stop = Call("POST", f"{base}/sdapi/v1/interrupt", headers, {}, secret=True)
        yield Ticket({}, (stop,))
        answer: Answer = yield Call(
            "POST",
            f"{base}/sdapi/v1/txt2img",
            headers,
            self.body(request),
            secret=True,
            aside=Aside(look, _progress),
        )
        if answer.status == 500 and (trouble := _trouble(answer)):
            raise trouble
        data = json_object(answer, settings.api_key)
        reply = pictures.read(answer, base, settings.api_key)
        info = _info(data)
        # A server that returns grids puts one first; it is none of the images that were asked for.
        first = info.get("index_of_first_image") or 0
        images, host = yield from download.collect(reply.found[first:] or reply.found, base)
        return Outcome(images, seed=_seed(info, request), host=host or answer.host)

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object for `txt2img`; SD.Next and sd-server read `clip_skip` itself."""
        sent: dict[str, object] = {
            "prompt": spoken(request),
            "negative_prompt": request.negative_prompt,
            "seed": -1,
            **self.fields(request),
        }
        wanted = {
            "sd_model_checkpoint": request.parameters.get("checkpoint"),
            "CLIP_stop_at_last_layers": request.parameters.get("clip_skip"),
        }
        overrides = {name: value for name, value in wanted.items() if value is not None}
        if overrides:
            sent["override_settings"] = overrides
            sent["override_settings_restore_afterwards"] = True
        return {**sent, "send_images": True, "save_images": False}


def _require(wanted: str, answer: Answer) -> None:
    """Refuse a checkpoint that the server does not have: it would paint with another instead.

    A part of a name is enough, as at the server.
    """
    listed = problems.json_of(answer) if answer.status == 200 else None
    if not isinstance(listed, list) or not listed:
        return
    known = [each for each in listed if isinstance(each, dict)]
    if any(wanted in str(each.get(name)) for each in known for name in _NAMES):
        return
    names = [str(each.get("model_name")) for each in known]
    raise InvalidRequest(
        f'{answer.host} has no checkpoint "{quoted(wanted, None, 80)}"',
        fields={"checkpoint": "the server does not have it"},
        hint=did_you_mean(wanted, names) or f"it has {quoted(', '.join(names), None)}",
    )


def _progress(answer: Answer) -> Status | None:
    data = problems.json_of(answer)
    share = data.get("progress") if isinstance(data, dict) else None
    if not isinstance(share, float) or not 0 < share <= 1:
        return None
    state = data.get("state")
    steps = state if isinstance(state, dict) else {}
    step, of = steps.get("sampling_step"), steps.get("sampling_steps")
    return Status(f"step {step} of {of}" if step and of else "painting", share)


def _trouble(answer: Answer) -> GenerationFailed | None:
    """Return the error that the server's own program ran into."""
    data = problems.json_of(answer)
    kind = data.get("error") if isinstance(data, dict) else None
    if not isinstance(kind, str) or answers.is_final(answer):
        return None
    why = str(data.get("errors") or data.get("message") or "")
    said = f"{answer.host} failed: {quoted(f'{kind}: {why}' if why else kind, None)}"
    hint = "look at the server's own log"
    if "OutOfMemory" in kind or "out of memory" in why.lower():
        hint = "choose a smaller size or batch; the server's graphics memory is full"
    return GenerationFailed(said, billed="no", hint=hint, status=answer.status)


def _info(data: dict[str, Any]) -> dict[str, Any]:
    """Return what the server tells of the images: JSON in a text, empty at some servers."""
    try:
        found = json.loads(data.get("info") or "{}")
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seed(info: dict[str, Any], request: Request) -> int | None:
    seeds = info.get("all_seeds") or [info.get("seed")]
    if isinstance(seeds, list) and isinstance(seeds[0], int) and seeds[0] >= 0:
        return seeds[0]
    return request.seed
