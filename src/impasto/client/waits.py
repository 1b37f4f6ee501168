"""How long to wait: between two looks at a job, and when a server asks for it."""

from __future__ import annotations

import json
import math
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.exchange import Answer

_NUMBER = re.compile(r"\s*\d{1,15}(?:\.\d{1,9})?\s*", re.ASCII)
# IETF draft "RateLimit header fields": `"default";r=0;t=30`; its older form says `reset=30`.
_RATE_LIMIT = re.compile(r"(?:^|[;,\s])(?:t|reset)\s*=\s*(\d{1,15})", re.ASCII)


def pauses() -> Iterator[float]:
    """Yield the seconds between looks at a job: half a second at first, three in the end."""
    pause = 0.5
    while True:
        yield pause
        pause = min(pause * 1.3, 3.0)


def retry_after(answer: Answer, now: float | None = None) -> float | None:
    """Return the seconds that `answer` asks us to wait, None where it does not say.

    Read in this order: `retry-after-ms`, `Retry-After` (seconds or an HTTP date), `RateLimit`,
    `retry_after` in the body. `now` is the time in seconds since 1970; dates are measured from
    the server's own `Date` where it gives one, so a wrong clock here does no harm.
    """
    headers = answer.headers
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after", "")
    for wait in (_number(given), _until(given, headers, now), _rate_limit(headers)):
        if wait is not None:
            return wait
    return _in_body(answer.body)


def _number(value: object) -> float | None:
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e15 and math.isfinite(value) else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _until(text: str, headers: Mapping[str, str], now: float | None) -> float | None:
    then = _date(text) if text else None
    if then is None:
        return None
    server = _date(headers.get("date", ""))
    start = server if server is not None else now if now is not None else time.time()
    return max(then - start, 0.0)


def _rate_limit(headers: Mapping[str, str]) -> float | None:
    found = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    return float(found[1]) if found else _number(headers.get("ratelimit-reset"))


def _in_body(body: bytes) -> float | None:
    if b"retry_after" not in body[:10_000]:
        return None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    for part in (
        (data, *(data.get(k) for k in ("error", "detail"))) if isinstance(data, dict) else ()
    ):
        if isinstance(part, dict) and (wait := _number(part.get("retry_after"))) is not None:
            return wait
    return None
