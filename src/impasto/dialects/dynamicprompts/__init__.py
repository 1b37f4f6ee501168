"""dynamicprompts: choices, wildcards, variables and wrappers, expanded before anything is weighed.

What stands around them is text for the parser behind it, mostly A1111's: `(a:1.2)` is read as
text, and written as A1111 weighs. Facts: experiments with dynamicprompts 0.31.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.diagnostics import Diagnostic, did_you_mean
from impasto.dialects.base import Dialect, Reading, Script, Written
from impasto.dialects.dynamicprompts.combinations import generate
from impasto.dialects.dynamicprompts.grammar import Found, parse
from impasto.dialects.dynamicprompts.terminals import UnreadableError
from impasto.errors import OpenPromptError
from impasto.source import Span
from impasto.syntax.nodes import Choice, Node, Part, Value, Variable, Wildcard
from impasto.syntax.variables import definitions, ordered
from impasto.syntax.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source
    from impasto.syntax.prompt import Prompt


class DynamicPrompts(Dialect):
    """dynamicprompts."""

    name: ClassVar[str] = "dynamicprompts"
    title: ClassVar[str] = "dynamicprompts"
    keeps_layout: ClassVar[bool] = True
    writes_open: ClassVar[bool] = True
    host: ClassVar[str] = "a1111"

    def read(self, source: Source) -> Reading:
        """Return the open prompt; a text that dynamicprompts refuses is text, with an error."""
        text = source.text
        try:
            found = parse(text)
        except UnreadableError as error:
            span = Span(source, error.start, error.end)
            refused = Diagnostic(
                "IMP520", "template-refused", "error", str(error), span, (), error.hint
            )
            nodes = (Value(text, 0, len(text)),)
            return Reading((Part(nodes, "", 0, len(text)),), (refused,))
        parts = (Part(found.nodes, "", 0, len(text)),)
        return Reading(parts, tuple(_findings(source, found)))

    def write(self, script: Script) -> Written:
        """Return the text of a closed prompt."""
        from impasto.dialects.dynamicprompts.writer import write_closed  # noqa: PLC0415

        return write_closed(script)

    def write_prompt(self, prompt: Prompt, negative: Prompt | None = None) -> Written:
        """Return the texts whose combinations are those of the prompts, and what was lost."""
        from impasto.dialects.dynamicprompts.writer import write_open  # noqa: PLC0415

        written = write_open(prompt)
        if negative is None:
            return written
        unwanted = write_open(negative)
        return Written(written.text, (*written.losses, *unwanted.losses), unwanted.text)


def combinations(text: str) -> list[str]:
    """Return the first 32 prompts that dynamicprompts itself generates from `text`.

    Without word lists on disk: an unknown wildcard stays, and the generator repeats.

    Raises:
        UnreadableError: it refuses the text.
        RefusedError: it raises, gives another answer each time, or never ends.
        UnknownNameError: a variable is used that is never set.
    """
    return generate(text, parse(text).nodes)


def _findings(source: Source, found: Found) -> Iterator[Diagnostic]:
    yield from _variables(source, found)
    for start, end in found.comments:
        if source.text[start:end].lstrip().startswith("#") and not _is_line(source.text, start):
            yield Diagnostic(
                "IMP521",
                "comment-hides-text",
                "warning",
                'dynamicprompts drops everything from "#" to the end of the line',
                Span(source, start, end),
                (),
                'spell it out: "number", "sharp", the name of the colour',
            )
    if "{" in source.text or "__" in source.text:
        for node in walk(found.nodes):
            yield from _of_node(source, node)


def _is_line(text: str, at: int) -> bool:
    """Whether only spaces stand before `at` in its line."""
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _variables(source: Source, found: Found) -> Iterator[Diagnostic]:
    if "${" not in source.text:
        return
    known = definitions(found.nodes)
    if len(found.nodes) == 1 and known:
        yield _error("the prompt only sets a variable", source, found.nodes[0])
    missing = False
    for node in walk(found.nodes):
        if isinstance(node, Variable) and not node.children and node.name not in known:
            missing = True
            hint = did_you_mean(node.name, list(known)) or "set it: ${" + node.name + "=…}"
            yield _error(f'the variable "{node.name}" is never set', source, node, hint)
    if not missing:
        try:
            ordered(found.nodes, known)
        except OpenPromptError as error:
            yield _error(str(error), source, found.nodes[0])


def _error(message: str, source: Source, node: Node, hint: str = "") -> Diagnostic:
    span = Span(source, node.start, node.end)
    return Diagnostic("IMP522", "bad-variable", "error", message, span, (), hint)


def _of_node(source: Source, node: Node) -> Iterator[Diagnostic]:
    if isinstance(node, Wildcard) and node.parameters:
        yield Diagnostic(
            "IMP523",
            "parameters-unused",
            "warning",
            f"{node.parameters} sets variables for the lines of a word list; ours have none",
            Span(source, node.start, node.end),
        )
    elif isinstance(node, Choice) and len(node.options) == 1 and not node.mark:
        yield Diagnostic(
            "IMP524",
            "lone-option",
            "info",
            "braces around one option vanish: nothing is chosen, nothing is weighed",
            Span(source, node.start, node.end),
            (),
            "for more weight write (text:1.1); for a choice put a bar between options",
        )
