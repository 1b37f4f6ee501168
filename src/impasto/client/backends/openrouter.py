"""OpenRouter's images: one endpoint before many providers; the answer tells what it cost.

Source: OpenRouter's references of /api/v1/images and of its errors, as of 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.client import problems
from impasto.client.backends._direct import brought, fetched
from impasto.client.backends.service import Service, model_name
from impasto.client.exchange import Call
from impasto.client.secret import quoted
from impasto.errors import ModerationRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Outcome, Steps
    from impasto.client.request import Request
    from impasto.client.secret import Secret


class OpenRouter(Service):
    """`POST /api/v1/images`; sizes as one text, models as `maker/name`."""

    name = "openrouter"
    address = "https://openrouter.ai"
    lost: ClassVar[str] = "check the base URL: it is what stands before /api/v1/images"
    keys = ("OPENROUTER_API_KEY",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {"width": None, "height": None, "stream": None}

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the images."""
        url = f"{self.base(settings)}/api/v1/images"
        answer: Answer = yield Call(
            "POST", url, self.headers(settings), self.body(request), secret=True
        )
        if refusal := _flagged(answer, settings.api_key):
            raise refusal
        return (yield from brought(answer, url, request, settings.api_key))

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Fetch the images that an answer has named."""
        return fetched(state, request, self.base(settings))

    def body(self, request: Request) -> dict[str, object]:
        """Return the JSON object of a request."""
        sent = {"model": model_name(request), "prompt": request.prompt, **self.fields(request)}
        size = [request.parameters.get(side) for side in ("width", "height")]
        if None not in size:
            sent["size"] = f"{size[0]}x{size[1]}"
        if request.negative_prompt:
            sent["negative_prompt"] = request.negative_prompt
        return sent


def _flagged(answer: Answer, key: Secret | None) -> ModerationRefused | None:
    """Return the refusal of a moderator, which says why; other errors with 403 are of the key."""
    data = problems.json_of(answer) if answer.status == 403 else None
    error = data.get("error") if isinstance(data, dict) else None
    told = error.get("metadata") if isinstance(error, dict) else None
    reasons = told.get("reasons") if isinstance(told, dict) else None
    if not isinstance(reasons, list):
        return None
    named = tuple(quoted(str(reason), key, 80) for reason in reasons)
    return ModerationRefused(
        f"{answer.host} refused the content ({answer.status}): {problems.read(answer, key).message}",
        reasons=named,
        hint="rephrase what the moderator names, or choose a model that is not moderated",
        status=answer.status,
    )
