"""What every dialect is given and gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from impasto.errors import UnknownNameError
from impasto.syntax.phrases import Phrase, split
from impasto.syntax.runs import flatten, merged
from impasto.syntax.weights import CANONICAL, runs

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic, Loss
    from impasto.dialects.marks import Mark
    from impasto.source import Source
    from impasto.syntax.nodes import Part
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs, Schedules


class ScriptPart(NamedTuple):
    """One of the prompts that AND composes: phrases that are joined by commas, and its weight."""

    phrases: tuple[Phrase, ...]
    weight: float = 1.0


class Script(NamedTuple):
    """A closed prompt, ready to be written in a dialect.

    `emphasis` says how dialects without weights express them: "auto" (by the kind of text),
    "words", "order" or "drop". `keep_negative` says that the target has a field for the negative
    prompt.
    """

    parts: tuple[ScriptPart, ...]
    negative: tuple[Phrase, ...] = ()
    emphasis: str = "auto"
    keep_negative: bool = True


class Written(NamedTuple):
    """What a dialect made of a script: texts, and what it could not express."""

    text: str
    losses: tuple[Loss, ...] = ()
    negative: str = ""


class Piece(NamedTuple):
    """A part of a text as written, and what was lost in it."""

    text: str
    losses: tuple[Loss, ...] = ()


class Reading(NamedTuple):
    """What a dialect made of a text: a tree, and what the real parser would stumble over.

    The tree is one of canonical nodes that means in canonical terms what the text means in its
    dialect: running or crossing spans become groups side by side. Texts are `Value` nodes, for
    their escapes are taken off already; spans point into the text that was read.
    """

    parts: tuple[Part, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


class Dialect:
    """A syntax that a family of backends reads.

    `keeps_layout` says that a prompt is best written as it stands, not cut into phrases.
    `writes_open` says that choices and wildcards are written, too; others need them closed.
    `host` names the dialect that reads what is drawn from this one, where that is another.
    `marks` are the signs by which `detect` knows a text in it; those of the dialects here stand
    in `impasto.dialects.marks`, so that guessing loads none of them.
    A dialect that is only read, or only written, leaves the other method alone.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    keeps_layout: ClassVar[bool] = False
    writes_open: ClassVar[bool] = False
    host: ClassVar[str] = ""
    marks: ClassVar[tuple[Mark, ...]] = ()

    def read(self, source: Source) -> Reading:  # noqa: ARG002 - the other half may be all there is
        """Return what the text means. Every text means something: nothing is raised."""
        raise UnknownNameError("dialect to read", self.name)

    def parameters(self, text: str) -> dict[str, object]:  # noqa: ARG002 - most texts hold none
        """Return the parameters of the request that stand in the text, by canonical name."""
        return {}

    def tail(self, text: str) -> str:  # noqa: ARG002
        """Return what stands behind the prompt in its text and is no part of the tree."""
        return ""

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:
        """Return the runs that the real parser gives the first part at `step`."""
        return runs(prompt.parts[0].children, step, steps) if prompt.parts else []

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return (weight of the part, last step, runs) as the real pipeline does."""
        return CANONICAL.schedule(prompt, steps)

    def write(self, script: Script) -> Written:  # noqa: ARG002
        """Return the texts for the backend and the losses."""
        raise UnknownNameError("dialect to write", self.name)

    def write_prompt(self, prompt: Prompt, negative: Prompt | None = None) -> Written:
        """Return the texts of a prompt and its negative prompt, and the losses."""
        return self.write((whole if self.keeps_layout else in_phrases)(prompt, negative))

    def finish(
        self,
        written: Written,
        _card: object,
        parameters: dict[str, Any],
        _backend: str | None,
    ) -> tuple[str, dict[str, Any], tuple[Loss, ...]]:
        """Return the final text, the parameters to send beside it, and further losses.

        Most backends take parameters beside the text; a dialect that writes them into the text
        does so here.
        """
        return written.text, parameters, ()


def whole(prompt: Prompt, negative: Prompt | None = None) -> Script:
    """Return the script of a prompt that keeps its text as it was written.

    Every part is one phrase, so nothing between its commas is touched.
    """
    parts = tuple(ScriptPart(_uncut(prompt, at), p.weight) for at, p in enumerate(prompt.parts))
    unwanted = (
        tuple(x for at in range(len(negative.parts)) for x in _uncut(negative, at))
        if negative
        else ()
    )
    return Script(parts, unwanted)


def _uncut(prompt: Prompt, part: int) -> tuple[Phrase, ...]:
    runs = tuple(merged(flatten(prompt.parts[part].children, prompt.source)))
    return (Phrase(runs),) if runs else ()


def in_phrases(prompt: Prompt, negative: Prompt | None = None) -> Script:
    """Return the script of a prompt cut into its phrases."""
    source = prompt.source
    parts = tuple(ScriptPart(split(p.children, source), p.weight) for p in prompt.parts)
    unwanted: tuple[Phrase, ...] = ()
    if negative:
        unwanted = tuple(x for p in negative.parts for x in split(p.children, negative.source))
    return Script(parts, unwanted)
