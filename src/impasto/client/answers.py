"""From what went wrong to the error that says so: what happened, was it billed, what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from impasto import errors
from impasto.client import problems
from impasto.client.secret import quoted
from impasto.client.waits import retry_after

if TYPE_CHECKING:
    from impasto.client.exchange import Answer, Call, Failure
    from impasto.client.problems import Problem
    from impasto.client.secret import Secret

Billed: TypeAlias = Literal["no", "yes", "maybe"]

_MODERATION = frozenset(
    {
        "content_filter",
        "content_filtered",
        "content_moderation",
        "content_policy_violation",
        "moderation_blocked",
        "moderation_error",
        "request moderated",
        "content moderated",
        "responsibleaipolicyviolation",
        "safety_violation",
        "sensitive_content",
    }
)
_QUOTA = frozenset(
    {
        "billing_hard_limit_reached",
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_quota",
        "insufficient_user_quota",
        "payment_required",
        "quota_exceeded",
    }
)
_GONE = frozenset({"model_not_found", "model_retired", "model_deprecated", "deployment_not_found"})
_SAYS_MODERATION = re.compile(r"(?i)safety system|content polic|moderat|nsfw content")
_SAYS_QUOTA = re.compile(
    r"(?i)insufficient (?:\w+ )?(?:quota|balance|credit|fund)|exceeded your current quota"
    r"|out of credit|billing hard limit|余额不足|额度不足"
)
_SAYS_GONE = re.compile(
    r"(?i)\bmodel\b.*(?:not found|does not exist|not exist|deprecated|retired|no longer|shut down)"
)

NOWHERE = "check the base URL"
"""What to do about an address that the server does not know; a backend's `lost` says it better."""
_LONG = "use fewer steps, a smaller size or a smaller batch, or give it more time (timeout=)"
_LOOK = "look at the provider's dashboard before you send it again"
_ELSEWHERE = "the provider's dashboard may have the image"
_SAFER = "rephrase what the filter may take for sensitive content; the same prompt will be refused"


def is_final(answer: Answer) -> bool:
    """Return whether an error will come again however often the request is sent."""
    if answer.headers.get("x-should-retry") == "false":
        return True
    found = problems.read(answer)
    wrong = (_moderated, _no_credit, _mistyped)
    return any(test(answer.status, found) for test in wrong)


def _moderated(status: int, found: Problem) -> bool:
    if status == 451 or found.codes & _MODERATION:
        return True
    return status in (400, 403, 422) and bool(_SAYS_MODERATION.search(found.message))


def _no_credit(status: int, found: Problem) -> bool:
    if status == 402 or found.codes & _QUOTA:
        return True
    return status in (400, 403, 429) and bool(_SAYS_QUOTA.search(found.message))


def _gone(status: int, found: Problem) -> bool:
    if status == 410 or found.codes & _GONE:
        return True
    return status in (400, 404) and bool(_SAYS_GONE.search(found.message))


def _mistyped(status: int, found: Problem) -> bool:
    """Return whether a C++ server (nlohmann::json) stumbled over the type of a value we sent."""
    return status == 500 and found.message.startswith("[json.exception.")


def refused(
    answer: Answer, secret: Secret | None = None, *, billed: Billed = "maybe"
) -> errors.BackendError:
    """Return the error for an answer that reports one.

    `billed` is what to say where the server may have begun to work (5xx, a failed job); what it
    refused outright was not billed. `secret` is hidden in everything that is quoted.
    """
    found = problems.read(answer, secret)
    known: dict[str, Any] = {"status": answer.status, "request_id": request_id(answer, secret)}
    status, said = answer.status, f"{answer.host} answered {answer.status}: {found.message}"
    if _moderated(status, found):
        return _moderation(answer, found, known)
    if _no_credit(status, found):
        hint = "add credit at the provider, or use another key or backend"
        return errors.QuotaError(f"no credit left: {said}", hint=hint, **known)
    if _gone(status, found):
        hint = "choose another model; `impasto models` lists those we know"
        return errors.ModelRetired(f"the model is not offered: {said}", hint=hint, **known)
    if status in (401, 403):
        what = "the key was not accepted" if secret else "a key is needed"
        return errors.AuthError(f"{what}: {said}", hint=_key(secret), **known)
    if status == 429:
        return _limited(answer, said, known)
    if _mistyped(status, found):
        hint = "a parameter has another type than the server takes"
        return errors.InvalidRequest(said, hint=hint, **known)
    if status == 408 or status >= 500:
        return _down(answer, said, billed, known)
    if 400 <= status < 500:
        hint = _request_hint(status, found)
        return errors.InvalidRequest(said, fields=found.fields, hint=hint, **known)
    return _strange(answer, found, billed, secret, known)


def _moderation(answer: Answer, found: Problem, known: dict[str, Any]) -> errors.ModerationRefused:
    said = f"{answer.host} refused the content ({answer.status}): {found.message}"
    reasons = tuple(sorted(found.codes & _MODERATION))
    return errors.ModerationRefused(said, reasons=reasons, hint=_SAFER, **known)


