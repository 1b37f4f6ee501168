"""stable-diffusion.cpp's server: its own interface of jobs.

Source: examples/server/api.md of stable-diffusion.cpp, in stable-diffusion-cpp-python 0.4.7, and
what the server built from it does: a value that it cannot use it replaces, and does not say so.
So it is asked for what it can, and such values are refused here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from impasto.client import download
from impasto.client.backends import _abilities
from impasto.client.backends.service import Service, json_object, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.pictures import Found, decode
from impasto.client.secret import quoted
from impasto.client.waits import pauses
from impasto.errors import GenerationFailed, ResultExpired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request

_SAMPLING = {
    "num_inference_steps": "sample_steps",
    "sampler": "sample_method",
    "scheduler": "scheduler",
}


class StableDiffusionCpp(Service):
    """`POST /sdcpp/v1/img_gen`, then the job until it is completed; it is kept ten minutes."""

    name = "sdcpp"
    address = "http://127.0.0.1:1234"
    lost: ClassVar[str] = "check the base URL: it is what stands before /sdcpp/v1/img_gen"
    names: ClassVar[Mapping[str, str | None]] = {
        "n": "batch_count",
        "guidance_scale": None,
        "distilled_guidance": None,
        **dict.fromkeys(_SAMPLING),
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Submit the job, if the server can do it, and wait for its images."""
        base, headers = self.base(settings), self.headers(settings)
        able = Call("GET", f"{base}/sdcpp/v1/capabilities", headers, timeout="poll", secret=True)
        _abilities.check(request, (yield able))
        answer: Answer = yield Call(
            "POST", f"{base}/sdcpp/v1/img_gen", headers, self.body(request), secret=True
        )
        job = text_of(json_object(answer, settings.api_key), "id", answer)
        cancel = Call("POST", f"{base}/sdcpp/v1/jobs/{job}/cancel", headers, {}, secret=True)
        yield Ticket({"id": job}, (cancel,))
        return (yield from self.resume(request, settings, {"id": job}))

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a job."""
        given = request.parameters
        sampling: dict[str, object] = {
            own: given[name] for name, own in _SAMPLING.items() if given.get(name) is not None
        }
        guidance = {"txt_cfg": "guidance_scale", "distilled_guidance": "distilled_guidance"}
        found = {own: given[name] for own, name in guidance.items() if given.get(name) is not None}
        if found:
            sampling["guidance"] = found
        return {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "seed": -1,
            **self.fields(request),
            **({"sample_params": sampling} if sampling else {}),
        }

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Look at the job until it has ended."""
        url = f"{self.base(settings)}/sdcpp/v1/jobs/{state['id']}"
        for pause in pauses():
            answer: Answer = yield self.look(url, settings)
            if answer.status in (404, 410):
                raise ResultExpired(
                    f"{answer.host} does not know the job {state['id']} any more",
                    billed="no",
                    hint="jobs are kept for ten minutes; ask for the image again",
                    status=answer.status,
                )
            data = json_object(answer, settings.api_key)
            status = str(data.get("status"))
            if status == "completed":
                return (yield from _brought(data, answer, request, state["id"]))
            if status in ("failed", "cancelled"):
                raise _failed(data, answer)
            yield Status(_place(data) or status)
            yield Sleep(pause)
        raise AssertionError


def _place(data: dict[str, Any]) -> str:
    """Return where in the queue a job stands, empty once it is painted; 1 is the next."""
    place = data.get("queue_position")
    if not isinstance(place, int) or place < 1:
        return ""
    return f"in the queue, {place - 1} before it" if place > 1 else "next in the queue"


def _failed(data: dict[str, Any], answer: Answer) -> GenerationFailed:
    error = data.get("error")
    why = error.get("message") if isinstance(error, dict) else None
    said = quoted(str(why or "no reason given"), None)
    return GenerationFailed(
        f"{answer.host} says: {data['status']} ({said})",
        billed="no",
        hint="look at the server's own log",
    )


def _brought(data: dict[str, Any], answer: Answer, request: Request, job: str) -> Steps[Outcome]:
    result = data.get("result")
    images = result.get("images") if isinstance(result, dict) else None
    coded = [text_of(image, "b64_json", answer) for image in images or ()]
    if not coded:
        raise GenerationFailed(f"{answer.host} completed the job without an image", billed="no")
    pictures, _ = yield from download.collect(tuple(Found(decode(text)) for text in coded), "")
    return Outcome(pictures, seed=request.seed, request_id=job, host=answer.host)
