"""`read` and `write`: between texts in any dialect and prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.dialects import dialect as load_dialect
from impasto.source import Source
from impasto.syntax.parser import parse
from impasto.syntax.prompt import Prompt

if TYPE_CHECKING:
    from impasto.dialects.base import Written

CANONICAL = "impasto"


def read(text: str, dialect: str = "a1111", *, name: str | None = None) -> Prompt:
    """Return what `text` means to the backends that read `dialect`.

    No text is refused: what the real parser would raise on, or read as nonsense, is an error
    among the prompt's `diagnostics`.

    Raises:
        UnknownNameError: nobody defines the dialect.
    """
    if dialect == CANONICAL:
        return parse(text, recover=True, name=name)
    reader = load_dialect(dialect)
    source = Source(text, name or "prompt")
    found = reader.read(source)
    return Prompt(
        found.parts,
        text,
        source.name,
        dialect=reader.name,
        diagnostics=found.diagnostics,
        meaning=reader,
        origin=source,
    )


def write(prompt: Prompt, dialect: str = "a1111", *, negative: Prompt | None = None) -> Written:
    """Return the text that means `prompt` in `dialect`, and what was lost.

    A negative prompt is written along: into `Written.negative`, or into the text itself where the
    dialect has a place for it there, as Midjourney's `--no`.

    Raises:
        UnknownNameError: nobody defines the dialect.
        OpenPromptError: choices or wildcards are left, and the dialect has none.
    """
    return load_dialect(dialect).write_prompt(prompt, negative)