def _key(secret: Secret | None) -> str:
    if secret:
        return "check that the key (IMPASTO_API_KEY or api_key=) is one for this server"
    return "no key was sent: set IMPASTO_API_KEY or pass api_key="


def _limited(answer: Answer, said: str, known: dict[str, Any]) -> errors.RateLimited:
    wait = retry_after(answer)
    hint = f"try again in {seconds(wait)}" if wait is not None else "try again in a while"
    hint += "; fewer requests at once help (concurrency=)"
    return errors.RateLimited(f"too many requests: {said}", retry_after=wait, hint=hint, **known)


def seconds(time: float) -> str:
    """Return a time for people: "0.5 s", "90 s", "25 min", "3 h", "4 days"."""
    if time < 10:
        return f"{time:.3g} s"
    if time <= 120:
        return f"{time:.0f} s"
    if time <= 7200:
        return f"{time / 60:.0f} min"
    return f"{time / 3600:.0f} h" if time <= 172_800 else f"{time / 86_400:,.0f} days"


def _down(answer: Answer, said: str, billed: Billed, known: dict[str, Any]) -> errors.BackendDown:
    wait = retry_after(answer)
    if answer.status == 503 and wait is not None and billed == "maybe":
        # It said when to come again, so it did not begin.
        hint = f"try again in {seconds(wait)}"
        return errors.BackendDown(f"the server is busy: {said}", billed="no", hint=hint, **known)
    hint = _LOOK if billed == "maybe" else "try again later"
    if answer.status in (408, 504, 524):
        hint = _LONG if billed == "no" else f"{_LOOK}; then {_LONG}"
    return errors.BackendDown(f"the server failed: {said}", billed=billed, hint=hint, **known)


def _request_hint(status: int, found: Problem) -> str:
    if status in (404, 405):
        return NOWHERE
    if status == 413:
        return "make the prompt shorter"
    if found.fields:
        names = ", ".join(name for name in found.fields if name)
        return f"change or leave out {names}" if names else ""
    return "check the parameters; `impasto models show MODEL` lists what the model takes"


def _strange(
    answer: Answer, found: Problem, billed: Billed, secret: Secret | None, known: dict[str, Any]
) -> errors.BackendError:
    if 300 <= answer.status < 400:
        where = quoted(answer.headers.get("location", "which it does not say"), secret, 200)
        said = f"{answer.host} answered {answer.status}: go to another address, {where}"
        hint = "use that address as the base URL; requests with a key are not redirected"
        return errors.ProtocolError(said, billed="no", hint=hint, **known)
    if found.shape == "json":
        said = f"{answer.host} reports a failure: {found.message}"
        return errors.GenerationFailed(said, billed=billed, hint=_LOOK, **known)
    return no_json(answer, found, known)


def no_json(
    answer: Answer, found: Problem, known: dict[str, Any] | None = None
) -> errors.ProtocolError:
    """Return the error for an answer that should be JSON and is not."""
    what = {"html": found.message, "empty": "an empty answer"}.get(
        found.shape, "text instead of JSON"
    )
    return errors.ProtocolError(
        f"{answer.host} sent {what} where an image was expected",
        hint="check the base URL; it may be a web site or a proxy's login page, not the API",
        **(known or {"status": answer.status}),
    )


def no_such_job() -> errors.ProtocolError:
    """Return the error for a ticket that names no job of this backend."""
    return errors.ProtocolError(
        "the ticket names nothing that could be fetched", hint="ask for the image anew"
    )


def request_id(answer: Answer, secret: Secret | None = None) -> str:
    """Return the server's own name for the request, for its support, or an empty text."""
    for name in ("x-request-id", "request-id", "x-correlation-id", "cf-ray"):
        if given := answer.headers.get(name):
            return quoted(given, secret, 128)
    return ""


def broken(call: Call, failure: Failure, billed: Billed, total: float) -> errors.BackendError:
    """Return the error for a call that brought no whole answer.

    `billed` is what is known after this failure, `total` the seconds this image had.
    """
    image = call.timeout == "download"
    what = "the image" if image else "the answer"
    if failure.kind == "timeout":
        said = f"{call.host} did not send {what} in time ({seconds(total)} for the whole image)"
        hint = f"{_LOOK}; then {_LONG}" if billed == "maybe" else _LONG
        return errors.DeadlineExceeded(said, billed=billed, hint=hint)
    if failure.kind == "large":
        return errors.ProtocolError(f"{call.host} sent too much: {failure.text}", billed=billed)
    if failure.kind == "url":
        said = f"the address cannot be called: {failure.text}"
        if call.timeout != "submit":  # the server named it
            return errors.ProtocolError(said, billed=billed, hint=_ELSEWHERE)
        hint = "a base URL looks like https://api.example.com"
        return errors.InvalidRequest(said, billed=billed, hint=hint)
    if failure.kind == "connect":
        hint = "check the base URL, that the server runs, and the network or proxy"
        return errors.BackendDown(
            f"cannot reach {call.host}: {failure.text}", billed=billed, hint=hint
        )
    said = f"the connection to {call.host} broke before {what} was complete: {failure.text}"
    hint = _LOOK if billed == "maybe" else "try again later"
    return errors.BackendDown(said, billed=billed, hint=hint)
