"""The end of an exchange whose first answer holds the images or names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.client import answers, download, pictures
from impasto.client.exchange import Outcome

if TYPE_CHECKING:
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request
    from impasto.client.secret import Secret


def brought(answer: Answer, url: str, request: Request, key: Secret | None) -> Steps[Outcome]:
    """Return the images of the answer that a request to `url` got.

    Raises:
        BackendError: an error status, or no image.
    """
    if not 200 <= answer.status < 300:
        raise answers.refused(answer, key)
    reply = pictures.read(answer, url, key)
    images, host = yield from download.collect(reply.found, url)
    return Outcome(
        images,
        seed=request.seed if reply.seed is None else reply.seed,
        revised_prompt=reply.revised_prompt,
        cost=reply.cost,
        request_id=reply.request_id,
        host=host or answer.host,
    )
