"""Fetches a file that a person named by its address: style packs. No key, no cookies, no surprises."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from impasto.client.addresses import leads_inside
from impasto.client.drive import Wire, drive
from impasto.client.exchange import Answer, Call, Failure, MiB
from impasto.client.problems import reason
from impasto.errors import SourceRefused, SourceUnavailable

if TYPE_CHECKING:
    from impasto.client.exchange import Steps

REDIRECTS: Final = 5
SECONDS: Final = 60.0
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
# Bytes as they are: nothing to unpack, so the limit is that of what is sent.
_HEADERS: Final = {
    "accept": "application/yaml,application/zip,text/plain;q=0.9,*/*;q=0.5",
    "accept-encoding": "identity",
}


class Fetched(NamedTuple):
    """What lay at an address: `kind` is its content type in small letters, without parameters."""

    url: str
    kind: str
    data: bytes


def fetch(url: str, *, limit: int, http: Any = None) -> Fetched:
    """Return what lies at `url`, at most `limit` bytes.

    Redirects are followed, but not from https to http and not from a public address to a private
    one. `http` is a client with the interface of httpx, where the caller has one.

    Raises:
        SourceUnavailable: no answer, or one that says it is not there.
        SourceRefused: a redirect that is not followed, or more than `limit`.
    """
    wire = Wire(None, http, 1)
    try:
        return drive(_steps(url, limit), partial(wire.do, sleep=_no_sleep, watch=_no_watch))
    finally:
        wire.close()


def _no_sleep(_seconds: float) -> None:
    """Do not wait: nothing is asked twice."""


def _no_watch(_news: object) -> None:
    """Tell nobody: a file has no news."""


def _steps(url: str, limit: int) -> Steps[Fetched]:
    first, start = url, _host(url)
    for _ in range(REDIRECTS + 1):
        call = Call("GET", url, _HEADERS, timeout="download", limit=limit, seconds=SECONDS)
        answer = yield call
        if isinstance(answer, Failure):
            raise _failed(answer, call, limit)
        place = answer.headers.get("location")
        if answer.status not in _MOVED or not place:
            return _taken(answer, url)
        url = yield from _moved(url, place, start)
    raise SourceRefused(f"{_host(first)} redirects more than {REDIRECTS} times")


def _host(url: str) -> str:
    """Return the host of an address.

    Raises:
        SourceRefused: it is none that can be fetched.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".") if parts.port != 0 else ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        raise SourceRefused(
            "this address cannot be fetched", hint="packs come from http and https addresses"
        )
    return host


def _moved(url: str, place: str, start: str) -> Steps[str]:
    """Return where a redirect leads.

    Raises:
        SourceRefused: to a place that it may not lead to.
    """
    there = urljoin(url, place)
    host = _host(there)
    if url.startswith("https:") and not there.startswith("https:"):
        raise SourceRefused(f"{_host(url)} redirects from https to http, at {host}")
    if (yield from leads_inside(host, start)):
        raise SourceRefused(
            f"{_host(url)} redirects to a private address ({host}), which a public one may not do",
            hint="if that server is yours, give its own address",
        )
    return there


def _failed(failure: Failure, call: Call, limit: int) -> SourceUnavailable | SourceRefused:
    if failure.kind == "large":
        return SourceRefused(f"what lies at {call.host} is larger than {limit // MiB} MiB")
    said = "it did not answer in time" if failure.kind == "timeout" else failure.text
    return SourceUnavailable(f"cannot fetch from {call.host}: {said}")


def _taken(answer: Answer, url: str) -> Fetched:
    if answer.status != 200:
        said = f"{answer.host} answered {answer.status} ({reason(answer.status)})"
        hint = "packs are fetched without a key" if answer.status in (401, 403) else ""
        raise SourceUnavailable(f"cannot fetch the pack: {said}", hint=hint)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise SourceRefused(f"{answer.host} sends packed bytes where it was asked for plain ones")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(url, kind, answer.body)
