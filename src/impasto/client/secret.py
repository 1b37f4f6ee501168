"""Keys that do not show themselves, and texts with every trace of a key removed."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from impasto.errors import AuthError

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN = "***"
REFERENCE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)|keyring:([^/\s]+)/(\S+)")
"""Where a key is kept: "env:NAME", or "keyring:SERVICE/USER" in the system's store of secrets."""
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


def key_at(reference: str, environ: Mapping[str, str]) -> str:
    """Return the key that a reference, see `REFERENCE`, leads to.

    Raises:
        AuthError: there is none.
        ValueError: it is no reference; the text is not shown, as it may be a key itself.
    """
    found = REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError('a reference to a key is "env:NAME" or "keyring:SERVICE/USER"')
    variable, service, user = found.groups()
    if not variable:
        return _in_keyring(service, user)
    if not environ.get(variable):
        raise AuthError(
            f"the environment variable {variable}, where the settings say the key is, is not set",
            hint=f"set {variable}, or change the table keys of the settings",
        )
    return environ[variable]


def _in_keyring(service: str, user: str) -> str:
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError as error:
        raise AuthError(
            "the settings say that the key is in the keyring, and keyring is not installed",
            hint='pip install "impasto[keyring]"',
        ) from error
    try:
        key = keyring.get_password(service, user)
    except KeyringError as error:
        raise AuthError(
            f"the system's keyring cannot be read: {error}",
            hint="unlock it, or keep the key in an environment variable (env:NAME)",
        ) from error
    if not key:
        raise AuthError(
            f'the keyring has no key of "{user}" for "{service}"',
            hint=f"put it there: keyring set {service} {user}",
        )
    return key


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
