"""Compel, the syntax of InvokeAI for SD 1.5 and SDXL and of diffusers with compel.

`(text)1.2`, `word++`, `"a text"-`, `("a", "b").blend(1, 0.5)`, `("a", "b").and()`,
`cat.swap(dog)`, `withLora(name, 0.8)`. See compel_grammar for the rules of reading and
compel_writer for those of writing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.dialects.base import Dialect, Reading, Script, Written
from impasto.dialects.compel.stages import parse
from impasto.dialects.compel.tree import reading, runs, weighted_prompts
from impasto.dialects.compel.writer import write

if TYPE_CHECKING:
    from impasto.source import Source
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules


class Compel(Dialect):
    """The reader and writer for compel 1 and 2."""

    name = "compel"
    title = "compel (InvokeAI, diffusers)"
    keeps_layout = True

    def read(self, source: Source) -> Reading:
        """Return the tree; blends become parts, and of a swap the first text is kept."""
        return reading(parse(source.text), source)

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002
        """Return the runs of the first prompt, spaced as compel hands them to the encoder."""
        found = weighted_prompts(parse(prompt.text))
        return runs(found[0][0]) if found else []

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the runs of every prompt; they are the same at all steps."""
        found = weighted_prompts(parse(prompt.text))
        return [(weight, steps, runs(fragments)) for fragments, weight in found]

    def write(self, script: Script) -> Written:
        """Return the text and what compel cannot express."""
        return write(script)
