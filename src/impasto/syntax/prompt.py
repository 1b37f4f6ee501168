"""A parsed prompt: the tree, the text it was parsed from, and what that text means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from impasto.source import Source, Span

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.syntax.nodes import Node, Part
    from impasto.syntax.weights import Runs, Schedules


class Meaning(Protocol):
    """What a dialect says a prompt in it means."""

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:
        """Return the effective weights at one step."""

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the effective weights at every step."""


class Prompt(Struct, frozen=True, gc=False):
    """A prompt: `parts` (one, or several that AND composes) and the `text` they were read from.

    Changing a prompt means printing the changed tree and parsing that, so spans always point
    into `text`. A prompt in the canonical syntax has the dialect "impasto" and no `meaning`.
    """

    parts: tuple[Part, ...]
    text: str
    name: str = "prompt"
    dialect: str = "impasto"
    diagnostics: tuple[Diagnostic, ...] = ()
    meaning: Meaning | None = None
    origin: Source | None = None

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        """The text decides: one text in one dialect has one tree, of any depth."""
        if not isinstance(other, Prompt):
            return NotImplemented
        return (self.text, self.dialect, self.name) == (other.text, other.dialect, other.name)

    def __hash__(self) -> int:
        return hash((self.text, self.dialect, self.name))

    @property
    def canonical(self) -> str:
        """The prompt in the canonical syntax, whatever dialect it was read from."""
        from impasto.syntax.printer import print_parts  # noqa: PLC0415 - parsing needs no printer

        return self.text if self.dialect == "impasto" else print_parts(self.parts)

    @property
    def source(self) -> Source:
        """The text with its name, for positions."""
        return self.origin or Source(self.text, self.name)

    def span(self, node: Node | Part) -> Span:
        """Return where `node` was written."""
        return Span(self.source, max(node.start, 0), max(node.end, 0))

    def weights(self, step: int = 1, steps: int = 20) -> Runs:
        """Return the effective weights of the first part at `step` of `steps`.

        Pairs (text without escapes, weight); neighbours of equal weight are merged. A chunk
        break is ("BREAK", -1.0).

        Raises:
            OpenPromptError: the prompt still has choices or wildcards.
        """
        if self.meaning is not None:
            return self.meaning.weights(self, step, steps)
        from impasto.syntax import weights  # noqa: PLC0415 - reading weights is not parsing

        return weights.CANONICAL.weights(self, step, steps)

    def schedule(self, steps: int = 20) -> Schedules:
        """Return (weight of the part, last step, runs) for every part and change over `steps`.

        Raises:
            OpenPromptError: the prompt still has choices or wildcards.
        """
        from impasto.syntax import weights  # noqa: PLC0415

        return (self.meaning or weights.CANONICAL).schedule(self, steps)
