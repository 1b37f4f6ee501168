"""What several rules need of the text around a node."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.source import Span
    from impasto.syntax.nodes import Part

JSON_KEY: Final = r'"[^"\n\\]{1,60}"\s*:'
"""A key of a JSON object."""


def whole_text(part: Part, check: Check) -> str:
    """Return the text of the prompt for its first part, and nothing for the others.

    So a rule that looks at the text as it stands looks at it once.
    """
    prompt = check.prompt
    return prompt.text if prompt is not None and prompt.parts[0] is part else ""


def own_text(part: Part, check: Check) -> str:
    """Return the text of a part as it stands."""
    return text_of(check)[part.start : part.end]


@lru_cache(maxsize=4)
def holds_json(text: str) -> bool:
    """Whether there is a key of a JSON object in a text."""
    return re.search(JSON_KEY, text) is not None


def place(check: Check, start: int, end: int) -> Span:
    """Return the place [start, end) of the prompt in hand."""
    assert check.prompt is not None, "nodes are visited in a prompt"
    return check.prompt.source.span(start, end)


def text_of(check: Check) -> str:
    """Return the text of the prompt in hand."""
    assert check.prompt is not None, "nodes are visited in a prompt"
    return check.prompt.text
