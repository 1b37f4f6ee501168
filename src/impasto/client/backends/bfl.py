"""Black Forest Labs: a job, an address to look at it, an image that lives ten minutes.

Source: docs.bfl.ml and the clients checked against its OpenAPI description in 2026-08.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from impasto.client import answers, download, problems
from impasto.client.backends.service import Service, json_object, model_name, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.pictures import Found
from impasto.client.secret import quoted
from impasto.client.waits import pauses
from impasto.errors import GenerationFailed, ModerationRefused, ResultExpired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request
    from impasto.errors import BackendError

_REFUSED: dict[str, Literal["input", "output"]] = {
    "request moderated": "input",
    "content moderated": "output",
}
CREDIT = 0.01
"""US dollars."""
_FAILED = frozenset({"error", "failed"})


class BlackForestLabs(Service):
    """`POST /v1/{model}`, then the address that the answer names until it says "Ready"."""

    name = "bfl"
    address = "https://api.bfl.ai"
    lost: ClassVar[str] = "check the model's name, which stands in the address, and the base URL"
    keys = ("BFL_API_KEY",)
    needs_key = True
    hosts = (".bfl.ai", ".bfl.ml")
    header = "x-key"
    scheme = ""
    names: ClassVar[Mapping[str, str | None]] = {
        "num_inference_steps": "steps",
        "guidance_scale": "guidance",
        "n": None,
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Submit the request and wait for its image."""
        base = self.base(settings)
        body = {"prompt": request.prompt, **self.fields(request)}
        answer: Answer = yield Call(
            "POST",
            f"{base}/v1/{model_name(request)}",
            self.headers(settings),
            body,
            secret=True,
        )
        data = json_object(answer, settings.api_key)
        cost = data.get("cost")
        state = {
            "id": text_of(data, "id", answer),
            "polling_url": self.own(text_of(data, "polling_url", answer), settings),
            **({"credits": str(cost)} if isinstance(cost, int | float) else {}),
        }
        yield Ticket(state)
        return (yield from self.resume(request, settings, state))

    def resume(
        self,
        request: Request,
        settings: Settings,
        state: Mapping[str, str],
    ) -> Steps[Outcome]:
        """Look at the job until it has ended."""
        key, url = settings.api_key, state["polling_url"]
        for pause in pauses():
            answer: Answer = yield replace(self.look(url, settings), settled=_is_told)
            data = problems.json_of(answer)
            if not (isinstance(data, dict) and isinstance(data.get("status"), str)):
                raise answers.refused(answer, key, billed="yes")
            status = data["status"].lower()
            if status == "ready":
                return (yield from _brought(data, answer, state, url, request.prompt))
            if ended := _ended(status, data, answer):
                raise ended
            share = data.get("progress")
            yield Status(data["status"], share if isinstance(share, float) else None)
            yield Sleep(pause)
        raise AssertionError


def _is_told(answer: Answer) -> bool:
    """Whether the answer says how the job is, whatever its status: failed ones come with 503."""
    data = problems.json_of(answer)
    return isinstance(data, dict) and isinstance(data.get("status"), str)


def _ended(status: str, data: dict[str, Any], answer: Answer) -> BackendError | None:
    details = quoted(str(data.get("details") or data.get("result") or ""), None)
    said = f"{answer.host} says: {data['status']}{f' ({details})' if details else ''}"
    if status in _REFUSED:
        return ModerationRefused(
            f"the content was refused: {said}",
            stage=_REFUSED[status],
            billed="no" if _REFUSED[status] == "input" else "maybe",
            hint="rephrase what the filter may take for sensitive content, or set a higher "
            "safety_tolerance where it is yours to set",
            status=answer.status,
        )
    if status in _FAILED:
        return GenerationFailed(f"the job failed: {said}", billed="maybe", status=answer.status)
    if status == "task not found":
        return ResultExpired(
            f"the job is not known any more: {said}",
            billed="maybe",
            hint="jobs are kept for a short time; ask for the image again",
            status=answer.status,
        )
    return None


def _brought(
    data: dict[str, Any], answer: Answer, state: Mapping[str, str], url: str, asked: str
) -> Steps[Outcome]:
    result = data.get("result")
    found = result if isinstance(result, dict) else {}
    sample = text_of(found, "sample", answer)
    images, host = yield from download.collect((Found(url=sample),), url)
    seed, prompt = found.get("seed"), found.get("prompt")
    cost = float(state["credits"]) * CREDIT if state.get("credits") else None
    return Outcome(
        images,
        seed=seed if isinstance(seed, int) else None,
        revised_prompt=prompt if isinstance(prompt, str) and prompt != asked else None,
        cost=cost,
        request_id=state["id"],
        host=host,
    )
