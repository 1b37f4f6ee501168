"""Prompts as the linter reads them: in the dialect they are written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.settings import CANONICAL
from impasto.syntax.parser import parse

if TYPE_CHECKING:
    from impasto.source import Source
    from impasto.syntax.nodes import Node
    from impasto.syntax.prompt import Prompt


def read(source: Source, dialect: str = CANONICAL) -> Prompt:
    """Return the prompt in `source`, with positions in its file. No text is refused.

    Raises:
        UnknownNameError: nobody defines the dialect.
    """
    if dialect == CANONICAL:
        return parse(source.text, recover=True, name=source.name, origin=source)
    from impasto.dialects import dialect as load_dialect  # noqa: PLC0415 - most texts are ours
    from impasto.syntax.prompt import Prompt as PromptType  # noqa: PLC0415

    reader = load_dialect(dialect)
    found = reader.read(source)
    return PromptType(
        found.parts,
        source.text,
        source.name,
        dialect=reader.name,
        diagnostics=found.diagnostics,
        meaning=reader,
        origin=source,
    )


def reread(text: str, prompt: Prompt) -> Prompt:
    """Return `text` as it is read in the dialect of `prompt`."""
    from impasto.source import Source as SourceType  # noqa: PLC0415 - only fixes need it

    return read(SourceType(text), prompt.dialect)


def closed(prompt: Prompt, seed: int = 0) -> Prompt:
    """Return `prompt` with its choices drawn and the names of its wildcards as text."""
    from impasto.syntax.nodes import Part, Text, Wildcard  # noqa: PLC0415
    from impasto.syntax.prompt import Prompt as PromptType  # noqa: PLC0415
    from impasto.syntax.walk import rebuild  # noqa: PLC0415
    from impasto.variations.draw import draw, is_open  # noqa: PLC0415 - most prompts are closed

    if not any(is_open(part.children) for part in prompt.parts):
        return prompt

    def named(node: Node) -> Node:
        return Text(node.name, node.start, node.end) if isinstance(node, Wildcard) else node

    parts = tuple(
        Part(draw(rebuild(p.children, named), seed), p.mark, p.start, p.end) for p in prompt.parts
    )
    return PromptType(parts, prompt.text, prompt.name, origin=prompt.origin)
