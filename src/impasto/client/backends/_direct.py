"""The end of an exchange whose first answer holds the images or names them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from impasto.client import answers, download, pictures, problems
from impasto.client.exchange import Outcome, Ticket
from impasto.client.pictures import Found
from impasto.client.secret import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.exchange import Answer, Steps
    from impasto.client.pictures import Reply
    from impasto.client.request import Request
    from impasto.client.secret import Secret

_SAID = ("seed", "revised_prompt", "cost", "request_id")


def brought(answer: Answer, url: str, request: Request, key: Secret | None) -> Steps[Outcome]:
    """Return the images of the answer that a request to `url` got.

    They are paid for by now, so where the answer only names them a ticket says where they are:
    whoever is stopped while they are fetched can fetch them again with `fetched`.

    Raises:
        BackendError: an error status, or no image.
    """
    if not 200 <= answer.status < 300:
        raise answers.refused(answer, key)
    reply = pictures.read(answer, url, key)
    if state := _state(reply, key):
        yield Ticket(state)
    images, host = yield from download.collect(reply.found, url)
    said = {name: getattr(reply, name) for name in _SAID}
    return _outcome(images, said, request, host or answer.host)


def fetched(state: Mapping[str, str], request: Request, base: str) -> Steps[Outcome]:
    """Return the images that the ticket of `brought` names; `base` is the address of the API.

    Raises:
        BackendError: they cannot be fetched any more.
    """
    urls = problems.parsed(state.get("images", ""))
    said = problems.parsed(state.get("said", ""))
    found = tuple(Found(url=str(url)) for url in (urls if isinstance(urls, list) else ()))
    if not found:
        raise answers.no_such_job()
    images, host = yield from download.collect(found, base)
    return _outcome(images, said if isinstance(said, dict) else {}, request, host)


def _state(reply: Reply, key: Secret | None) -> dict[str, str]:
    """Return where the images are and what was said of them, if all that can be written down."""
    urls = [image.url for image in reply.found]
    said = {name: value for name in _SAID if (value := getattr(reply, name)) not in (None, "")}
    state = {"images": json.dumps(urls), "said": json.dumps(said)}
    leaks = any(scrub(text, key) != text for text in (*urls, *state.values()))
    return {} if leaks or not all(urls) else state


def _outcome(images: Any, said: Mapping[str, Any], request: Request, host: str) -> Outcome:
    seed = said.get("seed")
    return Outcome(
        images,
        seed=request.seed if seed is None else seed,
        revised_prompt=said.get("revised_prompt"),
        cost=said.get("cost"),
        request_id=said.get("request_id") or "",
        host=host,
    )
