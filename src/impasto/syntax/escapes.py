"""Taking escapes off a text of the canonical syntax, and putting them on a value."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:([()\[\]{}<>:|\\_#$,])|(?=(?:BREAK|AND)(?![0-9A-Za-z_])))")
_SPECIAL = re.compile(r"[\\()\[\]{}<|]|_(?=_|\Z)|(?<![^\n])#(?= |\Z)|\A_")
_SIGNS = frozenset("\\()[]{}<|_#:$")
_COLON = re.compile(r":(?=[ \t]*[-+.0-9]|[ \t]*\Z)")
_COUNT = re.compile(r"\$(?=\$|\Z)|(?<=\$)\$|\A\$")
_KEYWORD = re.compile(r"(?<![0-9A-Za-z_\\])(?=(?:BREAK|AND)(?![0-9A-Za-z_]))")


def literal(text: str) -> str:
    """Return `text` without its escapes: what the author means by it.

    A backslash before a character that needs no escape is itself.
    """
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: m[1] or "", text)


def escape(value: str, *, in_brackets: bool = False) -> str:
    r"""Return a text that reads as exactly `value` wherever a text may stand.

    `literal(escape(value)) == value`, and parsing it gives text only. Within square brackets
    and choices a colon or bar separates and `$$` counts, so there (`in_brackets`) every colon
    and the dollars that could meet are escaped.
    """
    if _SIGNS.isdisjoint(value) and "BREAK" not in value and "AND" not in value:
        return value  # most texts, and every word of a long enumeration
    text = _SPECIAL.sub(r"\\\g<0>", value)
    text = text.replace(":", r"\:") if in_brackets else _COLON.sub(r"\:", text)
    text = _COUNT.sub(r"\\$", text) if in_brackets else text
    return _KEYWORD.sub(r"\\", text)
