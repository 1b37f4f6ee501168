"""Keeps the key out of what a client tells: its errors and its news."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from impasto.client.exchange import Status
from impasto.client.secret import scrub
from impasto.errors import InvalidRequest, ModerationRefused

if TYPE_CHECKING:
    from impasto.client.exchange import News, Watch
    from impasto.client.secret import Secret
    from impasto.errors import BackendError


def discreet(watch: Watch, secret: Secret | None) -> Watch:
    """Return a watch that hears no key. Tickets are written down and must work as they are.

    So one that holds the key loses its state: its job can be given up, but not be asked for later.
    """
    return (lambda news: watch(_clean(news, secret))) if secret else watch


def _clean(news: News, secret: Secret) -> News:
    if isinstance(news, Status):
        said = scrub(news.text, secret)
        return news if said == news.text else replace(news, text=said)
    leaks = any(scrub(text, secret) != text for text in news.state.values())
    return replace(news, state={}) if leaks else news


def hide(error: BackendError, secret: Secret | None) -> None:
    """Remove every trace of the key from an error, whoever wrote its texts."""
    clean = partial(scrub, secret=secret)
    error.message, error.hint = clean(error.message), clean(error.hint)
    error.request_id, error.image_url = clean(error.request_id), clean(error.image_url)
    error.args = (error.message,)
    if isinstance(error, InvalidRequest):
        error.fields = {clean(name): clean(why) for name, why in error.fields.items()}
    if isinstance(error, ModerationRefused):
        error.reasons = tuple(map(clean, error.reasons))
