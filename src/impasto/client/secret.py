"""Keys that do not show themselves, and texts with every trace of a key removed."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote

from impasto.errors import AuthError

HIDDEN = "***"
_BEARER = re.compile(r"(?i)\b(bearer\s+)[^\s\"'<>,;]+")


class Secret:
    """A text that only `reveal()` shows; `repr` and `str` are `***`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def behind(self, prefix: str) -> Secret:
        """Return the secret with `prefix` in front, as `Bearer ` in a header."""
        return Secret(prefix + self._text)

    def basic(self) -> Secret:
        """Return the header of HTTP Basic for the secret `user:password`."""
        return Secret("Basic " + base64.b64encode(self._text.encode()).decode())

    def __repr__(self) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[type, tuple[str]]:
        raise TypeError("a Secret is not written anywhere")


def key_of(text: str | None) -> Secret | None:
    """Return the key in `text`, or None where there is none.

    A header cannot carry line ends, spaces or letters outside ASCII, and HTTP libraries quote the
    whole header when they complain of one; so such a key is refused here, unquoted.

    Raises:
        AuthError: the text cannot be a key.
    """
    key = (text or "").strip()
    if not key:
        return None
    if not all("!" <= c <= "~" for c in key):
        raise AuthError(
            "the API key holds a space or another character that no HTTP header can carry",
            hint="copy the key again, without quotes, line ends or a comment",
        )
    return Secret(key)


def scrub(text: str, secret: Secret | None) -> str:
    """Return `text` with the key, however it is encoded, and every Bearer token hidden."""
    if secret:
        for form in _forms(secret.reveal()):
            text = text.replace(form, HIDDEN)
    return _BEARER.sub(rf"\1{HIDDEN}", text)


def _forms(key: str) -> list[str]:
    """Return how `key` may be written in a server's text, longest first."""
    coded = base64.b64encode(key.encode()).decode().rstrip("=")
    forms = {key, quote(key, safe=""), json.dumps(key)[1:-1], html.escape(key), coded}
    return sorted(forms, key=len, reverse=True)


def quoted(text: str, secret: Secret | None, limit: int = 300) -> str:
    """Return a server's text as we show it: no key, no control characters, not too long."""
    clean = scrub(text[: 100 * limit], secret)
    line = " ".join("".join(c if c.isprintable() else " " for c in clean).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
