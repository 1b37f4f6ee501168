"""Fetches an image that an answer names: without the key, checked, and again if it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.client import answers, problems
from impasto.client.addresses import joined, permitted
from impasto.client.exchange import MAX_IMAGE, Call, MiB
from impasto.client.request import Picture
from impasto.client.secret import quoted
from impasto.errors import BackendError, ImageError, ProtocolError, ResultExpired

if TYPE_CHECKING:
    from impasto.client.exchange import Answer, Steps
    from impasto.client.pictures import Found

REDIRECTS = 3
FETCHES = 3
_MOVED = frozenset({301, 302, 303, 307, 308})


def collect(found: tuple[Found, ...], base: str) -> Steps[tuple[tuple[Picture, ...], str]]:
    """Return the checked pictures, fetched where need be, and the host of the first.

    `base` is the address of the API that named them.

    Raises:
        ResultExpired: 403, 404 or 410 where the image should be.
        ProtocolError: not an image, or one that stays cut.
    """
    pictures, host = [], ""
    for image in found:
        if image.url:
            picture, host = yield from _located(image.url, base)
        else:
            picture = _whole(image.data, "the answer")
        pictures.append(picture)
    return tuple(pictures), host


def _located(url: str, base: str) -> Steps[tuple[Picture, str]]:
    """Fetch an image; an error says where it lies, as it is paid for."""
    try:
        return (yield from _fetch(url, base))
    except BackendError as error:
        error.image_url = url
        raise


def _whole(data: bytes, where: str) -> Picture:
    from impasto.images.kinds import check  # noqa: PLC0415 - the room of images comes when needed

    try:
        return Picture(data, check(data))
    except ImageError as error:
        raise ProtocolError(
            f"{where} holds no whole image: {error}",
            billed="yes",
            hint="the provider's dashboard may still have it",
        ) from error


def _fetch(url: str, base: str) -> Steps[tuple[Picture, str]]:
    """Return the picture and its host; a cut one is fetched again, something else is not."""
    from impasto.images.kinds import sniff  # noqa: PLC0415

    for attempt in range(FETCHES):
        answer = yield from _follow(url, base)
        if answer.status != 200:
            raise _no_image(answer)
        if answer.body and not sniff(answer.body):
            raise _not_an_image(answer)
        try:
            return _whole(answer.body, answer.host), answer.host
        except ProtocolError:
            if attempt + 1 == FETCHES:
                raise
    raise AssertionError


def _follow(url: str, base: str) -> Steps[Answer]:
    """Return the answer at `url` after at most three redirects, each to a permitted address."""
    for _ in range(REDIRECTS + 1):
        yield from permitted(url, base)
        answer: Answer = yield Call(
            "GET",
            url,
            {"accept": "image/*,*/*;q=0.5"},
            timeout="download",
            idempotent=True,
            limit=MAX_IMAGE,
        )
        if answer.status not in _MOVED or not answer.headers.get("location"):
            return answer
        url = joined(url, answer.headers["location"])
    raise ProtocolError(
        f"{answer.host} redirects the image more than {REDIRECTS} times", billed="yes"
    )


def _no_image(answer: Answer) -> BackendError:
    said = f"{answer.host} answered {answer.status} ({problems.reason(answer.status)})"
    if answer.status in (403, 404, 410):
        return ResultExpired(
            f"the image can no longer be fetched: {said}",
            status=answer.status,
            hint="image addresses live from minutes to a day; the provider's dashboard may have it",
        )
    if answer.status == 429 or answer.status >= 500:
        return answers.refused(answer, billed="yes")
    return ProtocolError(
        f"the image cannot be fetched: {said}",
        status=answer.status,
        billed="yes",
        hint="images are fetched without the key; the provider may want it sent (download_http=)",
    )


def _not_an_image(answer: Answer) -> ProtocolError:
    kind = quoted(answer.headers.get("content-type", "something"), None, 80)
    return ProtocolError(
        f"{answer.host} sent no image but {kind} ({len(answer.body)} bytes)",
        status=answer.status,
        billed="yes",
        hint=f"images of at most {MAX_IMAGE // MiB} MiB are taken; the link may have expired",
    )
