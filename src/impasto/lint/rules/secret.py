"""A key, a token or a password in a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, whole_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import FileView, PackView
    from impasto.source import Source
    from impasto.syntax.nodes import Part

_KINDS: Final = (
    ("a key of OpenAI or Anthropic", r"sk-(?:[a-z0-9]{2,12}-)*[A-Za-z0-9_-]{20,}"),
    ("a token of Hugging Face", r"hf_[A-Za-z0-9]{30,}"),
    ("a token of Replicate", r"r8_[A-Za-z0-9]{30,}"),
    ("a token of GitHub", r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    ("a token of GitLab", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("a key of AWS", r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
    ("a key of Google", r"AIza[A-Za-z0-9_-]{35}"),
    ("a token of Slack", r"xox[abposr]-[A-Za-z0-9-]{20,}"),
    ("a token of npm or PyPI", r"(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,})"),
    ("a signed web token", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("a private key", r"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY-----"),
    (
        "a secret",
        (
            r"(?i:api[_-]?key|secret|password|passwd|access[_-]?token|auth[_-]?token|bearer|token)"
            r"['\"]?(?:\s*[:=]\s*|\s+)['\"]?[A-Za-z0-9_+/.-]{20,}"
        ),
    ),
    ("a password in an address", r"[a-z]{3,8}://[^\s:/@]{1,64}:[^\s:/@]{6,64}@[\w.-]+"),
)
_ANY: Final = r"(?<![A-Za-z0-9_])(?:" + "|".join(f"({pattern})" for _, pattern in _KINDS) + ")"
_LENGTH: Final = 16
_LONG: Final = rf"(?<![^\s,;()])[^\s,;()]{{{_LENGTH}}}"
"""No key is shorter, and few words are as long."""
_SHOWN: Final = 4
_LEAST_ENTROPY: Final = 3.0
"""Bits for each character. Words and fillers such as xxxx are below; random keys are above 4."""

_FAKES: Final = (
    "hf_" + "aK3vQ9zLr7TbXw2YpNc5MdEf8GhJs1Uo4i",
    "sk-proj-" + "q8Zt3Kw9Xv2Lp7Nb4Rm6Yc1",
    "api_key=" + "3fA9bQ7xK2mZ8wL4tR6v",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
)
"""Made up, and in two pieces, so that no scanner takes this file for a leak."""


class Secret(Rule):
    """A key, a token or a password in a prompt.

    ## What it does

    Looks for texts with the shape of well-known keys (`sk-…`, `hf_…`, `r8_…`, `ghp_…`, `AKIA…`,
    web tokens, private keys, `password = …`, addresses with a password) that are random enough to
    be real. In `.prompt` files and style packs it looks at the whole file.

    ## Why is this bad?

    A prompt is sent to a server, written into the image's metadata and shared with the picture.
    The key itself is never printed, here or anywhere.

    ## Example

    ```
    a fox, api_key=3fA9…
    ```

    ## Use instead

    ```
    export IMPASTO_API_KEY=…        and nothing in the prompt
    ```

    A key that has been in a file others could read is best replaced.
    """

    code = "IMP705"
    name = "secret"
    severity = "error"
    in_dialects = True
    VALID = (
        "a key on a table, secret garden",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "password: your_password_goes_here_please",
        "hf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "https://example.com/a:b@c",
        "task-description-of-the-whole-scene-in-one-word",
        "AKIAEXAMPLEEXAMPLE",
    )
    INVALID = (
        Case(f"a fox, {_FAKES[0]}", _FAKES[0]),
        Case(f"{_FAKES[1]}, a fox", _FAKES[1]),
        Case(_FAKES[2], _FAKES[2]),
        Case(_FAKES[3], _FAKES[3]),
        Case(f"---\nformat: 1  # {_FAKES[2]}\n---\na fox", _FAKES[2], suffix=".prompt"),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the text as it stands."""
        text = whole_text(part, check)
        for start, end, what in _secrets(text):
            message = _message(what, text[start:end])
            check.report(self, place(check, start, end), message, hint=_HINT)

    def visit_file(self, _view: FileView, check: Check) -> None:
        """Look at a whole file."""
        self._look(check.source, check)

    def visit_pack(self, _view: PackView, check: Check) -> None:
        """Look at a whole pack."""
        self._look(check.source, check)

    def _look(self, source: Source, check: Check) -> None:
        for start, end, what in _secrets(source.text):
            span = source.span(start, end)
            check.report(self, span, _message(what, source.text[start:end]), hint=_HINT)


_HINT: Final = "take it out and replace the key; keys belong into the environment"


def _message(what: str, found: str) -> str:
    return f"this looks like {what} ({found[:_SHOWN]}…, {len(found)} characters)"


def _secrets(text: str) -> list[tuple[int, int, str]]:
    """Return where secrets stand in a text, and what they are."""
    if "-----" not in text and not _has_long_word(text):
        return []  # one look instead of a search for every kind
    found: list[tuple[int, int, str]] = []
    for match in re.finditer(_ANY, text):
        kind = _KINDS[(match.lastindex or 1) - 1][0]
        if kind == "a private key" or _is_random(match[0]):
            found.append((match.start(), match.end(), kind))
    return found


def _has_long_word(text: str) -> bool:
    longest = max(map(len, text.split()), default=0)
    return longest >= _LENGTH and re.search(_LONG, text) is not None


def _is_random(text: str) -> bool:
    """Whether a text is too mixed to be words or a filler."""
    key = re.split(r"[\s:='\"]+", text)[-1]
    if not (re.search("[0-9]", key) and re.search("[A-Za-z]", key)):
        return False
    from collections import Counter  # noqa: PLC0415 - only what looks like a key is measured
    from math import log2  # noqa: PLC0415

    counts = Counter(key)
    return -sum(n / len(key) * log2(n / len(key)) for n in counts.values()) >= _LEAST_ENTROPY
