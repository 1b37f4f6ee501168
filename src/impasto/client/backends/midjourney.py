"""Gateways to Midjourney, as midjourney-proxy and its descendants serve them. Off by default.

Midjourney has no interface for programs, and its terms allow none: a gateway acts as a person's
account, which may be lost by it. So nothing is sent before the user has said that it is allowed.

Source: docs/api.md and the return codes of novicezk's midjourney-proxy; the header's name in new-api
as well. Midjourney's Community Guidelines, as of 2026: automation is prohibited, accounts are blocked.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from impasto.client import answers, download, problems
from impasto.client.backends.service import Service, json_object, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.pictures import Found
from impasto.client.secret import quoted
from impasto.client.waits import pauses
from impasto.errors import (
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    RateLimited,
    ResultExpired,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.backends.service import Headers
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request
    from impasto.errors import BackendError

ALLOWED: Final = "IMPASTO_ALLOW_MIDJOURNEY"
"""The environment variable in which a user says "yes"."""
_YES: Final = frozenset({"1", "true", "yes"})
_TAKEN: Final = frozenset({1, 21, 22})
_FULL: Final = 23
_BANNED: Final = 24
_SAYS_BANNED: Final = re.compile(r"(?i)banned|moderat|sensitive|policy")
_SHARE: Final = re.compile(r"(\d{1,3})%")


class Midjourney(Service):
    """`POST /mj/submit/imagine`, then the task until it has ended.

    A job paints four images: the gateway names each of them, or one picture with all four.
    """

    name = "midjourney"
    keys = ("MJ_API_SECRET",)
    lost: ClassVar[str] = "check the base URL: it is what stands before /mj/submit/imagine"
    header = "mj-api-secret"
    scheme = ""
    names: ClassVar[Mapping[str, str | None]] = {"n": None}

    def headers(self, settings: Settings, accept: str = "application/json") -> Headers:
        """Return the headers; some gateways read one name of the key, some the other."""
        headers = super().headers(settings, accept)
        if settings.api_key:
            headers["authorization"] = settings.api_key.behind("Bearer ")
        return headers

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Submit the prompt, whose parameters stand in it, and wait for the images."""
        base = self.base(settings)
        check_allowed()
        body = {"prompt": request.prompt, "base64Array": [], **self.fields(request)}
        answer: Answer = yield Call(
            "POST", f"{base}/mj/submit/imagine", self.headers(settings), body, secret=True
        )
        data = json_object(answer, settings.api_key)
        if data.get("code") not in _TAKEN:
            raise _refusal(data, answer)
        state = {"id": text_of(data, "result", answer)}
        yield Ticket(state)
        return (yield from self.resume(request, settings, state))

    def resume(
        self,
        request: Request,  # noqa: ARG002 - the task knows what was asked
        settings: Settings,
        state: Mapping[str, str],
    ) -> Steps[Outcome]:
        """Look at the task until it has ended."""
        base = self.base(settings)
        url = f"{base}/mj/task/{quote(state['id'], safe='')}/fetch"
        for pause in pauses():
            answer: Answer = yield self.look(url, settings)
            if answer.status in (204, 404) or answer.body.strip() in (b"", b"null"):
                raise _forgotten(answer, state["id"])
            data = json_object(answer, settings.api_key)
            status = str(data.get("status")).upper()
            if status == "SUCCESS":
                return (yield from _brought(data, answer, base, state["id"]))
            if status == "FAILURE":
                raise _failed(data, answer)
            yield _progress(data, status)
            yield Sleep(pause)
        raise AssertionError


def check_allowed() -> None:
    """Raise unless the user allows gateways to Midjourney.

    Raises:
        InvalidRequest: the variable does not say so.
    """
    if os.environ.get(ALLOWED, "").strip().lower() in _YES:
        return
    raise InvalidRequest(
        "the backend midjourney is off: Midjourney offers no interface for programs and its terms "
        "forbid automation, so a gateway may cost you the account",
        fields={ALLOWED: "not set"},
        hint=f"if you may use one all the same, set {ALLOWED}=yes; nothing was sent",
    )


def _refusal(data: dict[str, Any], answer: Answer) -> BackendError:
    """Return the error for a code that takes no job: they come with status 200."""
    if "code" not in data:
        return answers.refused(answer)
    told = data.get("properties")
    word = told.get("bannedWord") if isinstance(told, dict) else None
    said = problems.read(answer).message
    if data["code"] == _BANNED:
        return ModerationRefused(
            f"{answer.host} refused the prompt: {said}",
            reasons=(quoted(str(word), None, 80),) if word else (),
            hint=f'leave out "{quoted(str(word), None, 80)}"' if word else "rephrase the prompt",
            status=answer.status,
        )
    if data["code"] == _FULL:
        return RateLimited(
            f"the queue of {answer.host} is full: {said}",
            hint="try again in a while; fewer requests at once help (concurrency=)",
            status=answer.status,
        )
    return GenerationFailed(
        f"{answer.host} did not take the job: {said} (code {quoted(str(data['code']), None, 20)})",
        billed="no",
        hint="try again later, or look at the gateway's own page",
        status=answer.status,
    )


def _forgotten(answer: Answer, job: str) -> ResultExpired:
    return ResultExpired(
        f"{answer.host} does not know the task {job} any more",
        billed="maybe",
        hint="the image may still lie in the account's gallery",
        status=answer.status,
    )


def _progress(data: dict[str, Any], status: str) -> Status:
    share = _SHARE.fullmatch(str(data.get("progress")))
    words = quoted(status.replace("_", " ").lower(), None, 40)
    return Status(words, int(share[1]) / 100 if share else None)


def _failed(data: dict[str, Any], answer: Answer) -> BackendError:
    why = quoted(str(data.get("failReason") or "no reason given"), None)
    if _SAYS_BANNED.search(why):
        return ModerationRefused(
            f"{answer.host} says: the content was refused ({why})",
            billed="maybe",
            hint="rephrase what the filter may take for sensitive content",
        )
    return GenerationFailed(f"{answer.host} says: the job failed ({why})", billed="maybe")


def _brought(data: dict[str, Any], answer: Answer, base: str, job: str) -> Steps[Outcome]:
    found = tuple(Found(url=url) for url in _addresses(data))
    if not found:
        raise GenerationFailed(f"{answer.host} ended the job without an image", billed="maybe")
    images, host = yield from download.collect(found, base)
    return Outcome(images, request_id=job, host=host)


def _addresses(data: dict[str, Any]) -> Iterator[str]:
    """Yield the address of each image, else of the picture with all of them."""
    listed = data.get("imageUrls")
    each = [
        item.get("url") if isinstance(item, dict) else item
        for item in (listed if isinstance(listed, list) else ())
    ]
    for url in each or [data.get("imageUrl")]:
        if isinstance(url, str) and url:
            yield url
